// The built-in head's mouth: two lips, the dark between them, teeth and tongue, all lines drawn on the skin.

import { depthAt, mix, smooth } from './head-surface.js';

const MIDDLE = -0.43;

/** The two lines of the mouth at u, from -1 (the subject's right corner) to 1: {x, upper, lower, forward}. */
function lines(face, u) {
  const left = (u + 1) / 2;
  const side = (name) => mix(face[`${name}Right`], face[`${name}Left`], smooth(0, 1, left));
  const arch = 1 - u * u;
  const round = 0.15 * face.mouthPucker + 0.1 * face.mouthFunnel;
  const wide = 0.07 * side('mouthSmile') + 0.08 * side('mouthStretch') + 0.04 * side('mouthDimple');
  const shift = 0.12 * (face.mouthLeft - face.mouthRight) + 0.1 * (face.jawLeft - face.jawRight) * arch;
  const corner = 0.15 * side('mouthSmile') - 0.13 * side('mouthFrown') - 0.04 * side('mouthStretch');
  const base = MIDDLE + (corner + 0.02 * side('mouthDimple')) * u * u - 0.05 * face.jawOpen * (1 - arch);
  const up =
    0.008 +
    0.09 * side('mouthUpperUp') +
    0.06 * face.mouthFunnel +
    0.03 * face.mouthPucker +
    0.05 * face.mouthShrugUpper -
    0.03 * face.mouthRollUpper -
    0.03 * face.mouthClose +
    0.03 * face.mouthShrugLower -
    0.015 * side('mouthPress');
  const down =
    0.008 +
    0.34 * face.jawOpen -
    0.31 * face.mouthClose +
    0.1 * side('mouthLowerDown') +
    0.07 * face.mouthFunnel +
    0.03 * face.mouthPucker -
    0.06 * face.mouthShrugLower -
    0.04 * face.mouthRollLower -
    0.015 * side('mouthPress');
  return {
    x: shift + (0.31 - round + wide) * u,
    upper: base + up * arch,
    lower: base - down * arch,
    forward: (0.12 * face.mouthPucker + 0.09 * face.mouthFunnel) * arch + 0.1 * face.jawForward * arch,
  };
}

/** A grid between the lines: u across, v from the lower line (0) to the upper (1), in front of the skin. */
function between(uSpan, vFrom, vTo, lift) {
  return (face, s, t) => {
    const u = uSpan * (2 * s - 1);
    const { x, upper, lower, forward } = lines(face, u);
    const y = mix(lower, upper, mix(vFrom, vTo, t));
    return [x, y, depthAt(face, x, y) + forward * 0.6 + lift];
  };
}

/** A tube along one of the lines, thick in the middle. */
function lip(which, thickness) {
  return (face, s, t) => {
    const u = 2 * s - 1;
    const { x, forward, ...mouth } = lines(face, u);
    const rolled = which === 'upper' ? face.mouthRollUpper : face.mouthRollLower;
    const pressed = mix(face.mouthPressRight, face.mouthPressLeft, s);
    const full = 1 - 0.45 * rolled - 0.3 * pressed + 0.35 * face.mouthPucker + 0.2 * face.mouthFunnel;
    const radius = thickness * full * (0.3 + 0.7 * Math.sqrt(Math.max(0, 1 - u * u)));
    const angle = 2 * Math.PI * t;
    const y = mouth[which] + radius * Math.sin(angle) * 0.9 + (which === 'upper' ? 0.012 : -0.016);
    return [x, y, depthAt(face, x, mouth[which]) + forward + 0.012 + radius * Math.cos(angle)];
  };
}

function tongue(face, s, t) {
  const [azimuth, height] = [2 * Math.PI * s, Math.PI * (t - 0.5)];
  const out = face.tongueOut;
  const { lower } = lines(face, 0);
  const x = 0.13 * Math.cos(height) * Math.cos(azimuth);
  const y = 0.05 * Math.sin(height) + mix(lower + 0.04, lower - 0.05, out);
  const z = (0.16 + 0.1 * out) * Math.cos(height) * Math.sin(azimuth) + depthAt(face, 0, lower) + mix(-0.3, 0.06, out);
  return [x, y - out * 0.35 * Math.max(0, z - 0.75), z];
}

/** {name, colour, columns, rows, point(face, s, t)} of each part. */
export const MOUTH = [
  { name: 'Mouth', colour: '#4a141c', columns: 28, rows: 8, point: between(1, 0, 1, 0.01) },
  { name: 'Teeth', colour: '#f6f2e8', columns: 20, rows: 3, point: between(0.8, 0.7, 0.97, 0.03) },
  { name: 'TongueBed', colour: '#c4626c', columns: 28, rows: 8, point: between(0.75, 0.02, 0.36, 0.022) },
  { name: 'Tongue', colour: '#cf6f78', columns: 16, rows: 10, point: tongue },
  { name: 'UpperLip', colour: '#c46f66', columns: 28, rows: 8, point: lip('upper', 0.03) },
  { name: 'LowerLip', colour: '#cc776c', columns: 28, rows: 8, point: lip('lower', 0.038) },
];
