/** What the page itself costs: milliseconds of main thread for each frame, over the last few hundred. */

const KEPT = 300;

export class Cost {
  constructor() {
    this.times = new Float64Array(KEPT);
    this.count = 0;
  }

  add(milliseconds) {
    this.times[this.count % KEPT] = milliseconds;
    this.count += 1;
  }

  /** A percentile, 0 to 1; null before the first frame. */
  percentile(share) {
    const sorted = this.times.slice(0, Math.min(this.count, KEPT)).sort();
    return sorted.length ? sorted[Math.round(share * (sorted.length - 1))] : null;
  }
}
