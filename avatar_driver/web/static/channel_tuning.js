/** One channel's gain, offset, range and response curve, with its twin's if they are linked. */

import { drawCurve, response } from './curve.js';
import { element, fitCanvas, freshId, setText, watchSize } from './dom.js';
import { SHAPE_COUNT } from './frames.js';
import { fullWord, regionWord } from './names.js';
import { recall, remember } from './preferences.js';
import { newGesture } from './settings.js';
import { makeSlider } from './slider.js';
import { tellAnswer } from './toasts.js';
import { colours } from './theme.js';

const SIZE = 148;
const KEYS = [
  { key: 'gain', label: 'Gain', min: 0, max: 3, usual: 1, hint: 'Gain: how far it moves; 2 is twice as far.' },
  { key: 'offset', label: 'Offset', min: -1, max: 1, usual: 0, hint: 'Offset: added always; lifts or lowers the rest.' },
  { key: 'low', label: 'Starts at', min: 0, max: 0.95, usual: 0, hint: 'Starts at: what is smaller counts as rest.' },
  { key: 'high', label: 'Full at', min: 0.05, max: 1, usual: 1, hint: 'Full at: what is larger counts as all the way.' },
  { key: 'curve', label: 'Curve', min: 0.25, max: 4, usual: 1, hint: 'Curve: above 1 small movements become smaller, below 1 larger.' },
];
const CAPTION_EVERY = 0.1; // s: text costs a layout, and faster it cannot be read
const LEAST_RANGE = 0.05; // between where it starts and where it is full
const NO_HINT = 'Touch a slider to read what it does.';

export class ChannelTuning {
  constructor(settings, hello) {
    this.settings = settings;
    this.names = hello.channels;
    this.regions = hello.regions;
    this.twins = new Map(hello.twins.flatMap(([left, right]) => [[this.names[left], this.names[right]], [this.names[right], this.names[left]]]));
    this.name = this.names.includes(recall('channel', '')) ? recall('channel', '') : 'mouthSmileLeft';
    this.linked = recall('linked', true);
    this.canvas = element('canvas', { role: 'img', 'aria-label': 'Response curve with the live value on it' });
    this.canvas.style.width = this.canvas.style.height = `${SIZE}px`;
    // Asking the canvas itself with each frame would cost a layout.
    watchSize(this.canvas, (width) => (this.onShow = width > 0));
    this.captionTime = -Infinity;
    this.sliders = KEYS.map((key) => makeSlider(settings, { ...key, limit: (value) => this.#limit(key.key, value), paths: () => this.#targets().map((name) => ['stages', 'adjust', 'channels', name, key.key]) }));
    this.hint = element('p', { class: 'hint slider-hint', text: NO_HINT });
    this.sliders.forEach(({ node }, i) => {
      for (const event of ['pointerenter', 'focusin']) node.addEventListener(event, () => setText(this.hint, KEYS[i].hint));
    });
    this.node = this.#build();
    settings.onChange(() => this.#refresh());
    this.#refresh();
  }

  #build() {
    const id = freshId('channel');
    this.select = element('select', { id, 'aria-label': 'Channel to tune' }, ...Object.entries(this.regions).map(([region, indices]) => {
      const shapes = indices.filter((i) => i < SHAPE_COUNT);
      return shapes.length ? element('optgroup', { label: regionWord(region) }, ...shapes.map((i) => element('option', { value: this.names[i], text: fullWord(this.names[i]) }))) : null;
    }));
    this.select.addEventListener('change', () => this.choose(this.select.value));
    this.link = element('button', { type: 'button', class: 'icon', 'data-icon': 'link', 'aria-label': 'Link left and right', title: 'Link left and right: both get the same settings' });
    this.link.addEventListener('click', () => {
      this.linked = !this.linked;
      remember('linked', this.linked);
      this.#refresh();
    });
    this.clear = element('button', { type: 'button', class: 'quiet', text: 'Reset', title: 'All five back to default', on: { click: () => this.#reset() } });
    this.caption = element('figcaption', { class: 'hint' });
    return element('section', { class: 'card channel-card', 'aria-label': 'One channel' },
      element('header', { class: 'card-head' }, element('h2', { text: 'Channel' }), this.select, this.link, element('span', { class: 'spread' }), this.clear),
      element('div', { class: 'channel-body' }, element('figure', { class: 'curve' }, this.canvas, this.caption), element('div', { class: 'channel-sliders' }, ...this.sliders.map((slider) => slider.node))), this.hint);
  }

  /** Tunes another channel. Head channels have no curve and are passed over. */
  choose(name) {
    if (this.names.indexOf(name) >= SHAPE_COUNT) return;
    this.name = name;
    remember('channel', name);
    this.#refresh();
    for (const slider of this.sliders) slider.refresh(true);
  }

  #region() {
    const index = this.names.indexOf(this.name);
    return Object.keys(this.regions).find((region) => this.regions[region].includes(index));
  }

  #targets() {
    const twin = this.twins.get(this.name);
    return this.linked && twin ? [this.name, twin] : [this.name];
  }

  /** Pulled sliders stop before the range is empty. */
  #limit(key, value) {
    const edge = Math.round(100 * (key === 'low' ? this.#own('high', 1) - LEAST_RANGE : this.#own('low', 0) + LEAST_RANGE)) / 100;
    return key === 'low' ? Math.min(value, edge) : key === 'high' ? Math.max(value, edge) : value;
  }

  #own(key, usual) {
    return Number(this.settings.valueAt(['stages', 'adjust', 'channels', this.name, key], usual));
  }

  async #reset() {
    const gesture = newGesture();
    for (const { key } of KEYS) {
      const set = this.#targets().filter((name) => this.settings.valueAt(['stages', 'adjust', 'channels', name, key], null) !== null);
      if (!set.length) continue;
      const answer = await this.settings.set(set.map((name) => ['stages', 'adjust', 'channels', name, key]), null, gesture);
      if (!answer.ok) return tellAnswer(answer);
    }
  }

  #refresh() {
    const twin = this.twins.get(this.name);
    this.select.value = this.name;
    this.link.hidden = !twin;
    this.link.setAttribute('aria-pressed', String(this.linked));
    const acts = this.settings.stage('adjust')?.enabled ?? true;
    this.response = Object.fromEntries(KEYS.map(({ key, usual }) => [key, acts ? this.#own(key, usual) : usual]));
    if (acts) this.response.gain *= Number(this.settings.valueAt(['stages', 'adjust', 'regions', this.#region()], 1)); // as the stage does
    this.clear.disabled = !this.#targets().some((name) => this.settings.valueAt(['stages', 'adjust', 'channels', name], null));
    this.caption.title = this.name;
  }

  draw(frame) {
    if (!this.onShow) return;
    fitCanvas(this.canvas, SIZE, SIZE);
    const index = this.names.indexOf(this.name);
    const given = frame.curved[index];
    drawCurve(this.canvas.getContext('2d'), SIZE, this.response, { raw: frame.tracked ? frame.measured[index] : null, given, out: frame.values[index] }, colours);
    if (Math.abs(frame.time - this.captionTime) < CAPTION_EVERY) return;
    this.captionTime = frame.time;
    setText(this.caption, `in ${given.toFixed(2)} → out ${response(given, this.response).toFixed(2)}`);
  }
}
