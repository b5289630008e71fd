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

/** 'mouthSmileLeft' → 'Smile, left'. */
export function fullWord(name) {
  const { side } = split(name);
  return side ? `${word(name)}, ${side.toLowerCase()}` : word(name);
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
const centimetres = (value) => `${(value * 100).toFixed(1)} cm`;
const degrees = (value) => `${((value * 180) / Math.PI).toFixed(0)}°`;
