/** Calibration: what to do, shown; what was found, told; applied only when accepted, undone in one click. */

import { byId, element, setText } from './dom.js';
import { CHANNEL_COUNT } from './frames.js';
import { fullWord, regionWord } from './names.js';
import { Puppet } from './puppet.js';
import { tellAnswer } from './toasts.js';

const CYCLE = 2400; // ms: the picture goes to the pose and back
const NEVER_MOVED = 0.1;
const calmer = matchMedia('(prefers-reduced-motion: reduce)');

export class CalibrationView {
  constructor(connection, hello) {
    this.connection = connection;
    this.hello = hello;
    this.box = byId('calibrate');
    this.phase = null;
    this.poses = hello.calibration_steps.map(({ pose }) => hello.channels.map((name) => pose[name] ?? 0));
    this.shown = new Float32Array(CHANNEL_COUNT);
    Puppet.load('/static/puppet.json').then((puppet) => (this.puppet = puppet));
  }

  show(message) {
    this.total = message.only_neutral ? 1 : this.poses.length;
    if (message.phase !== this.phase || message.phase !== 'recording') {
      this.phase = message.phase;
      this.box.replaceChildren(this.#page(message));
    }
    document.body.toggleAttribute('data-calibrating', message.phase === 'recording'); // a small screen makes room
    if (message.phase === 'recording') this.#showProgress(message);
  }

  #page(message) {
    if (message.phase === 'recording') return this.#recording();
    if (message.phase === 'review') return this.#review(message);
    return this.#idle(message);
  }

  #idle(message) {
    const failed = message.phase === 'failed';
    const count = this.hello.calibration_steps.length;
    return element('section', { class: 'card' },
      element('header', { class: 'card-head' }, element('h2', { text: 'Calibrate' })),
      element('p', { text: 'Your own resting face becomes zero, your own largest movements become one. Nothing drifts by itself, and nothing changes until you accept.' }),
      failed ? element('p', { class: 'problem', role: 'alert', text: message.message }) : message.message ? element('p', { class: 'note-box', role: 'status', text: message.message }) : null,
      element('div', { class: 'row' },
        this.#button('Start, about a minute', 'start', 'primary'),
        this.#button('Resting face only', 'start', '', { only: 'neutral' }),
        message.can_undo ? this.#button('Undo the last one', 'undo', 'danger') : null),
      element('ol', { class: 'steps-preview', 'aria-label': `The ${count} steps` }, ...this.hello.calibration_steps.map(({ prompt }) => element('li', { text: prompt }))));
  }

  #recording() {
    this.canvas = element('canvas', { role: 'img', 'aria-label': 'The pose to make', width: 720, height: 720 });
    this.prompt = element('p', { class: 'prompt', role: 'status', 'aria-live': 'assertive' });
    this.count = element('p', { class: 'hint' });
    this.bar = element('progress', { max: 1, value: 0, 'aria-label': 'Progress of this step' });
    this.frames = element('p', { class: 'frames-found' });
    this.dots = element('ol', { class: 'dots', 'aria-hidden': 'true' }, ...Array.from({ length: this.total }, () => element('li')));
    return element('section', { class: 'card recording' },
      element('header', { class: 'card-head' }, element('h2', { text: 'Do as the picture' }), element('span', { class: 'spread' }), this.count),
      element('div', { class: 'pose' }, this.canvas), this.prompt, this.bar, this.frames, this.dots,
      element('div', { class: 'row' }, this.#button('Cancel', 'cancel', '')));
  }

  #showProgress({ step, share, frames, needed, message }) {
    const { prompt, rest } = this.hello.calibration_steps[step];
    this.step = step;
    setText(this.prompt, prompt);
    setText(this.count, `step ${step + 1} of ${this.total}`);
    this.bar.value = share;
    const enough = frames >= needed;
    setText(this.frames, rest ? `${Math.min(frames, needed)} of ${needed} good frames${enough ? ': enough' : ', looking straight ahead'}` : message === prompt ? '' : message);
    this.frames.toggleAttribute('data-enough', rest && enough);
    [...this.dots.children].forEach((dot, i) => {
      dot.className = i < step ? 'done' : i === step ? 'now' : '';
    });
  }

