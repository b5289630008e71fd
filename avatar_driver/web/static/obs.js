/** What OBS is told: the address of the overlay, or of one's own avatar, and the delay of the sound. */

import { element, setText } from './dom.js';
import { toast } from './toasts.js';

const SIDES = ['left', 'centre', 'right'];

export class Obs {
  constructor() {
    this.delay = element('p', { class: 'delay-number', text: '–' });
    this.delayText = element('p', { class: 'hint' });
    this.addresses = element('div', { class: 'obs' });
    this.nodes = [
      element('section', { class: 'card' }, element('header', { class: 'card-head' }, element('h2', { text: 'Overlay for OBS' }), element('span', { class: 'hint', text: 'Sources, +, Browser' })), this.addresses),
      element('section', { class: 'card' }, element('header', { class: 'card-head' }, element('h2', { text: 'Audio delay for OBS' })), this.delay, this.delayText,
        element('p', { class: 'hint', text: 'In OBS: Advanced Audio Properties, Sync Offset of the microphone.' })),
    ];
  }

  /** @param {string} access the token of the printed link, empty on this computer  @param {boolean} stage whether an own page is served */
  build(access, stage) {
    const overlay = new Address('Overlay', '/overlay', access);
    const side = element('select', { 'aria-label': 'Side of the overlay' }, ...SIDES.map((name) => element('option', { value: name, text: name, selected: name === 'centre' })));
    const mirror = element('input', { type: 'checkbox' });
    const hide = element('input', { type: 'checkbox' });
    const follow = () => overlay.show({ ...(side.value === 'centre' ? {} : { side: side.value }), ...(mirror.checked ? { mirror: '1' } : {}), ...(hide.checked ? { lost: 'hide' } : {}) });
    for (const control of [side, mirror, hide]) control.addEventListener('change', follow);
    follow();
    this.addresses.replaceChildren(overlay.node, element('div', { class: 'row' }, element('label', {}, 'Side', side), element('label', {}, mirror, 'mirrored'), element('label', {}, hide, 'hidden while no face is seen')),
      element('p', { class: 'hint', text: 'Transparent round the avatar. Width and height as you like.' }));
    if (!stage) return;
    const own = new Address('Your own avatar', '/stage/', access);
    own.show({ background: 'transparent' });
    this.addresses.append(element('h3', { class: 'small', text: 'Your own avatar' }), own.node, element('p', { class: 'hint', text: 'The page that web.stage names. Add &model=NAME.vrm for a model in its folder.' }));
  }

  show(status) {
    setText(this.delay, status.audio_delay_ms === null ? '–' : `${Math.round(status.audio_delay_ms)} ms`);
    setText(this.delayText, status.audio_text ?? '');
  }
}

/** An address that can be copied and opened. */
class Address {
  constructor(name, path, access) {
    [this.path, this.access] = [path, access];
    this.text = element('input', { type: 'text', readonly: true, 'aria-label': `${name}: address for OBS`, on: { focus: () => this.text.select() } });
    this.link = element('a', { class: 'button', target: '_blank', rel: 'noopener', text: 'Open', 'aria-label': `Open ${name.toLowerCase()}` });
    const copy = element('button', { type: 'button', class: 'primary', text: 'Copy', 'aria-label': `Copy the address: ${name.toLowerCase()}`, on: { click: () => this.#copy() } });
    this.node = element('div', { class: 'address' }, this.text, copy, this.link);
  }

  show(options) {
    const query = new URLSearchParams({ ...options, ...(this.access ? { token: this.access } : {}) }).toString();
    this.text.value = this.link.href = `${location.origin}${this.path}${query ? `?${query}` : ''}`;
  }

  async #copy() {
    this.text.focus();
    this.text.select();
    try {
      await navigator.clipboard.writeText(this.text.value);
      toast('Copied.');
    } catch {
      // Without https a browser lets no page write there but by the old way.
      const done = document.execCommand('copy');
      toast(done ? 'Copied.' : 'Not copied: the browser forbids it. The address is marked; press Ctrl+C.', done ? 'good' : 'bad');
    }
  }
}
