/** Keys of the page. Never while typing, nor while a dialog is open; with Ctrl or ⌘ only those that are named. */

import { byId, element } from './dom.js';

const KEYS = [
  ['R', 'Recentre: you look straight ahead now'],
  ['F', 'Freeze the face, or let it go on'],
  ['N', 'Neutral face at once (panic key)'],
  ['C', 'Camera picture on this page'],
  ['P', 'Pause the traces'],
  ['1 … 9', 'Expression: tap to keep, press to hold'],
  ['Shift+1 … 9', 'Profile: the first to ninth of the list'],
  ['Ctrl+Z', 'Undo'],
  ['Ctrl+Shift+Z', 'Redo'],
  ['Ctrl+S', 'Save to profile'],
  ['?', 'This list'],
];
const FROM_OUTSIDE = [
  ['/avatar_driver/recentre', ''],
  ['/avatar_driver/freeze', '1 or 0'],
  ['/avatar_driver/neutral', '1 or 0'],
  ['/avatar_driver/expression/happy', '1 or 0'],
  ['/avatar_driver/profile', 'its name'],
];

/**
 * @param {() => number|null} oscPort where commands by OSC are heard
 * @param {object} actions recentre, freeze, neutral, camera, pause, undo, redo, save: functions; press, release: of an
 *   expression's place, from 0; releaseAll; profile: of a profile's place, from 0
 */
export function setUpHotkeys(oscPort, actions) {
  const showKeys = () => showList(oscPort());
  const plain = { r: actions.recentre, f: actions.freeze, n: actions.neutral, c: actions.camera, p: actions.pause, '?': showKeys };
  document.addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open]')) return;
    if (event.ctrlKey || event.metaKey) return withControl(event, actions);
    if (event.altKey || event.repeat || isTyping(event.target)) return;
    if (/^[1-9]$/.test(event.key)) return actions.press(Number(event.key) - 1);
    const action = plain[event.key.toLowerCase()] ?? profileAction(event, actions);
    if (!action) return;
    event.preventDefault();
    action();
  });
  document.addEventListener('keyup', (event) => {
    if (/^Digit[1-9]$|^Numpad[1-9]$/.test(event.code)) actions.release(Number(event.code.at(-1)) - 1);
    else if (/^[1-9]$/.test(event.key)) actions.release(Number(event.key) - 1);
  });
  window.addEventListener('blur', actions.releaseAll);
  byId('help').addEventListener('click', showKeys);
}

/** The digit of the key, whatever sign it makes together with Shift. */
function profileAction({ shiftKey, code }, { profile }) {
  return shiftKey && /^Digit[1-9]$/.test(code) ? () => profile(Number(code.at(-1)) - 1) : null;
}

function withControl(event, { undo, redo, save }) {
  const key = event.key.toLowerCase();
  if (key === 's') {
    event.preventDefault(); // the browser's own would save this page
    save();
  } else if (key === 'z' && !isTyping(event.target)) {
    event.preventDefault();
    (event.shiftKey ? redo : undo)();
  } else if (key === 'y' && !isTyping(event.target)) {
    event.preventDefault();
    redo();
  }
}

function isTyping(target) {
  return target.matches('textarea, select, [contenteditable], input:not([type="range"], [type="checkbox"])');
}

function showList(port) {
  const dialog = byId('keys');
  dialog.replaceChildren(
    element('h2', { id: 'keys-title', text: 'Keyboard' }),
    element('dl', { class: 'keys' }, ...KEYS.flatMap(([key, text]) => [element('dt', {}, element('kbd', { text: key })), element('dd', { text })])),
    element('h3', { text: 'While you play' }),
    element('p', { class: 'hint', text: `The keys act while this page has the focus. From a game, a Stream Deck or a pedal the same goes by OSC${port ? `, to UDP port ${port} of this computer:` : '. Open a port for it in your profile, as in web: {osc_port: 39580}, and start again. Then:'}` }),
    element('ul', { class: 'osc' }, ...FROM_OUTSIDE.map(([address, value]) => element('li', {}, element('code', { text: address }), value ? element('span', { class: 'hint', text: value }) : null))),
    element('div', { class: 'row' }, element('button', { type: 'button', class: 'primary', text: 'Close', on: { click: () => dialog.close() } })));
  dialog.showModal();
}
