// The built-in head but for its mouth: skin, hair, nose, ears, eyes with lids, brows.

import { bump, depthAt, mix, REST, skin, smooth } from './head-surface.js';

const EYE = { x: 0.31, y: 0.1, width: 0.2, height: 0.21, depth: 0.13 };

function head(face, s, t) {
  return skin(face, 2 * Math.PI * (s - 0.5), -Math.cos(Math.PI * t));
}

function hair(_face, s, t) {
  const azimuth = 2 * Math.PI * (s - 0.5);
  const back = smooth(0.15, 0.75, Math.abs(azimuth) / Math.PI);
  const fringe = 0.62 + 0.05 * Math.cos(5 * azimuth + 1) * (1 - back);
  const line = mix(fringe, -0.45, back);
  const y = mix(line, 1, 1 - (1 - t) ** 1.6);
  const [x, , z] = skin(REST, azimuth, y);
  const thick = 1.03 + 0.09 * smooth(0, 0.25, t) + 0.02 * back;
  return [x * thick, y * (y > 0 ? mix(1.02, 1.1, t) : 1) + 0.01, z * thick];
}

function ball(centre, radii) {
  return (face, s, t) => {
    const [azimuth, height] = [2 * Math.PI * s, Math.PI * (t - 0.5)];
    const [x, y, z] = centre(face);
    return [
      x + radii[0] * Math.cos(height) * Math.cos(azimuth),
      y + radii[1] * Math.sin(height),
      z + radii[2] * Math.cos(height) * Math.sin(azimuth),
    ];
  };
}

function nose(face) {
  const sneer = (face.noseSneerLeft + face.noseSneerRight) / 2;
  return [0, -0.16 + 0.03 * sneer, depthAt(REST, 0, -0.14) + 0.03];
}

function nostril(side, name) {
  return (face) => [side * 0.085, -0.19 + 0.06 * face[name], depthAt(REST, 0.08, -0.2) + 0.025 + 0.02 * face[name]];
}

function brow(side, letter) {
  return (face, s, t) => {
    const down = face[`browDown${letter}`];
    const inner = 0.13 * face.browInnerUp * (1 - s) - down * (0.08 + 0.07 * (1 - s));
    const y =
      0.43 +
      0.07 * Math.sin(Math.PI * (0.2 + 0.7 * s)) +
      inner +
      0.12 * face[`browOuterUp${letter}`] * smooth(0.1, 0.8, s);
    const x = side * (mix(0.12, 0.53, s) - 0.03 * down);
    const radius = 0.042 * Math.sqrt(Math.max(0, Math.sin(Math.PI * mix(0.12, 0.98, s))));
    const angle = 2 * Math.PI * t;
    return [x, y + radius * Math.sin(angle), depthAt(REST, x, y) + 0.015 + radius * Math.cos(angle) * 0.7];
  };
}

// Where an eye's ball has its middle: so deep that it looks out of the skin by half its depth.
function socket(side) {
  return [side * EYE.x, EYE.y, depthAt(REST, EYE.x, EYE.y) - 0.045];
}

/** Iris, pupil or highlight: a disc on the eyeball, `size` of its width across. */
function disc(side, letter, size, lift, offset = [0, 0]) {
  const [cx, cy, cz] = socket(side);
  return (face, s, t) => {
    const aside = side * (face[`eyeLookOut${letter}`] - face[`eyeLookIn${letter}`]);
    const up = face[`eyeLookUp${letter}`] - face[`eyeLookDown${letter}`];
    const angle = 2 * Math.PI * s;
    const x = 0.42 * aside + offset[0] + size * t * Math.cos(angle) - side * 0.06;
    const y = 0.4 * up + offset[1] + size * t * Math.sin(angle);
    const z = Math.sqrt(Math.max(0.05, 1 - x * x - y * y)) + lift;
    return [cx + EYE.width * x, cy + EYE.height * y, cz + EYE.depth * z];
  };
}

