/** The avatar live, what must be said about it, and the camera picture where the person asked for it. */

import { byId, setText, watchSize } from './dom.js';
import { CHANNEL_COUNT } from './frames.js';
import { recall, remember } from './preferences.js';
import { Puppet } from './puppet.js';

const REST = new Float32Array(CHANNEL_COUNT);
const LARGEST = 1.35; // times the size at which everything is seen

export class FaceView {
  constructor() {
    this.canvas = byId('puppet');
    this.context = this.canvas.getContext('2d');
    this.values = REST;
    this.altered = [];
    this.mirror = recall('mirror', true);
    this.puppet = null;
    watchSize(this.canvas.parentElement, (width, height) => {
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      [this.canvas.width, this.canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
      this.draw(this.values);
    });
    const button = byId('mirror');
    button.setAttribute('aria-pressed', String(this.mirror));
    button.addEventListener('click', () => {
      this.mirror = !this.mirror;
      remember('mirror', this.mirror);
      button.setAttribute('aria-pressed', String(this.mirror));
      this.draw(this.values);
    });
  }

  /** Loads the rig; the colours are the profile's. */
  async load() {
    this.puppet = await Puppet.load('/static/puppet.json');
    this.draw(this.values);
  }

  /** The colour behind the puppet, where the profile names one. */
  setBackground(colour) {
    this.canvas.parentElement.style.background = colour && CSS.supports('color', colour) ? colour : '';
  }

  /** The profile's colours; a name the rig does not have must not cost the picture. */
  dress(colours) {
    this.palette = Object.fromEntries(Object.entries(colours ?? {}).filter(([name, code]) => this.puppet && name in this.puppet.palette && /^#[0-9a-f]{6}$/i.test(code)));
    this.draw(this.values);
  }

  draw(values) {
    this.values = values;
    if (!this.puppet || !this.canvas.width) return;
    this.puppet.draw(this.context, values, { palette: this.palette, mirror: this.mirror, scale: this.#closeUp() });
  }

  /** In a tall picture the shoulders may leave it at the sides, so that the face is large. */
  #closeUp() {
    const [, , width, height] = this.puppet.view;
    const [across, down] = [this.canvas.width / width, this.canvas.height / height];
    return 0.97 * Math.min(LARGEST, Math.max(1, down / across));
  }

  /** What is known of the newest frame. The frame's own flag decides; the status names the stages. */
  showFrame(frame) {
    this.#showTracking(frame.tracked ? ['good', 'tracking'] : ['bad', 'face lost']);
    const badge = byId('altered');
    if (frame.altered) setText(badge, this.altered.length ? `Face altered: ${this.altered.map(plain).join(', ')}` : 'Face altered');
    if (badge.hidden === frame.altered) badge.hidden = !frame.altered;
  }

  showWaiting(text) {
    this.#showTracking(['wait', text]);
    byId('altered').hidden = true;
  }

  #showTracking([kind, text]) {
    const pill = byId('tracking');
    setText(pill, text);
    this.canvas.parentElement.dataset.tracking = kind;
    if (pill.dataset.kind !== kind) pill.dataset.kind = kind;
  }
}

/** What a stage does to a face, in a word people know. */
function plain(stage) {
  return { amplify: 'amplified', adjust: 'adjusted', symmetry: 'made symmetrical', expressions: 'held or replaced' }[stage] ?? stage;
}

/** The camera picture. It is decoded off the main thread, and nothing is kept. */
export class PictureView {
  constructor() {
    this.canvas = byId('picture-canvas');
    this.context = this.canvas.getContext('2d');
    this.decoding = false;
  }

  show(on) {
    byId('picture').hidden = !on;
    if (!on) this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** @param {ArrayBuffer} message kind, three zero bytes, a JPEG */
  async draw(message) {
    if (this.decoding || byId('picture').hidden) return; // the newest that there is time for
    this.decoding = true;
    try {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(message, 4)], { type: 'image/jpeg' }));
      if (this.canvas.width !== bitmap.width || this.canvas.height !== bitmap.height) [this.canvas.width, this.canvas.height] = [bitmap.width, bitmap.height];
      this.context.drawImage(bitmap, 0, 0);
      bitmap.close();
    } catch {
      // A torn picture: the next one comes.
    } finally {
      this.decoding = false;
    }
  }
}
