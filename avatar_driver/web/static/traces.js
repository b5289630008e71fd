/** Scrolling traces of chosen channels: raw against filtered, so that smoothing and delay are seen. */

import { byId, element, fitCanvas, setText, watchSize } from './dom.js';
import { SHAPE_COUNT } from './frames.js';
import { delayOf, trembleLeft } from './lag.js';
import { fullWord, scaleOf } from './names.js';
import { recall, remember } from './preferences.js';
import { colours } from './theme.js';

const MOST = 4;
const AT_FIRST = ['jawOpen', 'eyeBlinkLeft', 'mouthSmileLeft'];
const LEAST_SPAN = 0.12; // of a lane's height, in the channel's units
const USUAL_SECONDS = 5; // at which a delay of a frame can be seen
const MEASURE_EVERY = 500; // ms
const LEAST_MEASURED = 5; // s: fewer hold too little calm
const DELAY_TITLE = 'How far the filtered line follows the raw one over the last seconds, by cross-correlation. The camera and the tracker have delays of their own, which are not in it.';
const TREMBLE_TITLE = 'What is left of the raw line’s tremble: median size of its third difference in the calmer half of the last seconds, filtered over raw.';

class Lane {
  constructor(index, name, onRemove) {
    this.index = index;
    this.canvas = element('canvas', { role: 'img', 'aria-label': `Trace of ${fullWord(name)}: raw and filtered` });
    this.numbers = element('span', { class: 'lane-numbers' });
    this.delay = element('span', { class: 'readout', title: DELAY_TITLE });
    this.tremble = element('span', { class: 'readout', title: TREMBLE_TITLE });
    const remove = element('button', { type: 'button', class: 'quiet small-button', 'aria-label': `Remove the trace of ${fullWord(name)}`, text: '×', on: { click: onRemove } });
    const title = element('strong', { text: fullWord(name), title: name });
    this.node = element('div', { class: 'lane' }, element('div', { class: 'lane-head' }, title, this.numbers, this.delay, this.tremble, remove), element('div', { class: 'lane-canvas' }, this.canvas));
    this.size = [0, 0];
    this.shift = 0; // added to raw, see `measure`
    watchSize(this.canvas.parentElement, (width, height) => {
      this.size = [width, height];
      this.stale = true;
    });
    const { low, high } = scaleOf(index);
    [this.low, this.high] = low < 0 ? [low / 4, high / 4] : [0, 0.5];
  }

  /** Draws the frames of the last `seconds` before `end`. */
  draw(history, end, seconds) {
    const [width, height] = this.size;
    if (width < 40) return;
    fitCanvas(this.canvas, width, height);
    const ctx = this.canvas.getContext('2d');
    ctx.clearRect(0, 0, width, height);
    const first = history.firstSince(end - seconds);
    this.#fitRange(history, first);
    const x = (time) => width * (1 - (end - time) / seconds);
    const y = (value) => height - 3 - ((height - 6) * (value - this.low)) / (this.high - this.low);
    this.#drawGrid(ctx, width, height, y, end, seconds);
    this.#drawTone(ctx, history, first, x, y, height);
    // The thin one on top: where the two part, by tremble or by delay, both are seen.
    this.#drawLine(ctx, history, first, 'values', x, y, colours.filtered, 3);
    this.#drawLine(ctx, history, first, 'measured', x, y, colours.raw, 1.1);
  }

