/** The profile's settings as the server last told them, and edits on their way to it. */

const BETWEEN = 50; // ms: at most twenty edits a second while a slider is pulled; the newest wins

let gestures = 0;

/** A name for one pull of a slider: all its edits are one step of undo. */
export const newGesture = () => `${Date.now().toString(36)}-${++gestures}`;

export class Settings {
  /** @param {import('./connection.js').Connection} connection */
  constructor(connection) {
    this.connection = connection;
    this.state = null;
    this.listeners = [];
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  update(state) {
    this.state = state;
    for (const listener of this.listeners) listener();
  }

  stage(type) {
    return this.state?.stages.find((stage) => stage.type === type);
  }

  /** The value at a path like ['stages', 'amplify', 'tone'], or `otherwise` where nothing is set. */
  valueAt(path, otherwise) {
    const [list, which, ...rest] = path;
    const part = typeof which === 'string' ? this.stage(which) : this.state?.[list][which];
    if (rest.length === 1 && rest[0] === 'enabled') return part?.enabled ?? otherwise;
    let value = part?.settings;
    for (const key of rest) value = value?.[key];
    return value ?? otherwise;
  }

  /** Sets one value at every path; the answer is the first that failed, or the last. */
  async set(paths, value, gesture = newGesture()) {
    const answers = await Promise.all(paths.map((path) => this.connection.command('set', { path, value, gesture })));
    return answers.find((answer) => !answer.ok) ?? answers.at(-1);
  }
}

/** Edits of one control while it is pulled: sent at most twenty times a second, and the last one always. */
export class Pull {
  /** @param {(value: number|null, gesture: string) => Promise<{ok: boolean, text: string}>} send */
  constructor(send, onAnswer) {
    this.send = send;
    this.onAnswer = onAnswer;
    this.gesture = null;
    this.open = 0; // sent and not answered
    this.sentAt = -Infinity;
  }

  /** Whether the control knows better than the server's last state. */
  get busy() {
    return this.gesture !== null || this.open > 0 || this.timer !== undefined;
  }

  move(value) {
    this.gesture ??= newGesture();
    this.next = value;
    if (this.timer !== undefined) return;
    const wait = this.sentAt + BETWEEN - performance.now();
    if (wait <= 0) this.#flush();
    else this.timer = setTimeout(() => this.#flush(), wait);
  }

  /** The hand has let go: whatever waits goes out now, and the next pull is another step of undo. */
  end() {
    if (this.timer !== undefined) this.#flush();
    this.gesture = null;
  }

  async #flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sentAt = performance.now();
    this.open += 1;
    const answer = await this.send(this.next, this.gesture);
    this.open -= 1;
    this.onAnswer(answer);
  }
}
