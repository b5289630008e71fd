// The scene: renderer, lights, and a camera that frames the head.

import {
  Color,
  DirectionalLight,
  HemisphereLight,
  PerspectiveCamera,
  Scene,
  SRGBColorSpace,
  WebGLRenderer,
} from 'three';

const FIELD_OF_VIEW = 24; // degrees; a portrait lens
const HEADS_HIGH = 1.7; // the picture's height in heads
const SHARPEST = 2; // pixels of the canvas for each of the page, at most: more costs and is not seen

export class Picture {
  /** Draws to `canvas`. `background` is a colour, or 'transparent'. */
  constructor(canvas, { background, zoom }) {
    this.renderer = new WebGLRenderer({ canvas, alpha: true, antialias: true });
    this.renderer.outputColorSpace = SRGBColorSpace;
    this.renderer.setPixelRatio(Math.min(globalThis.devicePixelRatio, SHARPEST));
    this.scene = new Scene();
    this.camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.01, 50);
    this.avatar = null;
    this.#zoom = zoom;
    if (background === 'transparent') {
      this.renderer.setClearAlpha(0);
    } else {
      this.scene.background = new Color(background);
    }
    this.#light();
    new ResizeObserver(() => this.#fit()).observe(canvas);
    this.#fit();
  }

  #zoom;

  #light() {
    const key = new DirectionalLight('#fff4e8', 2.2);
    key.position.set(-0.8, 1, 1.6);
    const rim = new DirectionalLight('#b8ccff', 1.2);
    rim.position.set(1.5, 0.8, -1);
    this.scene.add(new HemisphereLight('#e6ecff', '#8a7468', 1.3), key, rim);
  }

  /** Puts an avatar in the place of the one before, and the camera before its face. */
  show(avatar) {
    if (this.avatar !== null) {
      this.scene.remove(this.avatar.object);
      this.avatar.dispose();
    }
    this.avatar = avatar;
    this.scene.add(avatar.object);
    const { centre, height } = avatar.framing;
    const distance = (HEADS_HIGH * height) / (2 * Math.tan((FIELD_OF_VIEW * Math.PI) / 360)) / this.#zoom;
    this.camera.position.set(centre.x, centre.y, centre.z + height / 2 + distance);
    this.camera.near = distance / 100;
    this.camera.far = distance * 100;
    this.camera.lookAt(centre);
    this.camera.updateProjectionMatrix();
  }

  draw() {
    this.renderer.render(this.scene, this.camera);
  }

  #fit() {
    const { clientWidth, clientHeight } = this.renderer.domElement;
    const [width, height] = [Math.max(clientWidth, 1), Math.max(clientHeight, 1)];
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
  }
}
