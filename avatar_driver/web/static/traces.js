/** Scrolling traces of chosen channels: raw against filtered, so that smoothing and delay are seen. */

import { byId, element, setText } from './dom.js';
import { Lane } from './lane.js';
import { recall, remember } from './preferences.js';

const MOST = 4;
const AT_FIRST = ['jawOpen', 'eyeBlinkLeft', 'mouthSmileLeft'];
const USUAL_SECONDS = 5; // at which a delay of a frame can be seen
const MEASURE_EVERY = 500; // ms
const LEAST_MEASURED = 5; // s: fewer hold too little calm

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
