// The head that is shown when no model is named: made of formulas, so that the page needs no file.
// Each morph target is what its formula gives at 1 less what it gives at rest.

import { SHAPES } from 'avatar-driver';
import { BufferAttribute, BufferGeometry, DoubleSide, Group, Mesh, MeshStandardMaterial } from 'three';

import { MOUTH } from './head-mouth.js';
import { BODY_PARTS, HEAD_PARTS } from './head-parts.js';
import { REST } from './head-surface.js';

const SCALE = 0.125; // metres for half a head
const UNMOVED = 1e-6;

/** A model with meshes whose morph targets bear ARKit's names, below a node called Head. Metres, +z out of the face. */
export function makeDefaultHead() {
  const head = new Group();
  head.name = 'Head';
  [...HEAD_PARTS, ...MOUTH].forEach((part) => head.add(makeMesh(part)));
  const model = new Group();
  model.add(head);
  BODY_PARTS.forEach((part) => model.add(makeMesh(part)));
  // The head turns about the top of the neck, not about its own middle.
  const pivot = -0.75;
  head.children.forEach((mesh) => mesh.position.set(0, -pivot, 0));
  head.position.y = pivot;
  model.scale.setScalar(SCALE);
  return model;
}

function makeMesh(part) {
  const geometry = new BufferGeometry();
  const resting = points(part, REST);
  geometry.setIndex(triangles(part));
  geometry.setAttribute('position', new BufferAttribute(resting, 3));
  geometry.computeVertexNormals();
  const targets = SHAPES.map((name) => target(part, name, resting)).filter((attribute) => attribute !== null);
  if (targets.length > 0) {
    geometry.morphAttributes.position = targets;
    geometry.morphTargetsRelative = true;
  }
  const mesh = new Mesh(geometry, material(part));
  mesh.name = part.name;
  return mesh;
}

function material({ colour, glossy = false, bright = false }) {
  return new MeshStandardMaterial({
    color: colour,
    roughness: glossy ? 0.2 : 0.75,
    emissive: bright ? '#ffffff' : '#000000',
    side: DoubleSide, // the parts of the left are mirrored into those of the right
  });
}

/** The morph target of a shape, or null if it does not move this part. */
function target(part, name, resting) {
  const moved = points(part, { ...REST, [name]: 1 });
  let farthest = 0;
  for (let i = 0; i < moved.length; i++) {
    moved[i] -= resting[i];
    farthest = Math.max(farthest, Math.abs(moved[i]));
  }
  if (farthest < UNMOVED) {
    return null;
  }
  const attribute = new BufferAttribute(moved, 3);
  attribute.name = name;
  return attribute;
}

function points({ columns, rows, point }, face) {
  const positions = new Float32Array(3 * (columns + 1) * (rows + 1));
  let i = 0;
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) {
      positions.set(point(face, column / columns, row / rows), i);
      i += 3;
    }
  }
  return positions;
}

function triangles({ columns, rows }) {
  const indices = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const a = row * (columns + 1) + column;
      const c = a + columns + 1;
      indices.push(a, a + 1, c, a + 1, c + 1, c);
    }
  }
  return indices;
}