/** An eyelid: from behind the eye's rim to an edge that the face moves. `top` is 1 for the upper, -1 for the lower. */
function lid(side, letter, top) {
  const [cx, cy, cz] = socket(side);
  return (face, s, t) => {
    const [blink, squint, wide] = ['Blink', 'Squint', 'Wide'].map((name) => face[`eye${name}${letter}`]);
    const look = 0.12 * face[`eyeLookUp${letter}`] - 0.28 * face[`eyeLookDown${letter}`];
    const upper = 0.62 - 1.12 * blink - 0.2 * squint + 0.28 * wide + look;
    const lower = -0.72 + 0.2 * blink + 0.32 * squint - 0.08 * wide + 0.3 * look;
    const x = mix(-1.04, 1.04, s);
    const rim = Math.sqrt(Math.max(0, 1.1 - x * x));
    const y = rim * mix(top * 1.12, top > 0 ? upper : lower, t);
    // Flatter than the ball and well in front of it: vertices move in straight lines, and must not cut through it.
    const far = x * x + y * y;
    const z =
      top > 0 ? 1.22 - 0.32 * far - 0.95 * Math.max(0, far - 0.6) : 1.02 - 0.3 * far - 0.4 * Math.max(0, far - 0.6);
    return [cx + EYE.width * x, cy + EYE.height * y, cz + EYE.depth * z];
  };
}

function eye(side, letter) {
  return [
    {
      name: `Eye${letter}`,
      colour: '#fbfaf6',
      columns: 24,
      rows: 14,
      point: ball(() => socket(side), [EYE.width, EYE.height, EYE.depth]),
    },
    {
      name: `Iris${letter}`,
      colour: '#4f7f95',
      columns: 24,
      rows: 5,
      point: disc(side, letter, 0.46, 0.02),
      glossy: true,
    },
    {
      name: `Pupil${letter}`,
      colour: '#10151b',
      columns: 20,
      rows: 3,
      point: disc(side, letter, 0.23, 0.05),
      glossy: true,
    },
    {
      name: `Light${letter}`,
      colour: '#ffffff',
      columns: 12,
      rows: 2,
      point: disc(side, letter, 0.08, 0.08, [0.13, 0.16]),
      bright: true,
    },
    { name: `UpperLid${letter}`, colour: '#d99a80', columns: 24, rows: 10, point: lid(side, letter, 1) },
    { name: `LowerLid${letter}`, colour: '#e6ad92', columns: 24, rows: 8, point: lid(side, letter, -1) },
    { name: `Lash${letter}`, colour: '#3a2420', columns: 24, rows: 6, point: lash(side, letter) },
    { name: `Brow${letter}`, colour: '#4b3024', columns: 18, rows: 8, point: brow(side, letter) },
  ];
}

function lash(side, letter) {
  const edge = lid(side, letter, 1);
  return (face, s, t) => {
    const [x, y, z] = edge(face, s, 1);
    const radius = 0.013 * (0.4 + 0.6 * Math.sin(Math.PI * s));
    const angle = 2 * Math.PI * t;
    return [x, y + radius * Math.sin(angle), z + radius * Math.cos(angle)];
  };
}

function neck(_face, s, t) {
  const azimuth = 2 * Math.PI * (s - 0.5);
  const y = mix(-2.05, -0.55, t);
  const shoulders = smooth(-1.35, -2.0, y);
  return [
    mix(0.36, 1.35, shoulders) * Math.sin(azimuth),
    y - 0.1 * shoulders * bump(azimuth, 0, 0, 0, 1),
    mix(0.36, 0.5, shoulders) * Math.cos(azimuth) - 0.12,
  ];
}

/** {name, colour, columns, rows, point(face, s, t)} of each part that moves with the head. */
export const HEAD_PARTS = [
  { name: 'Skin', colour: '#e8b196', columns: 56, rows: 44, point: head },
  { name: 'Hair', colour: '#4b3024', columns: 48, rows: 16, point: hair },
  { name: 'Nose', colour: '#e6a98e', columns: 20, rows: 14, point: ball(nose, [0.1, 0.11, 0.14]) },
  {
    name: 'NostrilLeft',
    colour: '#e6a98e',
    columns: 14,
    rows: 10,
    point: ball(nostril(1, 'noseSneerLeft'), [0.065, 0.055, 0.07]),
  },
  {
    name: 'NostrilRight',
    colour: '#e6a98e',
    columns: 14,
    rows: 10,
    point: ball(nostril(-1, 'noseSneerRight'), [0.065, 0.055, 0.07]),
  },
  {
    name: 'EarLeft',
    colour: '#e2a78b',
    columns: 16,
    rows: 12,
    point: ball(() => [0.8, 0.02, -0.06], [0.06, 0.19, 0.12]),
  },
  {
    name: 'EarRight',
    colour: '#e2a78b',
    columns: 16,
    rows: 12,
    point: ball(() => [-0.8, 0.02, -0.06], [0.06, 0.19, 0.12]),
  },
  ...eye(1, 'Left'),
  ...eye(-1, 'Right'),
];

/** The parts that stay. */
export const BODY_PARTS = [{ name: 'Neck', colour: '#6b7a99', columns: 40, rows: 20, point: neck }];
