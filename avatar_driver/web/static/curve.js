/** The response of one channel: what goes in against what comes out. */

/** out = offset + gain · t^curve, t = (x − low) / (high − low) kept in 0…1; and the result kept in 0…1. */
export function response(x, { gain, offset, low, high, curve }) {
  const t = Math.max(0, Math.min(1, (x - low) / Math.max(high - low, 1e-6)));
  return Math.max(0, Math.min(1, offset + gain * t ** curve));
}

const STEPS = 64;

/**
 * Draws the curve, and on it the dot of what comes in now. Below a tick at the raw value, which the filter has not seen
 * yet, null without a face; at the right one at what is sent out, which later stages may have changed.
 */
export function drawCurve(ctx, size, settings, { raw, given, out }, colours) {
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
  const kept = (value) => Math.max(0, Math.min(1, value));
  if (raw !== null) {
    ctx.fillStyle = colours.raw;
    ctx.fillRect(px(kept(raw)) - 1, pad + inner - 4, 2, 10);
  }
  ctx.fillStyle = colours.filtered;
  ctx.fillRect(pad + inner - 4, py(kept(out)) - 1, 10, 2);
  ctx.beginPath();
  ctx.arc(px(kept(given)), py(response(given, settings)), 5.5, 0, 2 * Math.PI);
  ctx.fillStyle = colours.panel;
  ctx.fill();
  ctx.lineWidth = 3;
  ctx.strokeStyle = colours.tone;
  ctx.stroke();
}
