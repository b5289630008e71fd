// A face as 58 numbers: mirrored, eased to rest, and the angles of its gaze.

import { CHANNELS, channelIndex, quaternionOf, SHAPES } from 'avatar-driver';

const COUNT = CHANNELS.length;
export const POSITION = SHAPES.length;
export const ROTATION = POSITION + 3;

const MIRRORED = CHANNELS.map((name) => channelIndex(twin(name)));
// A mirror turns round what goes left or right: x translation, yaw, roll. Not pitch, height, depth.
const SIGN = CHANNELS.map((name) => (/^head(PositionX|RotationY|RotationZ)$/.test(name) ? -1 : 1));

// At 1 an eye of ARKit's has turned so far, in degrees; measured on a real capture.
const DEGREES_ASIDE = 33;
const DEGREES_UP_OR_DOWN = 35;
const EASE_SECONDS = 0.15;

function twin(name) {
  if (name.endsWith('Left')) {
    return name.replace(/Left$/, 'Right');
  }
  return name.replace(/Right$/, 'Left');
}

/** Copies `values` into `face`, left and right exchanged if asked. */
export function takeFace(face, values, mirror) {
  for (let i = 0; i < COUNT; i++) {
    face[i] = mirror ? SIGN[i] * values[MIRRORED[i]] : values[i];
  }
}

/** Moves `face` towards rest; after a second hardly anything is left. */
export function easeToRest(face, seconds) {
  const kept = Math.exp(-seconds / EASE_SECONDS);
  for (let i = 0; i < COUNT; i++) {
    face[i] = Math.abs(face[i]) < 1e-4 ? 0 : face[i] * kept;
  }
}

/** The head's rotation as [x, y, z, w]. */
export function headQuaternion(face) {
  return quaternionOf(face[ROTATION], face[ROTATION + 1], face[ROTATION + 2]);
}

/** Where both eyes look: {yaw, pitch} in degrees, + to the subject's left and + down, as VRM counts them. */
export function gaze(face) {
  const at = (name) => face[channelIndex(name)];
  const left = at('eyeLookOutLeft') - at('eyeLookInLeft') + at('eyeLookInRight') - at('eyeLookOutRight');
  const down = at('eyeLookDownLeft') - at('eyeLookUpLeft') + at('eyeLookDownRight') - at('eyeLookUpRight');
  return { yaw: (left / 2) * DEGREES_ASIDE, pitch: (down / 2) * DEGREES_UP_OR_DOWN };
}