  /** The lane zooms to what is in it, gently, so that small movements can be seen too. */
  #fitRange(history, first) {
    let [low, high] = [Infinity, -Infinity];
    const { measured, values } = history.rings;
    for (let i = first; i < history.length; i++) {
      const at = history.slot(i) * 58 + this.index;
      low = Math.min(low, measured[at] + this.shift, values[at]);
      high = Math.max(high, measured[at] + this.shift, values[at]);
    }
    if (!(high >= low)) return;
    const missing = Math.max(0, LEAST_SPAN - (high - low)) / 2 + 0.06 * (high - low);
    this.low += 0.2 * (low - missing - this.low);
    this.high += 0.2 * (high + missing - this.high);
  }

  #drawGrid(ctx, width, height, y, end, seconds) {
    ctx.fillStyle = colours.track;
    for (let second = Math.ceil(end - seconds); second <= end; second++) ctx.fillRect(width * (1 - (end - second) / seconds), 0, 1, height);
    const { text } = scaleOf(this.index);
    ctx.font = '10px system-ui, sans-serif';
    ctx.fillStyle = colours['ink-faint'];
    ctx.textBaseline = 'top';
    ctx.fillText(text(this.high), 3, 2);
    ctx.textBaseline = 'bottom';
    ctx.fillText(text(Math.max(this.low, scaleOf(this.index).low)), 3, height - 1);
    if (this.low < 0 && scaleOf(this.index).low < 0) ctx.fillRect(0, y(0), width, 1);
  }

  #drawTone(ctx, history, first, x, y, height) {
    if (history.length - first < 2) return;
    ctx.beginPath();
    const floor = scaleOf(this.index).low < 0 ? y(0) : height;
    ctx.moveTo(x(history.times[history.slot(first)]), floor);
    for (let i = first; i < history.length; i++) {
      const slot = history.slot(i);
      ctx.lineTo(x(history.times[slot]), y(history.rings.tone[slot * 58 + this.index]));
    }
    ctx.lineTo(x(history.lastTime), floor);
    ctx.globalAlpha = 0.22;
    ctx.fillStyle = colours.tone;
    ctx.fill();
    ctx.globalAlpha = 1;
  }

  #drawLine(ctx, history, first, kind, x, y, colour, width) {
    const ring = history.rings[kind];
    const shift = kind === 'measured' ? this.shift : 0;
    ctx.beginPath();
    for (let i = first; i < history.length; i++) {
      const slot = history.slot(i);
      ctx.lineTo(x(history.times[slot]), y(ring[slot * 58 + this.index] + shift));
    }
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.lineJoin = 'round';
    ctx.stroke();
  }

  measure(history, end, seconds) {
    const first = history.firstSince(end - seconds);
    const raw = history.series(this.index, 'measured', first);
    const filtered = history.series(this.index, 'values', first);
    // The head's raw place is told from the camera, its filtered one from the calibrated rest: laid over each other.
    if (this.index >= SHAPE_COUNT && raw.values.length) this.shift = median(filtered.values.map((value, i) => value - raw.values[i]));
    const delay = delayOf(raw.times, raw.values, filtered.values);
    const left = trembleLeft(raw.values, filtered.values);
    setText(this.delay, delay === null ? 'delay –' : `delay ${Math.round(delay * 1000)} ms`);
    setText(this.tremble, left === null ? 'tremble –' : `tremble ×${left.toFixed(2)}`);
    if (raw.values.length) {
      const { text } = scaleOf(this.index);
      setText(this.numbers, `raw ${text(raw.values.at(-1) + this.shift)} → ${text(filtered.values.at(-1))}`);
    }
  }
}

const median = (line) => line.sort()[line.length >> 1];

export class Traces {
  /** @param {import('./frames.js').History} history  @param {(indices: number[]) => void} onChange of the chosen ones */
  constructor(history, onChange) {
    this.box = byId('traces');
    this.history = history;
    this.onChange = onChange;
    this.lanes = [];
    setInterval(() => this.#measure(), MEASURE_EVERY);
    const length = byId('trace-seconds');
    length.value = String(recall('trace-seconds', USUAL_SECONDS));
    if (!length.value) length.value = String(USUAL_SECONDS);
    length.addEventListener('change', () => {
      remember('trace-seconds', Number(length.value));
      this.restyle();
    });
    byId('trace-pause').addEventListener('click', () => this.pause(!this.paused));
  }

  get seconds() {
    return Number(byId('trace-seconds').value);
  }

  get chosen() {
    return this.lanes.map((lane) => lane.index);
  }

  build(names) {
    this.names = names;
    this.lanes = recall('traces', AT_FIRST).map((name) => names.indexOf(name)).filter((index) => index >= 0).slice(0, MOST).map((index) => this.#lane(index));
    this.#show();
  }

  /** Adds or removes a channel's trace. The oldest goes when there are too many. */
  toggle(index) {
    const had = this.lanes.length;
    this.lanes = this.lanes.filter((lane) => lane.index !== index);
    if (this.lanes.length === had) this.lanes = [...this.lanes, this.#lane(index)].slice(-MOST);
    remember('traces', this.chosen.map((i) => this.names[i]));
    this.#show();
  }

  pause(on) {
    this.paused = on ? this.history.copy() : null;
    byId('trace-pause').setAttribute('aria-pressed', String(on));
    setText(byId('trace-pause'), on ? 'Go on' : 'Pause');
  }

  restyle() {
    for (const lane of this.lanes) lane.stale = true;
  }

  draw() {
    const history = this.paused ?? this.history;
    const end = history.lastTime;
    for (const lane of this.lanes) {
      if (this.paused && !lane.stale) continue;
      lane.draw(history, end, this.seconds);
      lane.stale = false;
    }
  }

  /** Not with each frame: it takes longer than drawing does, and numbers that dance cannot be read. */
  #measure() {
    const history = this.paused ?? this.history;
    if (document.hidden || history.length === 0) return;
    for (const lane of this.lanes) if (lane.size[0] >= 40) lane.measure(history, history.lastTime, Math.max(this.seconds, LEAST_MEASURED));
  }

  #lane(index) {
    return new Lane(index, this.names[index], () => this.toggle(index));
  }

  #show() {
    const empty = element('p', { class: 'hint empty', text: 'Click a bar to see its trace here.' });
    this.box.replaceChildren(...(this.lanes.length ? this.lanes.map((lane) => lane.node) : [empty]));
    this.onChange(this.chosen);
  }
}