  #review(message) {
    const moved = message.verdicts.filter((verdict) => verdict.moved).length;
    const absent = message.verdicts.filter((verdict) => verdict.absent).length;
    const kept = message.verdicts.length - moved - absent;
    const byRegion = Object.entries(this.hello.regions).map(([region, indices]) => {
      const names = new Set(indices.map((i) => this.hello.channels[i]));
      const own = message.verdicts.filter(({ name }) => names.has(name));
      const wordOf = (verdict) => (message.only_neutral ? restWord(verdict) : rangeWord(verdict, region === 'gaze'));
      return own.length ? element('section', { class: 'verdicts', 'aria-label': regionWord(region) }, element('h3', { class: 'small', text: regionWord(region) }), element('ul', {}, ...own.map((verdict) => verdictRow(verdict, wordOf(verdict))))) : null;
    });
    return element('section', { class: 'card' },
      element('header', { class: 'card-head' }, element('h2', { text: 'What was found' })),
      element('p', { role: 'status', text: message.only_neutral
        ? `Your resting face, of ${moved + kept} shapes; ${absent} cannot be measured. All ranges stay as they are.`
        : `Your range is set for ${moved} of ${message.verdicts.length} shapes; ${kept} keep theirs; ${absent} cannot be measured.` }),
      message.message ? element('p', { class: 'hint', text: message.message }) : null,
      element('div', { class: 'row review-buttons' }, this.#button('Accept', 'accept', 'primary'), this.#button('Discard', 'discard', '')),
      ...byRegion);
  }

  #button(text, step, kind, more = {}) {
    const act = async () => {
      tellAnswer(await this.connection.command('calibrate', { step, ...more }));
    };
    return element('button', { type: 'button', class: kind, text, on: { click: act } });
  }

  /** The picture of the step: moves to the pose and back, or shows the pose where motion is not wanted. */
  draw(now) {
    if (this.phase !== 'recording' || !this.puppet || !this.canvas?.offsetParent) return;
    const pose = this.poses[this.step ?? 0];
    const wave = calmer.matches ? 1 : Math.max(0, Math.min(1, 0.5 + 0.95 * Math.sin((2 * Math.PI * now) / CYCLE)));
    const amount = wave * wave * (3 - 2 * wave);
    for (let i = 0; i < CHANNEL_COUNT; i++) this.shown[i] = amount * pose[i];
    this.puppet.draw(this.canvas.getContext('2d'), this.shown, { mirror: true, scale: 1.05 });
  }
}

const restWord = (verdict) => (verdict.absent ? 'not measured' : `rests at ${verdict.neutral.toFixed(2)}`);

function rangeWord(verdict, gaze) {
  if (verdict.absent) return 'not measured';
  if (verdict.moved) return `${verdict.neutral.toFixed(2)} to ${verdict.reached.toFixed(2)}`;
  if (gaze) return 'centred on your rest';
  return verdict.reached - verdict.neutral < NEVER_MOVED ? 'never moved: kept' : 'restless at rest: kept';
}

function verdictRow(verdict, says) {
  const kind = verdict.absent ? 'absent' : verdict.moved ? 'moved' : 'kept';
  const span = element('i', { class: 'span' });
  span.style.left = `${100 * Math.max(0, verdict.neutral)}%`;
  span.style.width = `${100 * Math.max(0.01, Math.min(1, verdict.reached) - verdict.neutral)}%`;
  return element('li', { data: { kind } }, element('span', { class: 'verdict-name', text: fullWord(verdict.name) }), element('span', { class: 'reach', 'aria-hidden': 'true' }, kind === 'absent' ? null : span), element('span', { class: 'verdict-text', text: says }));
}
