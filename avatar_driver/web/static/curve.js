/** The response of one channel: what goes in against what comes out. */

/** out = offset + gain · t^curve, t = (x − low) / (high − low) kept in 0…1; and the result kept in 0…1. */
export function response(x, { gain, offset, low, high, curve }) {
  const t = Math.max(0, Math.min(1, (x - low) / Math.max(high - low, 1e-6)));
  return Math.max(0, Math.min(1, offset + gain * t ** curve));
}

/** The x that gives y; null where the curve is flat and any would do. Kept to the range that moves. */
export function inverse(y, { gain, offset, low, high, curve }) {
  if (gain < 1e-6) return null;
  const t = Math.max(0, Math.min(1, (y - offset) / gain)) ** (1 / curve);
  return low + t * (high - low);
}

const STEPS = 64;

/**
 * Draws the curve, a tick at the raw value, and a dot for each of `points` ({raw, out}).
 * The dot's height is what is sent out; it stands on the curve where that comes from.
 */
export function drawCurve(ctx, size, settings, points, colours) {
  const pad = 10;
  const inner = size - 2 * pad;
  const px = (x) => pad + inner * x;
  const py = (y) => pad + inner * (1 - y);
  ctx.clearRect(0, 0, size, size);
  ctx.fillStyle = colours.track;
  for (let i = 0; i <= 4; i++) {
    ctx.fillRect(px(i / 4), pad, 1, inner);
    ctx.fillRect(pad, py(i / 4), inner, 1);
  }
  ctx.strokeStyle = colours['ink-faint'];
  ctx.lineWidth = 1;
  ctx.setLineDash([3, 4]);
  ctx.beginPath();
  ctx.moveTo(px(0), py(0));
  ctx.lineTo(px(1), py(1));
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  for (let i = 0; i <= STEPS; i++) ctx.lineTo(px(i / STEPS), py(response(i / STEPS, settings)));
  ctx.strokeStyle = colours.filtered;
  ctx.lineWidth = 2.5;
  ctx.lineJoin = 'round';
  ctx.stroke();
  for (const { raw, out } of points) {
    ctx.fillStyle = colours.raw;
    ctx.fillRect(px(Math.max(0, Math.min(1, raw))) - 1, pad + inner - 4, 2, 10);
    const x = inverse(out, settings);
    if (x === null) continue;
    ctx.beginPath();
    ctx.arc(px(Math.max(0, Math.min(1, x))), py(Math.max(0, Math.min(1, out))), 5.5, 0, 2 * Math.PI);
    ctx.fillStyle = colours.panel;
    ctx.fill();
    ctx.lineWidth = 3;
    ctx.strokeStyle = colours.tone;
    ctx.stroke();
  }
}
