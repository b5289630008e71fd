// Finds ARKit's shapes among the names that models really bear: jawOpen, JawOpen, jaw_open, Head.JawOpen,
// AK_25_JawOpen, eyeBlink_L.

import { SHAPES } from 'avatar-driver';

const BY_KEY = new Map(SHAPES.map((name) => [name.toLowerCase(), name]));

/** The ARKit name that `name` stands for, or undefined. */
export function arkitName(name) {
  const parts = name.split(/[^A-Za-z0-9]+/).filter((part) => part !== '');
  const side = { l: 'left', r: 'right' }[parts.at(-1)?.toLowerCase()];
  if (side !== undefined) {
    parts[parts.length - 1] = side;
  }
  for (let first = 0; first < parts.length; first++) {
    const found = BY_KEY.get(parts.slice(first).join('').toLowerCase());
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
