// What to draw between two faces. Pure: it never reads a clock.

const CHANNELS = 58;

/**
 * Faces for a screen that draws more often than faces come.
 *
 * On each arrival it starts from what is shown and reaches the new face one frame's time later, so it never jumps and
 * is never more than one frame behind. When faces stop coming it holds the last, and after `patience` milliseconds
 * eases to rest. Pure: it never reads a clock. Times are milliseconds, `performance.now()` on arrival and on drawing.
 */
export class Interpolator {
  constructor({patience = 1000, ease = 400, longest = 50} = {}) {
    Object.assign(this, {patience, ease, longest});
    this.interval = 1000 / 30; // until two frames have told better
    this._from = new Float64Array(CHANNELS);
    this._to = new Float64Array(CHANNELS);
    this._shown = new Float64Array(CHANNELS);
    this._arrived = undefined;
  }

  /** A face of 58 values arrived. */
  push(values, now) {
    if (this._arrived === undefined) this._from.set(values);
    else {
      this._from.set(this.at(now));
      const gap = now - this._arrived;
      // Two at once say nothing about the rate, and neither does a pause.
      if (gap > 2 && gap < 4 * this.longest) this.interval += 0.2 * (Math.min(gap, this.longest) - this.interval);
    }
    this._to.set(values);
    this._arrived = now;
  }

  /** The face to draw: 58 values in a buffer that the next call overwrites. At rest before the first arrival. */
  at(now) {
    const shown = this._shown;
    if (this._arrived === undefined) return shown;
    const age = now - this._arrived;
    const share = Math.min(Math.max(age / this.interval, 0), 1);
    const kept = age > this.patience ? Math.exp((this.patience - age) / this.ease) : 1;
    for (let i = 0; i < CHANNELS; i += 1) {
      shown[i] = kept * (this._from[i] + share * (this._to[i] - this._from[i]));
    }
    return shown;
  }

  /** Whether faces have stopped coming. */
  stalled(now) {
    return this._arrived === undefined || now - this._arrived > this.patience;
  }
}
