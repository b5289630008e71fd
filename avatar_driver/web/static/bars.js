/** The 58 bars by region: raw as a tick, filtered as the fill, tone as a dark band inside it, all in one bar. */

import { element, fitCanvas, watchSize } from './dom.js';
import { CHANNEL_COUNT, SHAPE_COUNT } from './frames.js';
import { fullWord, regionWord, scaleOf, word } from './names.js';
import { colours } from './theme.js';

const ROW = 20;
const BAR = 12;
const MARKER = 14; // px left of a bar, for the sign of how the channel is known
const NUMBER = 34; // px right of it for the number
const NUMBER_ALONE = 50; // … of a bar without a twin: 'absent', '-12.3 cm'
const BETWEEN = 10;
const ORDER = ['lids', 'gaze', 'brows', 'jaw', 'smile', 'lips', 'cheeks', 'tongue', 'head'];
const FONT = '11px system-ui, sans-serif';

/** One region's rows: buttons to choose a channel by, over a canvas that shows all its bars. */
class RegionBars {
  constructor(region, indices, names, twins, onChoose) {
    this.rows = rowsOf(indices, twins);
    this.canvas = element('canvas', { 'aria-hidden': 'true' });
    this.backdrop = document.createElement('canvas');
    this.buttons = new Map();
    const cells = element('div', { class: 'bar-cells' }, this.canvas);
    const labels = element('div', { class: 'bar-names', 'aria-hidden': 'true' });
    this.rows.forEach((row, at) => {
      labels.append(element('span', { text: word(names[row[0]]), title: row.map((i) => names[i]).join(' · ') }));
      row.forEach((index, side) => {
        const button = element('button', { type: 'button', class: 'bar', 'aria-pressed': 'false', title: names[index] });
        button.style.top = `${at * ROW}px`;
        button.style.left = side ? '50%' : '0';
        button.style.width = row.length === 2 ? '50%' : '100%';
        button.addEventListener('click', () => onChoose(index));
        this.buttons.set(index, button);
        cells.append(button);
      });
    });
    cells.style.height = `${this.rows.length * ROW}px`;
    const paired = this.rows.some((row) => row.length === 2);
    const head = element('header', {}, element('h3', { text: regionWord(region) }), paired ? element('div', { class: 'sides', 'aria-hidden': 'true' }, element('span', { text: 'left' }), element('span', { text: 'right' })) : null);
    this.node = element('section', { class: 'region', 'aria-label': regionWord(region) }, head, element('div', { class: 'bar-rows' }, labels, cells));
    this.width = 0;
    watchSize(cells, (width) => {
      this.width = width;
      this.stale = true;
    });
  }

  /** x and width of the bar of a row's cell. */
  place(row, side) {
    const paired = row.length === 2;
    const width = paired ? (this.width - BETWEEN) / 2 : this.width;
    const left = side * (width + BETWEEN);
    return { x: left + MARKER, width: width - MARKER - (paired ? NUMBER : NUMBER_ALONE), end: left + width - 4 };
  }

  /** What does not change from frame to frame: tracks, and the signs of how each channel is known. */
  drawBackdrop(support) {
    const height = this.rows.length * ROW;
    fitCanvas(this.canvas, this.width, height);
    this.backdrop.width = 0; // clears it, so that its size is always set anew
    fitCanvas(this.backdrop, this.width, height);
    const ctx = this.backdrop.getContext('2d');
    this.rows.forEach((row, at) => row.forEach((index, side) => {
      const { x, width } = this.place(row, side);
      const middle = at * ROW + ROW / 2;
      ctx.fillStyle = colours.track;
      ctx.beginPath();
      ctx.roundRect(x, middle - BAR / 2, Math.max(width, 1), BAR, 3);
      ctx.fill();
      if (support[index] === 'absent') hatch(ctx, x, middle - BAR / 2, width, BAR);
      if (scaleOf(index).low < 0) {
        ctx.fillStyle = colours['ink-faint'];
        ctx.fillRect(x + width / 2 - 0.5, middle - BAR / 2 - 2, 1, BAR + 4);
      }
      drawSupport(ctx, support[index], x - 8, middle);
    }));
    this.stale = false;
  }

  draw(frame, support) {
    if (this.width < 40) return; // not on show
    if (this.stale) this.drawBackdrop(support);
    const ctx = this.canvas.getContext('2d');
    ctx.clearRect(0, 0, this.width, this.rows.length * ROW);
    ctx.drawImage(this.backdrop, 0, 0, this.width, this.rows.length * ROW);
    ctx.font = FONT;
    ctx.textAlign = 'right';
    ctx.textBaseline = 'middle';
    for (let at = 0; at < this.rows.length; at++) {
      const row = this.rows[at];
      for (let side = 0; side < row.length; side++) this.#drawBar(ctx, frame, support, row, side, at * ROW + ROW / 2);
    }
  }

