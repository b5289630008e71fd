/** The WebSocket to our own server: commands and their answers, reconnecting by itself. */

const FIRST_PAUSE = 300; // ms
const LONGEST_PAUSE = 3000;
const SILENCE = 4000; // ms without a word, where four a second are promised: the line is dead
const OPENING = 4000; // ms

/**
 * Calls listeners by message type (`hello`, `state`, `status`, `calibration`, `log`), and `frame`, `picture` (ArrayBuffer),
 * `open`, `lost` ({pause, text}).
 */
export class Connection {
  constructor() {
    this.listeners = new Map();
    this.waiting = new Map();
    this.lastId = 0;
    this.pause = FIRST_PAUSE;
    this.socket = null;
    this.token = document.querySelector('meta[name="token"]').content;
    this.access = document.querySelector('meta[name="access"]')?.content ?? '';
    setInterval(() => this.#checkSilence(), 1000);
  }

  on(type, listener) {
    if (!this.listeners.has(type)) this.listeners.set(type, []);
    this.listeners.get(type).push(listener);
  }

  get connected() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    clearTimeout(this.timer);
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const query = new URLSearchParams({ token: this.token });
    const socket = new WebSocket(`${scheme}//${location.host}/live?${query}`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.pause = FIRST_PAUSE;
      this.heard = performance.now();
      this.#tell('open');
    };
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = () => this.#closed(socket);
    this.began = this.heard = performance.now();
    this.socket = socket;
  }

  /** Does not wait for the next attempt. */
  tryNow() {
    if (this.socket) return;
    clearTimeout(this.timer);
    this.#again();
  }

  /** Sends a command. Resolves with {ok, text}; a lost connection is an answer too. */
  command(name, fields = {}) {
    if (!this.connected) return Promise.resolve({ ok: false, text: 'Not sent: connection lost.' });
    const id = ++this.lastId;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.socket.send(JSON.stringify({ id, do: name, ...fields }));
    });
  }

  #receive(data) {
    this.heard = performance.now();
    if (data instanceof ArrayBuffer) {
      this.#tell(new Uint8Array(data, 0, 1)[0] === 1 ? 'frame' : 'picture', data);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === 'answer') {
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
    }
    this.#tell(message.type, message);
  }

  #closed(socket) {
    if (socket !== this.socket) return;
    this.socket = null;
    for (const resolve of this.waiting.values()) resolve({ ok: false, text: 'Not answered: connection lost.' });
    this.waiting.clear();
    this.#tell('lost', { pause: this.pause });
    this.timer = setTimeout(() => this.#again(), this.pause);
    this.pause = Math.min(2 * this.pause, LONGEST_PAUSE);
  }

  /** A program that was started anew has a new token: the page it now serves names it. */
  async #again() {
    try {
      const address = this.access ? `/?token=${encodeURIComponent(this.access)}` : '/';
      const answer = await fetch(address, { cache: 'no-store', signal: AbortSignal.timeout(OPENING) });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      this.token = page.querySelector('meta[name="token"]')?.content ?? this.token;
      this.connect();
    } catch {
      this.#tell('lost', { pause: this.pause });
      this.timer = setTimeout(() => this.#again(), this.pause);
      this.pause = Math.min(2 * this.pause, LONGEST_PAUSE);
    }
  }

  #checkSilence() {
    if (!this.socket) return;
    const limit = this.connected ? SILENCE : OPENING;
    if (performance.now() - this.heard < limit) return;
    const dead = this.socket;
    dead.onclose = null;
    dead.close();
    this.#closed(dead);
  }

  #tell(type, message) {
    for (const listener of this.listeners.get(type) ?? []) listener(message);
  }
}
