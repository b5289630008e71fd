/** Recentre, freeze, neutral, camera, and expressions that are held or kept. */

import { byId, element, setText } from './dom.js';
import { tellAnswer } from './toasts.js';

const HELD = 350; // ms: pressed for longer, an expression ends with the press

// From another computer the picture would travel: the promise beside the button holds on this one only.
const ON_THIS_COMPUTER = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(location.hostname);

export class FaceControls {
  /** @param {import('./connection.js').Connection} connection */
  constructor(connection) {
    this.connection = connection;
    this.controls = { frozen: false, neutral: false, expressions: [] };
    this.picture = { available: false, on: false };
    this.pressed = new Map();
    byId('recentre').addEventListener('click', () => this.recentre());
    byId('freeze').addEventListener('click', () => this.toggleFreeze());
    byId('neutral').addEventListener('click', () => this.toggleNeutral());
    byId('camera').addEventListener('click', () => this.togglePicture());
  }

  recentre() {
    return this.#do('recentre', {}, 'Recentred: this is straight ahead now.');
  }

  toggleFreeze() {
    return this.#do('freeze', { on: !this.controls.frozen });
  }

  toggleNeutral() {
    return this.#do('neutral', { on: !this.controls.neutral });
  }

  togglePicture() {
    if (this.picture.available) return this.#do('picture', { on: !this.picture.on });
  }

  /** The n-th expression was pressed, by key or pointer: it shows at once. */
  press(at) {
    const expression = this.controls.expressions[at];
    if (!expression || this.pressed.has(at)) return;
    this.pressed.set(at, { since: performance.now(), wasShown: expression.shown });
    if (!expression.shown) this.#do('expression', { name: expression.name, on: true });
  }

  /** … and let go: a long press ends it, a short one keeps it, or ends it if it was kept. */
  release(at) {
    const press = this.pressed.get(at);
    if (!press) return;
    this.pressed.delete(at);
    if (press.wasShown || performance.now() - press.since > HELD) this.#do('expression', { name: this.controls.expressions[at]?.name, on: false });
  }

  releaseAll() {
    for (const at of [...this.pressed.keys()]) this.release(at);
  }

  show({ controls, picture }) {
    this.controls = controls;
    this.picture = { ...picture, available: picture.available && ON_THIS_COMPUTER };
    byId('freeze').setAttribute('aria-pressed', String(controls.frozen));
    byId('neutral').setAttribute('aria-pressed', String(controls.neutral));
    byId('camera').setAttribute('aria-pressed', String(picture.on));
    byId('camera').hidden = !this.picture.available;
    byId('frozen').hidden = !controls.frozen;
    byId('panic').hidden = !controls.neutral;
    this.#showExpressions(controls.expressions);
  }

  #showExpressions(expressions) {
    byId('expressions-box').hidden = !expressions.length;
    const box = byId('expressions');
    const shape = expressions.map(({ name }) => name).join('\n');
    if (box.dataset.shape !== shape) {
      box.dataset.shape = shape;
      box.replaceChildren(...expressions.map(({ name }, at) => this.#expressionButton(name, at)));
    }
    expressions.forEach(({ shown }, at) => box.children[at].setAttribute('aria-pressed', String(shown)));
  }

  #expressionButton(name, at) {
    const button = element('button', { type: 'button', text: name, 'data-key': at < 9 ? String(at + 1) : null, 'aria-pressed': 'false' });
    button.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      button.setPointerCapture(event.pointerId);
      this.press(at);
    });
    for (const event of ['pointerup', 'pointercancel', 'lostpointercapture']) button.addEventListener(event, () => this.release(at));
    button.addEventListener('contextmenu', (event) => event.preventDefault()); // a long press on a phone
    // A click without a pointer is Enter, the space bar or a screen reader: those toggle.
    button.addEventListener('click', (event) => {
      if (event.detail === 0) this.#do('expression', { name, on: button.getAttribute('aria-pressed') !== 'true' });
    });
    return button;
  }

  async #do(command, fields, whenDone = '') {
    const answer = await this.connection.command(command, fields);
    tellAnswer(answer.ok ? { ok: true, text: answer.text || whenDone } : answer);
  }
}

/** What the status says beside the puppet: speed, faults, the source. */
export function showFigures(status, cost) {
  const age = status.age_ms;
  const number = (value, digits = 0) => (value === null || value === undefined ? '–' : value.toFixed(digits));
  fill(byId('figures'), [
    ['fps', number(status.fps), ''],
    ['detection', number(status.detection_ms, 1), 'ms'],
    ['age sent', number(age, 1), 'ms'],
    ['this page', number(cost.percentile(0.5), 1), 'ms'],
  ]);
  setText(byId('fault'), status.fault ?? '');
  byId('fault').hidden = !status.fault;
}

function fill(list, figures) {
  if (list.children.length !== figures.length) {
    list.replaceChildren(...figures.map(([label]) => element('div', {}, element('dt', { text: label }), element('dd', {}, element('b'), element('small')))));
  }
  figures.forEach(([, value, unit], i) => {
    const [number, small] = list.children[i].lastElementChild.children;
    setText(number, value);
    setText(small, unit);
  });
}
