/** What smoothing costs and gives, measured on the lines that are shown. Pure. */

const LEAST_FRAMES = 45;
const LEAST_MOVEMENT = 0.12; // of a shape: below it there is nothing to compare
const LEAST_LIKENESS = 0.8; // correlation at the best lag
const EARLIEST = -0.1; // s
const LATEST = 0.4;
const BLOCK = 12; // frames
const LEAST_TREMBLE = 2e-4; // raw that is calmer than this has no tremble to remove

/**
 * Seconds by which `filtered` follows `raw`: the shift at which they correlate best, to a fraction of a frame.
 * null when the face hardly moved, or the two do not look alike.
 */
export function delayOf(times, raw, filtered) {
  const count = times.length;
  if (count < LEAST_FRAMES || range(raw) < LEAST_MOVEMENT) return null;
  const step = (times[count - 1] - times[0]) / (count - 1);
  if (!(step > 0)) return null;
  const a = onGrid(times, raw, step);
  const b = onGrid(times, filtered, step);
  const first = Math.round(EARLIEST / step);
  const last = Math.round(LATEST / step);
  let best = first;
  const likeness = new Map();
  for (let lag = first; lag <= last; lag++) {
    likeness.set(lag, correlation(a, b, lag));
    if (likeness.get(lag) > likeness.get(best)) best = lag;
  }
  if (likeness.get(best) < LEAST_LIKENESS || best === first || best === last) return null;
  const [before, at, after] = [likeness.get(best - 1), likeness.get(best), likeness.get(best + 1)];
  const bend = before - 2 * at + after;
  return (best + (bend < 0 ? (0.5 * (before - after)) / bend : 0)) * step;
}

/**
 * How much of the raw line's tremble is left: median size of the third difference, filtered over raw, in the calmer half
 * of what is shown. Third differences hardly see movement, and calm parts have little. null when raw does not tremble.
 */
export function trembleLeft(raw, filtered) {
  const calm = calmBlocks(filtered);
  if (calm.length < 3) return null;
  const before = tremble(raw, calm);
  return before < LEAST_TREMBLE ? null : tremble(filtered, calm) / before;
}

/** Where the blocks begin in which the line covers least, half of all. */
function calmBlocks(line) {
  const blocks = [];
  for (let start = 0; start + BLOCK <= line.length; start += BLOCK) {
    const part = line.slice(start, start + BLOCK);
    blocks.push({ start, covered: Math.max(...part) - Math.min(...part) });
  }
  return blocks.sort((a, b) => a.covered - b.covered).slice(0, blocks.length >> 1).map(({ start }) => start);
}

function tremble(line, starts) {
  const sizes = starts.flatMap((start) => Array.from({ length: BLOCK - 3 }, (_, k) => {
    const i = start + k;
    return Math.abs(line[i + 3] - 3 * line[i + 2] + 3 * line[i + 1] - line[i]);
  }));
  return Float64Array.from(sizes).sort()[sizes.length >> 1];
}

/** Distance from the 2nd to the 98th percentile: one bad frame is no movement. */
function range(line) {
  const sorted = Float64Array.from(line).sort();
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return at(0.98) - at(0.02);
}

/** A line on even steps: frames that were dropped or late must not shift it. */
function onGrid(times, line, step) {
  const even = new Float64Array(line.length);
  let k = 0;
  for (let i = 0; i < even.length; i++) {
    const time = times[0] + i * step;
    while (k < times.length - 2 && times[k + 1] < time) k++;
    const share = (time - times[k]) / (times[k + 1] - times[k]);
    even[i] = line[k] + Math.max(0, Math.min(1, share)) * (line[k + 1] - line[k]);
  }
  return even;
}

/** Pearson's correlation of a[i] with b[i + lag] where both exist. */
function correlation(a, b, lag) {
  const from = Math.max(0, -lag);
  const to = Math.min(a.length, b.length - lag);
  const count = to - from;
  if (count < LEAST_FRAMES / 2) return -1;
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
  for (let i = from; i < to; i++) {
    const [x, y] = [a[i], b[i + lag]];
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const spread = (sumAA - (sumA * sumA) / count) * (sumBB - (sumB * sumB) / count);
  return spread > 0 ? (sumAB - (sumA * sumB) / count) / Math.sqrt(spread) : -1;
}
