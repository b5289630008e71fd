// The formulas of blendshape_maps/*.yaml, worked out as avatar_driver/retarget.py does; blendshape_maps/README.md
// describes the format. The maps that ship were checked by the driver; nothing is checked again here.

import { CHANNELS, SHAPES } from 'avatar-driver';

import { headQuaternion, ROTATION } from './face.js';

const WORDS = {
  max: (parts) => (known) => Math.max(...parts.map((part) => part(known))),
  min: (parts) => (known) => Math.min(...parts.map((part) => part(known))),
  product: (parts) => (known) => parts.reduce((product, part) => product * part(known), 1),
};

/** Compiles a map, as `blendshape-map:…` gives it, into a function from a face (58) to {parameter: value}. */
export function compileMap({ limits, terms, parameters }) {
  const steps = [
    ...Object.entries(terms).map(([name, formula]) => [name, compiled(formula)]),
    ...Object.entries(parameters).map(([name, formula]) => [name, compiledWithin(formula, limits)]),
  ];
  const names = Object.keys(parameters);
  return (face) => {
    const inputs = channelsOf(face);
    const known = new Map(inputs);
    const values = {};
    for (const [name, formula] of steps) {
      const value = formula(known);
      values[name] = value;
      if (!inputs.has(name)) {
        known.set(name, value); // a channel's name always means the channel, even beside a parameter of that name
      }
    }
    return Object.fromEntries(names.map((name) => [name, values[name]]));
  };
}

function compiledWithin(formula, limits) {
  if (typeof formula === 'object' && 'limits' in formula) {
    return compiled(formula); // its own replace those of the map
  }
  return limited(compiled(formula), limits);
}

function compiled(formula) {
  if (typeof formula === 'string') {
    return (known) => known.get(formula);
  }
  if (typeof formula === 'number') {
    return () => formula;
  }
  const { limits, ...rest } = formula;
  if (limits !== undefined) {
    return limited(compiled(rest), limits);
  }
  const [[word, argument]] = Object.entries(rest);
  if (word in WORDS) {
    return WORDS[word](argument.map(compiled));
  }
  if (word === 'one_minus') {
    const part = compiled(argument);
    return (known) => 1 - part(known);
  }
  if (word === 'power') {
    const base = compiled(argument[0]);
    return (known) => Math.max(0, base(known)) ** argument[1];
  }
  const { constant = 0, ...weights } = rest;
  const parts = Object.entries(weights);
  return (known) => parts.reduce((sum, [name, weight]) => sum + weight * known.get(name), constant);
}

function limited(part, [low, high]) {
  return (known) => Math.min(Math.max(part(known), low), high);
}

/** The inputs of a formula: channels within their bounds, and the head's angles in radians. */
function channelsOf(face) {
  const bounded = face.map((value, i) => {
    const [low, high] = i < SHAPES.length ? [0, 1] : i < ROTATION ? [-100, 100] : [-Math.PI, Math.PI];
    return Math.min(Math.max(value, low), high);
  });
  const [x, y, z, w] = headQuaternion(bounded);
  return new Map([
    ...CHANNELS.map((name, i) => [name, bounded[i]]),
    ['headYaw', Math.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y))],
    ['headPitch', Math.asin(Math.min(Math.max(2 * (w * x - y * z), -1), 1))],
    ['headRoll', Math.atan2(2 * (x * y + w * z), 1 - 2 * (x * x + z * z))],
  ]);
}
