/** The profile: which one, whether it has unsaved edits, undo, redo, save. */

import { byId, element } from './dom.js';
import { tellAnswer } from './toasts.js';

export class ProfileBar {
  constructor(connection) {
    this.connection = connection;
    this.state = null;
    byId('undo').addEventListener('click', () => this.undo());
    byId('redo').addEventListener('click', () => this.redo());
    byId('revert').addEventListener('click', () => this.#do('revert'));
    byId('save').addEventListener('click', () => this.save());
    byId('profile').addEventListener('change', (event) => this.#switch(event.target.value));
  }

  show(state) {
    this.state = state;
    const { name, choices, unsaved, file } = state.profile;
    const select = byId('profile');
    const shape = JSON.stringify(choices);
    if (select.dataset.shape !== shape) {
      select.dataset.shape = shape;
      const group = (label, own) => (own.length ? element('optgroup', { label }, ...own.map((choice) => element('option', { value: choice.name, text: choice.title || choice.name }))) : null);
      select.replaceChildren(...[group('Yours', choices.filter((choice) => !choice.shipped)), group('Shipped', choices.filter((choice) => choice.shipped))].filter(Boolean));
      if (!choices.some((choice) => choice.name === name)) select.prepend(element('option', { value: name, text: name }));
    }
    select.value = name;
    select.title = file ?? `${name}, as it was shipped`;
    byId('unsaved').hidden = !unsaved;
    byId('undo').disabled = !state.undo;
    byId('redo').disabled = !state.redo;
    byId('revert').disabled = !unsaved;
    document.title = `${unsaved ? '• ' : ''}${name} · avatar_driver`;
  }

  undo() {
    if (this.state?.undo) return this.#do('undo');
  }

  redo() {
    if (this.state?.redo) return this.#do('redo');
  }

  /** Switches to the profile at a place of the list. */
  switchTo(at) {
    const name = byId('profile').options[at]?.value;
    if (name !== undefined && name !== this.state?.profile.name) this.#switch(name);
  }

  /** A file of one's own is written at once; a shipped profile needs a name for the copy. */
  save() {
    if (!this.state) return;
    if (this.state.profile.file) return this.#do('save');
    this.#askName();
  }

  #askName() {
    const dialog = byId('naming');
    const input = element('input', { type: 'text', id: 'new-name', value: 'me', maxlength: 60, autocomplete: 'off', spellcheck: 'false' });
    const go = () => {
      const name = input.value.trim().replace(/\.ya?ml$/i, '');
      if (!name) return;
      dialog.close();
      this.#do('save', { name });
    };
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault(); // or it would press the button that has the focus once the dialog is closed
      go();
    });
    dialog.replaceChildren(
      element('h2', { id: 'naming-title', text: 'Save as a profile of yours' }),
      element('p', { class: 'hint', text: 'This profile came with the program and stays as it is. Your copy is written into the folder the program was started in.' }),
      element('label', { for: 'new-name', text: 'Name' }), input,
      element('div', { class: 'row' }, element('button', { type: 'button', text: 'Cancel', on: { click: () => dialog.close() } }), element('button', { type: 'button', class: 'primary', text: 'Save', on: { click: go } })));
    dialog.showModal();
    input.select();
  }

  async #switch(profile) {
    if (this.state.profile.unsaved && !window.confirm('Unsaved edits of this profile will be lost. Switch all the same?')) {
      byId('profile').value = this.state.profile.name;
      return;
    }
    await this.#do('switch', { profile });
    if (this.state) byId('profile').value = this.state.profile.name; // a refused switch shows the one that runs
  }

  async #do(command, fields = {}) {
    tellAnswer(await this.connection.command(command, fields));
  }
}
