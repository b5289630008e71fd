// Drives a glTF model by its morph targets and, if it has them, the nodes of its head and neck.

import { CHANNELS, SHAPES } from 'avatar-driver';
import { Box3, Matrix4, Quaternion, Vector3 } from 'three';

import { headQuaternion } from './face.js';
import { arkitName } from './shape-names.js';
import { shareRotation } from './turning.js';

const INDEX = new Map(CHANNELS.map((name, index) => [name, index]));

export class MorphAvatar {
  /** Binds every morph target of `model` that bears one of ARKit's names. */
  constructor(model) {
    this.object = model;
    this.kind = 'morph targets';
    this.names = new Set();
    this.unmatched = new Set();
    this.#bind();
    // The whole model turns where no node does.
    this.#turning = new TurningNodes(find(model, /(^|[^a-z])neck\d*$/i), find(model, /(^|[^a-z])head$/i) ?? model);
  }

  #binds = []; // [influences, place in them, place in the face]
  #turning;

  #bind() {
    this.object.traverse((mesh) => {
      for (const [name, place] of Object.entries(mesh.morphTargetDictionary ?? {})) {
        const shape = arkitName(name);
        if (shape === undefined) {
          this.unmatched.add(name);
          continue;
        }
        this.names.add(shape);
        this.#binds.push([mesh.morphTargetInfluences, place, INDEX.get(shape)]);
        mesh.morphTargetInfluences[place] = 0; // a file may be saved with an expression
      }
    });
  }

  /** Takes a face of 58 numbers. */
  apply(face) {
    for (const [influences, place, channel] of this.#binds) {
      influences[place] = face[channel];
    }
    this.#turning.turn(headQuaternion(face));
  }

  update() {}

  /** {shape: weight} as the meshes have them now. */
  get weights() {
    return Object.fromEntries(this.#binds.map(([influences, place, channel]) => [SHAPES[channel], influences[place]]));
  }

  /** The middle of the face and the height of the head, in the world, in metres. */
  get framing() {
    const box = new Box3();
    this.object.updateWorldMatrix(true, true);
    this.object.traverse((mesh) => {
      if (mesh.morphTargetDictionary !== undefined && Object.keys(mesh.morphTargetDictionary).some(arkitName)) {
        // Of the geometry itself: that of the object is widened by all that its morph targets could do.
        mesh.geometry.computeBoundingBox();
        const rest = new Box3().setFromBufferAttribute(mesh.geometry.attributes.position);
        box.union(rest.applyMatrix4(mesh.matrixWorld));
      }
    });
    if (box.isEmpty()) {
      box.setFromObject(this.object);
    }
    const size = box.getSize(new Vector3());
    // A mesh of a whole body has its face at the top; one of a head is about as wide as high.
    const height = Math.min(size.y, 1.7 * size.x || size.y);
    return { centre: new Vector3((box.min.x + box.max.x) / 2, box.max.y - height / 2, 0), height };
  }

  dispose() {
    disposeOf(this.object);
  }
}

/** Turns a head, and a part of the way its neck, by a rotation in the world's axes. */
class TurningNodes {
  constructor(neck, head) {
    head.updateWorldMatrix(true, false);
    const nodes = neck !== undefined && isWithin(head, neck) ? [neck, head] : [head];
    this.nodes = nodes.map((node) => {
      const parent = new Quaternion().setFromRotationMatrix(
        new Matrix4().extractRotation(node.parent?.matrixWorld ?? new Matrix4()),
      );
      return { node, parent, back: parent.clone().invert(), rest: node.quaternion.clone() };
    });
  }

  turn(quaternion) {
    const rotation = new Quaternion().fromArray(quaternion);
    const shares = this.nodes.length === 2 ? shareRotation(rotation) : [rotation];
    this.nodes.forEach(({ node, parent, back, rest }, i) => {
      node.quaternion.copy(back).multiply(shares[i]).multiply(parent).multiply(rest);
    });
  }
}

function isWithin(node, ancestor) {
  for (let above = node.parent; above !== null; above = above.parent) {
    if (above === ancestor) {
      return true;
    }
  }
  return false;
}

function find(model, pattern) {
  let found;
  model.traverse((node) => {
    if (found === undefined && !node.isMesh && node !== model && pattern.test(node.name)) {
      found = node;
    }
  });
  return found;
}

/** Frees what a model holds on the graphics card. */
export function disposeOf(model) {
  model.traverse((mesh) => {
    mesh.geometry?.dispose();
    [mesh.material].flat().forEach((material) => material?.dispose());
  });
}
