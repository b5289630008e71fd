/** Frames as the server sends them, and the last seconds of them. */

export const CHANNEL_COUNT = 58;
export const SHAPE_COUNT = 52;
const FRAME_BYTES = 16 + 4 * 4 * CHANNEL_COUNT;
const CAPACITY = 2048; // frames: 34 s at 60 a second

/**
 * @typedef {object} Frame
 * @property {boolean} tracked
 * @property {boolean} altered
 * @property {number} sequence
 * @property {number} time seconds, at capture
 * @property {Float32Array} measured 58 numbers as the tracker gave them; the last ones while it sees no face
 * @property {Float32Array} values 58 numbers as they are sent out
 * @property {Float32Array} tone 58 numbers, the slow part
 * @property {Float32Array} curved 58 numbers as the response curves are given them
 */

/** The frame of a binary message, or null when it is not one. The arrays are views of the message, not copies. */
export function decodeFrame(buffer) {
  if (buffer.byteLength !== FRAME_BYTES) return null;
  const view = new DataView(buffer);
  if (view.getUint8(0) !== 1 || view.getUint16(2, true) !== CHANNEL_COUNT) return null;
  const flags = view.getUint8(1);
  return {
    tracked: (flags & 1) !== 0,
    altered: (flags & 2) !== 0,
    sequence: view.getUint32(4, true),
    time: view.getFloat64(8, true),
    measured: new Float32Array(buffer, 16, CHANNEL_COUNT),
    values: new Float32Array(buffer, 16 + 4 * CHANNEL_COUNT, CHANNEL_COUNT),
    tone: new Float32Array(buffer, 16 + 8 * CHANNEL_COUNT, CHANNEL_COUNT),
    curved: new Float32Array(buffer, 16 + 12 * CHANNEL_COUNT, CHANNEL_COUNT),
  };
}

/** The last frames, in rings that are never reallocated. */
export class History {
  constructor() {
    this.times = new Float64Array(CAPACITY);
    this.tracked = new Uint8Array(CAPACITY);
    this.rings = {
      measured: new Float32Array(CAPACITY * CHANNEL_COUNT),
      values: new Float32Array(CAPACITY * CHANNEL_COUNT),
      tone: new Float32Array(CAPACITY * CHANNEL_COUNT),
    };
    this.clear();
  }

  /** These frames as they are now, for a picture that stands still while new ones come. */
  copy() {
    const copy = new History();
    copy.times.set(this.times);
    copy.tracked.set(this.tracked);
    for (const kind in this.rings) copy.rings[kind].set(this.rings[kind]);
    copy.length = this.length;
    copy.next = this.next;
    return copy;
  }

  clear() {
    this.length = 0;
    this.next = 0;
  }

  /** Adds a frame. A clock that jumps back (another source) begins a new history. */
  push(frame) {
    if (this.length && frame.time <= this.times[this.slot(this.length - 1)]) this.clear();
    this.times[this.next] = frame.time;
    this.tracked[this.next] = Number(frame.tracked);
    for (const kind in this.rings) this.rings[kind].set(frame[kind], this.next * CHANNEL_COUNT);
    this.next = (this.next + 1) % CAPACITY;
    this.length = Math.min(this.length + 1, CAPACITY);
  }

  /** Place in the rings of the index-th oldest frame. */
  slot(index) {
    return (this.next - this.length + index + CAPACITY) % CAPACITY;
  }

  get lastTime() {
    return this.length ? this.times[this.slot(this.length - 1)] : 0;
  }

  /** Index of the first frame at or after a time. */
  firstSince(time) {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[this.slot(middle)] < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Times and one channel of the frames from index `first` up to but not including `end`, oldest first. */
  series(channel, kind, first, end = this.length) {
    const count = Math.max(0, end - first);
    const times = new Float64Array(count);
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      const slot = this.slot(first + i);
      times[i] = this.times[slot];
      values[i] = this.rings[kind][slot * CHANNEL_COUNT + channel];
    }
    return { times, values };
  }
}
