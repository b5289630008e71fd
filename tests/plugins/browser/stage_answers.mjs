// What the stage's own modules make of faces, maps and addresses. Runs beside them, in a workspace with the packages.
// One JSON document in: {maps, faces, addresses, names}; one out.
import { readFileSync } from 'node:fs';

import { parse } from 'yaml';

import { gaze, takeFace } from './src/face.js';
import { readOptions } from './src/options.js';
import { compileMap } from './src/retarget.js';
import { arkitName } from './src/shape-names.js';

const { maps, faces, addresses, names } = JSON.parse(readFileSync(0, 'utf-8'));
const arrays = faces.map((face) => Float32Array.from(face));

function mirrored(values) {
  const face = new Float32Array(values.length);
  takeFace(face, values, true);
  return [...face];
}

function retargeted(name) {
  const {
    limits = [0, 1],
    terms = {},
    parameters,
  } = parse(readFileSync(new URL(`../../../blendshape_maps/${name}.yaml`, import.meta.url), 'utf-8'));
  return arrays.map(compileMap({ limits, terms, parameters }));
}

console.log(
  JSON.stringify({
    maps: Object.fromEntries(maps.map((name) => [name, retargeted(name)])),
    mirrored: arrays.map(mirrored),
    gazes: arrays.map(gaze),
    options: addresses.map((address) => readOptions(new URL(address))),
    names: names.map((name) => arkitName(name) ?? null),
  }),
);