  #drawBar(ctx, frame, support, row, side, middle) {
    const index = row[side];
    const { x, width, end } = this.place(row, side);
    const { low, high, text } = scaleOf(index);
    const at = (value) => x + width * Math.max(0, Math.min(1, (value - low) / (high - low)));
    const zero = at(0);
    const [raw, filtered, tone] = [at(frame.measured[index]), at(frame.values[index]), at(frame.tone[index])];
    ctx.fillStyle = colours.filtered;
    ctx.fillRect(Math.min(zero, filtered), middle - BAR / 2, Math.abs(filtered - zero), BAR);
    if (Math.abs(tone - zero) > 0.5) { // edged, so that it is seen inside the fill
      ctx.fillStyle = colours.panel;
      ctx.fillRect(Math.min(zero, tone) - 1, middle - 3, Math.abs(tone - zero) + 2, 6);
      ctx.fillStyle = colours.tone;
      ctx.fillRect(Math.min(zero, tone), middle - 2, Math.abs(tone - zero), 4);
    }
    const absent = support[index] === 'absent';
    // The head's raw place is the camera's, not the calibrated one: out of the scale it would only mislead.
    if (!absent && frame.tracked && (index < SHAPE_COUNT || (frame.measured[index] >= low && frame.measured[index] <= high))) {
      ctx.fillStyle = colours.panel;
      ctx.fillRect(raw - 2, middle - BAR / 2 - 2, 4, BAR + 4);
      ctx.fillStyle = colours.raw;
      ctx.fillRect(raw - 1, middle - BAR / 2 - 2, 2, BAR + 4);
    }
    const silent = absent && Math.abs(frame.values[index]) < 0.005; // an expression may move what no camera sees
    ctx.fillStyle = silent ? colours['ink-faint'] : colours['ink-soft'];
    ctx.fillText(silent ? (row.length === 2 ? '–' : 'absent') : text(frame.values[index]), end, middle + 0.5);
  }
}

export class Bars {
  /** @param {HTMLElement} box  @param {(index: number) => void} onChoose */
  constructor(box, onChoose) {
    this.box = box;
    this.onChoose = onChoose;
    this.regions = [];
    this.support = Array(CHANNEL_COUNT).fill('measured');
    this.cells = [];
    box.addEventListener('keydown', (event) => this.#move(event));
    box.addEventListener('focusin', (event) => this.#reach(event.target));
  }

  /** Builds the rows from the server's hello. */
  build(hello) {
    this.names = hello.channels;
    this.regions = inOrder(hello.regions).map(([region, indices]) => new RegionBars(region, indices, hello.channels, hello.twins, this.onChoose));
    this.box.replaceChildren(...this.regions.map((region) => region.node));
    this.cells = this.regions.flatMap(({ rows, buttons }) => rows.flatMap((row) => row.map((index, side) => ({ button: buttons.get(index), row, side }))));
    this.#reach(this.cells[0].button);
    this.showSupport(this.support);
  }

  /** Only one bar is reached by Tab, or all that comes behind them would be 58 keys away; arrow keys lead to the others. */
  #reach(button) {
    for (const cell of this.cells) cell.button.tabIndex = cell.button === button ? 0 : -1;
  }

  #move(event) {
    const at = this.cells.findIndex(({ button }) => button === event.target);
    if (at < 0) return;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: this.#beside(at, 1), ArrowUp: this.#beside(at, -1), Home: 0, End: this.cells.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.cells[to]?.button.focus();
  }

  /** The cell of the next row, or the one before, on the same side where that has one. */
  #beside(at, step) {
    const { row, side } = this.cells[at] ?? {};
    let to = at;
    while (this.cells[to]?.row === row) to += step;
    const next = this.cells[to]?.row;
    const found = this.cells.findIndex((cell) => cell.row === next && cell.side === side);
    return found >= 0 ? found : to;
  }

  showSupport(support) {
    this.support = support;
    for (const region of this.regions) {
      region.stale = true;
      for (const [index, button] of region.buttons) {
        button.setAttribute('aria-label', `${fullWord(this.names[index])}, ${support[index]}: trace and tune it`);
        button.title = `${this.names[index]} (${support[index]})`;
      }
    }
  }

  showChosen(indices) {
    for (const region of this.regions) {
      for (const [index, button] of region.buttons) button.setAttribute('aria-pressed', String(indices.includes(index)));
    }
  }

  restyle() {
    for (const region of this.regions) region.stale = true;
  }

  draw(frame) {
    for (const region of this.regions) region.draw(frame, this.support);
  }
}

/** The regions so that two columns come out equally long; one we do not know goes last. */
function inOrder(regions) {
  const place = (name) => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);
  return Object.entries(regions).sort(([a], [b]) => place(a) - place(b));
}

/** Indices grouped into rows: twins side by side, left first. */
function rowsOf(indices, twins) {
  const twinOf = new Map(twins);
  const rights = new Set(twinOf.values());
  return indices.filter((index) => !rights.has(index)).map((index) => (twinOf.has(index) ? [index, twinOf.get(index)] : [index]));
}

function hatch(ctx, x, y, width, height) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, width, height);
  ctx.clip();
  ctx.strokeStyle = colours.hatch;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let at = x - height; at < x + width; at += 5) {
    ctx.moveTo(at, y + height);
    ctx.lineTo(at + height, y);
  }
  ctx.stroke();
  ctx.restore();
}

/** A full dot for measured, a half one for derived, a ring for absent: told apart without colour. */
function drawSupport(ctx, support, x, y) {
  ctx.strokeStyle = ctx.fillStyle = colours['ink-faint'];
  ctx.lineWidth = 1.2;
  ctx.beginPath();
  ctx.arc(x, y, 3, 0, 2 * Math.PI);
  if (support === 'measured') ctx.fill();
  else ctx.stroke();
  if (support === 'derived') {
    ctx.beginPath();
    ctx.arc(x, y, 3, Math.PI / 2, 1.5 * Math.PI);
    ctx.fill();
  }
}
