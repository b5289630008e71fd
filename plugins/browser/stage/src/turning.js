// How a head's rotation is shared with the neck below it.

import { Quaternion } from 'three';

const NECK_SHARE = 0.4;

/** [neck, head]: one after the other they make `rotation`, about the same axis. */
export function shareRotation(rotation) {
  const neck = new Quaternion().slerp(rotation, NECK_SHARE);
  const head = new Quaternion().slerp(rotation, 1 - NECK_SHARE);
  return [neck, head];
}
