// Drives a VRM, 0.x or 1.0: expressions, gaze, head and neck.

import { VRMUtils } from '@pixiv/three-vrm';
import { CHANNELS } from 'avatar-driver';
import vrm1 from 'blendshape-map:vrm1';
import { Box3, Quaternion, Vector3 } from 'three';

import { gaze, headQuaternion } from './face.js';
import { compileMap } from './retarget.js';
import { arkitName } from './shape-names.js';
import { shareRotation } from './turning.js';

const INDEX = new Map(CHANNELS.map((name, index) => [name, index]));
const ENOUGH_SHAPES = 26; // half of ARKit's: with fewer, the presets say more
const ARMS_DOWN = 1.2; // radians from the T-pose that every VRM rests in
const presetsOf = compileMap(vrm1);

export class VrmAvatar {
  constructor(vrm) {
    VRMUtils.rotateVRM0(vrm); // a VRM 0 rests with its back to the camera
    this.object = vrm.scene;
    this.names = new Set();
    this.unmatched = new Set();
    this.#vrm = vrm;
    this.#turnedRound = vrm.meta?.metaVersion === '0';
    this.#findExpressions();
    const version = this.#turnedRound ? 'VRM 0' : 'VRM 1';
    this.kind = `${version}, ${this.#perfectSync ? 'perfect sync' : 'presets'}`;
    this.#lowerArms();
    this.#aimsEyes = this.#eyesNeedAiming();
    if (vrm.lookAt) {
      vrm.lookAt.autoUpdate = false; // the person's gaze, not a target in the scene
    }
    vrm.update(0);
  }

  #vrm;
  #turnedRound;
  #perfectSync = false;
  #aimsEyes;
  #shapes = []; // [expression's name, place in the face]

  #findExpressions() {
    const expressions = this.#vrm.expressionManager?.expressions ?? [];
    for (const { expressionName } of expressions) {
      const shape = arkitName(expressionName);
      if (shape !== undefined) {
        this.#shapes.push([expressionName, INDEX.get(shape)]);
        this.names.add(shape);
      }
    }
    this.#perfectSync = this.names.size >= ENOUGH_SHAPES;
    if (!this.#perfectSync) {
      const presets = new Set(Object.keys(vrm1.parameters));
      this.names = new Set(expressions.map((each) => each.expressionName).filter((name) => presets.has(name)));
    }
  }

  // Eyes are moved once: by expressions if some move them, else by the model's own way of looking, else not at all.
  #eyesNeedAiming() {
    const { expressionManager, lookAt } = this.#vrm;
    if (!lookAt) {
      return false;
    }
    if (!this.#perfectSync) {
      return lookAt.applier.constructor.type === 'bone';
    }
    return !this.#shapes.some(
      ([name, place]) =>
        CHANNELS[place].startsWith('eyeLook') && expressionManager.getExpression(name).binds.length > 0,
    );
  }

  #lowerArms() {
    // A VRM 0's own left is on the other side of its axes.
    const down = this.#turnedRound ? ARMS_DOWN : -ARMS_DOWN;
    this.#bone('leftUpperArm')?.rotation.set(0, 0, down);
    this.#bone('rightUpperArm')?.rotation.set(0, 0, -down);
  }

  #bone(name) {
    return this.#vrm.humanoid.getNormalizedBoneNode(name);
  }

  /** Takes a face of 58 numbers. */
  apply(face) {
    const { expressionManager, lookAt } = this.#vrm;
    if (this.#perfectSync) {
      this.#shapes.forEach(([name, place]) => expressionManager.setValue(name, face[place]));
    } else if (expressionManager) {
      const aimed = (name) => this.#aimsEyes && name.startsWith('look');
      Object.entries(presetsOf(face)).forEach(([name, value]) =>
        expressionManager.setValue(name, aimed(name) ? 0 : value),
      );
    }
    if (this.#aimsEyes) {
      Object.assign(lookAt, gaze(face));
    }
    this.#turn(headQuaternion(face));
  }

  #turn([x, y, z, w]) {
    // The bones' axes are those of the model, which a VRM 0 has turned half round.
    const rotation = this.#turnedRound ? new Quaternion(-x, y, -z, w) : new Quaternion(x, y, z, w);
    const [neck, head] = [this.#bone('neck'), this.#bone('head')];
    const [below, above] = neck ? shareRotation(rotation) : [null, rotation];
    neck?.quaternion.copy(below);
    head.quaternion.copy(above);
  }

  /** Lets hair and clothes swing; seconds since the last time. */
  update(seconds) {
    this.#vrm.update(seconds);
  }

  /** {expression: weight} as the model has them now. */
  get weights() {
    const expressions = this.#vrm.expressionManager?.expressions ?? [];
    return Object.fromEntries(expressions.map((each) => [each.expressionName, each.weight]));
  }

  /** The middle of the face and the height of the head, in the world, in metres. */
  get framing() {
    this.object.updateWorldMatrix(true, true);
    const base = this.#vrm.humanoid.getRawBoneNode('head').getWorldPosition(new Vector3());
    const top = new Box3().setFromObject(this.object, true).max.y;
    const height = Math.min(Math.max(1.1 * (top - base.y), 0.15), 0.6); // hats and horns are not the head
    return { centre: new Vector3(base.x, base.y + 0.4 * height, 0), height };
  }

  dispose() {
    VRMUtils.deepDispose(this.object);
  }
}
