/** Channel names in plain words, and how their numbers are shown. */

import { SHAPE_COUNT } from './frames.js';

const WORDS = {
  eyeBlink: 'Blink', eyeSquint: 'Squint', eyeWide: 'Wide', eyeLookDown: 'Look down', eyeLookUp: 'Look up', eyeLookIn: 'Look in', eyeLookOut: 'Look out',
  browDown: 'Down', browInnerUp: 'Inner up', browOuterUp: 'Outer up',
  jawOpen: 'Open', jawForward: 'Forward', jaw: 'Sideways', mouthClose: 'Lips closed',
  mouthFunnel: 'Funnel', mouthPucker: 'Pucker', mouth: 'Sideways', mouthRollLower: 'Roll lower', mouthRollUpper: 'Roll upper',
  mouthShrugLower: 'Shrug lower', mouthShrugUpper: 'Shrug upper', mouthPress: 'Press', mouthLowerDown: 'Lower down', mouthUpperUp: 'Upper up',
  mouthSmile: 'Smile', mouthFrown: 'Frown', mouthDimple: 'Dimple', mouthStretch: 'Stretch',
  cheekPuff: 'Puff', cheekSquint: 'Cheek squint', noseSneer: 'Nose sneer', tongueOut: 'Out',
  headRotationX: 'Nod', headRotationY: 'Turn', headRotationZ: 'Tilt', headPositionX: 'Sideways', headPositionY: 'Height', headPositionZ: 'Nearness',
};
// Where the word alone does not tell the part of the face.
const LONG = {
  eyeWide: 'Eye wide', browDown: 'Brow down', browInnerUp: 'Inner brows up', browOuterUp: 'Outer brow up', jawOpen: 'Jaw open', jawForward: 'Jaw forward',
  jaw: 'Jaw sideways', mouth: 'Mouth sideways', mouthFunnel: 'Lip funnel', mouthPucker: 'Lip pucker', mouthRollLower: 'Roll of the lower lip',
  mouthRollUpper: 'Roll of the upper lip', mouthShrugLower: 'Shrug of the lower lip', mouthShrugUpper: 'Shrug of the upper lip', mouthPress: 'Lip press',
  mouthLowerDown: 'Lower lip down', mouthUpperUp: 'Upper lip up', cheekPuff: 'Cheek puff', tongueOut: 'Tongue out', headRotationX: 'Head nod',
  headRotationY: 'Head turn', headRotationZ: 'Head tilt', headPositionX: 'Head sideways', headPositionY: 'Head height', headPositionZ: 'Head nearness',
};
const REGION_WORDS = { lids: 'Lids', gaze: 'Gaze', brows: 'Brows', jaw: 'Jaw', lips: 'Lips', smile: 'Smile', cheeks: 'Cheeks', tongue: 'Tongue', head: 'Head' };

/** 'mouthSmileLeft' → {stem: 'mouthSmile', side: 'Left'}; a name without a side has side ''. */
export function split(name) {
  const found = /^(.+?)(Left|Right)$/.exec(name);
  return found ? { stem: found[1], side: found[2] } : { stem: name, side: '' };
}

/** 'mouthSmileLeft' → 'Smile'. A name we do not know is shown as it is. */
export function word(name) {
  const { stem } = split(name);
  return WORDS[stem] ?? name;
}

/** 'jawOpen' → 'Jaw open', 'mouthSmileLeft' → 'Smile, left': names that stand alone. */
export function fullWord(name) {
  const { stem, side } = split(name);
  const long = LONG[stem] ?? word(name);
  return side ? `${long}, ${side.toLowerCase()}` : long;
}

export const regionWord = (region) => REGION_WORDS[region] ?? region;

/** How a channel is scaled in bars and traces: lowest, highest, and its number as text. */
export function scaleOf(index) {
  if (index < SHAPE_COUNT) return { low: 0, high: 1, text: shapeText };
  return index < SHAPE_COUNT + 3 ? { low: -0.2, high: 0.2, text: centimetres } : { low: -0.7, high: 0.7, text: degrees };
}

// A hundred and one texts, made once: this is asked for thousands of times a second.
const HUNDREDTHS = Array.from({ length: 101 }, (_, i) => (i / 100).toFixed(2));
const shapeText = (value) => HUNDREDTHS[Math.max(0, Math.min(100, Math.round(value * 100)))] ?? '–';
const centimetres = (value) => `${withoutMinusZero((value * 100).toFixed(1))} cm`;
const degrees = (value) => `${withoutMinusZero(((value * 180) / Math.PI).toFixed(0))}°`;
const withoutMinusZero = (text) => (Number(text) === 0 ? text.replace('-', '') : text);
