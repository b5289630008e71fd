/** One scrolling trace: raw against filtered, over the tone, with what smoothing costs and gives as numbers. */

import { element, fitCanvas, setText, watchSize } from './dom.js';
import { CHANNEL_COUNT, SHAPE_COUNT } from './frames.js';
import { delayOf, trembleLeft } from './lag.js';
import { fullWord, scaleOf } from './names.js';
import { colours } from './theme.js';

const LEAST_APART = 1; // px
const LEAST_SPAN = 0.12; // of a lane's height, in the channel's units
const DELAY_TITLE = 'How far the filtered line follows the raw one over the last seconds, by cross-correlation. The camera and the tracker have delays of their own, which are not in it.';
const TREMBLE_TITLE = 'What is left of the raw line’s tremble: median size of its third difference in the calmer half of the last seconds, filtered over raw.';

export class Lane {
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
    this.#drawFiltered(ctx, history, first, x, y);
    this.#drawRaw(ctx, history, first, x, y);
    this.#drawScale(ctx, height);
  }

  /** The lane zooms to what is in it, gently, so that small movements can be seen too. */
  #fitRange(history, first) {
    let [low, high] = [Infinity, -Infinity];
    const { measured, values } = history.rings;
    for (let i = first; i < history.length; i++) {
      const at = history.slot(i) * CHANNEL_COUNT + this.index;
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
    ctx.fillStyle = colours['ink-faint'];
    if (this.low < 0 && scaleOf(this.index).low < 0) ctx.fillRect(0, y(0), width, 1);
  }

  /** Over the lines, with an edge of the ground's colour, so that they can be read where a line runs through. */
  #drawScale(ctx, height) {
    const { text, low } = scaleOf(this.index);
    ctx.font = '10px system-ui, sans-serif';
    ctx.fillStyle = colours['ink-faint'];
    ctx.strokeStyle = colours.sunken;
    ctx.lineWidth = 3;
    for (const [value, baseline, at] of [[this.high, 'top', 2], [Math.max(this.low, low), 'bottom', height - 1]]) {
      ctx.textBaseline = baseline;
      ctx.strokeText(text(value), 3, at);
      ctx.fillText(text(value), 3, at);
    }
  }

  #drawTone(ctx, history, first, x, y, height) {
    if (history.length - first < 2) return;
    ctx.beginPath();
    const floor = scaleOf(this.index).low < 0 ? y(0) : height;
    ctx.moveTo(x(history.times[history.slot(first)]), floor);
    for (let i = first; i < history.length; i++) {
      const slot = history.slot(i);
      ctx.lineTo(x(history.times[slot]), y(history.rings.tone[slot * CHANNEL_COUNT + this.index]));
    }
    ctx.lineTo(x(history.lastTime), floor);
    ctx.globalAlpha = 0.22;
    ctx.fillStyle = colours.tone;
    ctx.fill();
    ctx.globalAlpha = 1;
  }

  #drawFiltered(ctx, history, first, x, y) {
    const { values } = history.rings;
    ctx.beginPath();
    for (let i = first; i < history.length; i++) {
      const slot = history.slot(i);
      ctx.lineTo(x(history.times[slot]), y(values[slot * CHANNEL_COUNT + this.index]));
    }
    ctx.strokeStyle = colours.filtered;
    ctx.lineWidth = 2.5;
    ctx.lineJoin = 'round';
    ctx.stroke();
  }

  /** A thin line on top, only where it leaves the filtered one: there tremble and delay are seen. Without a face there is none. */
  #drawRaw(ctx, history, first, x, y) {
    const { values, measured } = history.rings;
    let [beforeX, beforeY, apart] = [0, 0, false];
    ctx.beginPath();
    for (let i = first; i < history.length; i++) {
      const slot = history.slot(i);
      const at = slot * CHANNEL_COUNT + this.index;
      const [thisX, thisY] = [x(history.times[slot]), y(measured[at] + this.shift)];
      const parts = history.tracked[slot] && Math.abs(thisY - y(values[at])) > LEAST_APART;
      if (i > first && (parts || apart)) {
        if (!apart) ctx.moveTo(beforeX, beforeY);
        ctx.lineTo(thisX, thisY);
      }
      [beforeX, beforeY, apart] = [thisX, thisY, parts];
    }
    ctx.strokeStyle = colours.raw;
    ctx.lineWidth = 1.3;
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
      const seen = history.tracked[history.slot(history.length - 1)];
      setText(this.numbers, `raw ${seen ? text(raw.values.at(-1) + this.shift) : '–'} → ${text(filtered.values.at(-1))}`);
    }
  }
}

const median = (line) => line.sort()[line.length >> 1];
