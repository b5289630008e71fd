// The shape of the built-in head as a function of a face, in units of half its height: +x to the subject's left, +y up,
// +z out of the face. What is drawn upon it (mouth, brows, nose) asks it where it is.

import { SHAPES } from 'avatar-driver';

/** A face of which every shape is at rest, by name. */
export const REST = Object.freeze(Object.fromEntries(SHAPES.map((name) => [name, 0])));

/** A smooth step from 0 at `low` to 1 at `high`. */
export function smooth(low, high, x) {
  const t = Math.min(Math.max((x - low) / (high - low), 0), 1);
  return t * t * (3 - 2 * t);
}

export function mix(a, b, t) {
  return a + (b - a) * t;
}

export function bump(x, y, cx, cy, width, height = width) {
  return Math.exp(-(((x - cx) / width) ** 2) - ((y - cy) / height) ** 2);
}

/** Half width and depth of the skull at height y. */
function girth(y) {
  const round = Math.sqrt(Math.max(0, 1 - y * y));
  const jaw = smooth(0.1, 1, -y);
  return { width: 0.8 * round ** 0.9 * (1 - 0.22 * jaw), depth: 0.86 * round ** 0.85 * (1 + 0.05 * jaw) };
}

/** A point of the skin at rest: `azimuth` from the nose (0) to the back (±π), `y` from -1 to 1. */
function skull(azimuth, y) {
  const { width, depth } = girth(y);
  const front = Math.cos(azimuth);
  return [width * Math.sin(azimuth), y, depth * front * (front < 0 ? 1.08 : 1)];
}

/** How far the skin has moved at a point of the front; (0, 0, 0) at rest. */
export function skinShift(face, x, y) {
  const low = smooth(-0.28, -0.8, y);
  const left = smooth(-0.15, 0.15, x);
  const smile = mix(face.mouthSmileRight, face.mouthSmileLeft, left);
  const squint = mix(face.cheekSquintRight, face.cheekSquintLeft, left);
  const side = Math.sign(x);
  const puff = face.cheekPuff * bump(Math.abs(x), y, 0.5, -0.36, 0.24);
  const cheek = bump(Math.abs(x), y, 0.45, -0.14, 0.2);
  const raised = 0.05 * smile + 0.06 * squint;
  const chin = bump(x, y, 0, -0.72, 0.25, 0.14);
  return [
    low * 0.1 * (face.jawLeft - face.jawRight) + side * (0.14 * puff + cheek * raised * 0.5),
    -0.26 * face.jawOpen * low + cheek * raised + 0.04 * face.mouthShrugLower * chin,
    -0.05 * face.jawOpen * low +
      0.1 * face.jawForward * low +
      0.13 * puff +
      cheek * raised +
      0.05 * chin * face.mouthShrugLower,
  ];
}

/** The skin at `azimuth` and `y`, with the chin's roundness, moved by the face. The back of the head stays. */
export function skin(face, azimuth, y) {
  const [x, , z] = skull(azimuth, y);
  const front = smooth(-0.25, 0.3, Math.cos(azimuth));
  const shift = skinShift(face, x, y);
  const chin = 0.07 * bump(x, y, 0, -0.76, 0.24, 0.16);
  return [x + front * shift[0], y + front * shift[1], z + front * (shift[2] + chin)];
}

/** The skin's z in front of (x, y). */
export function depthAt(face, x, y) {
  let resting = y;
  for (let i = 0; i < 6; i++) {
    resting = y - skinShift(face, x, resting)[1]; // which point of the skin lies at this height now?
  }
  resting = Math.min(Math.max(resting, -0.97), 0.97);
  const { width, depth } = girth(resting);
  const inside = Math.min(Math.abs(x) / width, 0.98);
  const chin = 0.07 * bump(x, resting, 0, -0.76, 0.24, 0.16);
  return depth * Math.sqrt(1 - inside * inside) + skinShift(face, x, resting)[2] + chin;
}
