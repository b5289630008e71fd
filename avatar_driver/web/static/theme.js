/** Light, dark or as the system has it; and the colours of the style sheet for what is drawn on a canvas. */

import { byId } from './dom.js';
import { recall, remember } from './preferences.js';

const ORDER = ['system', 'light', 'dark'];
const TEXT = { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' };
const NAMES = ['ink', 'ink-soft', 'ink-faint', 'panel', 'sunken', 'track', 'line', 'raw', 'filtered', 'tone', 'warn', 'bad', 'hatch'];

/** Colours by name; the same object for the life of the page, refilled when the theme changes. */
export const colours = {};

function read() {
  const style = getComputedStyle(document.documentElement);
  for (const name of NAMES) colours[name] = style.getPropertyValue(`--${name}`).trim();
}

/** Sets up the theme button. `onChange` is called after every change, so that canvases are drawn anew. */
export function setUpTheme(onChange) {
  const button = byId('theme');
  const show = () => {
    const chosen = recall('theme', 'system');
    button.dataset.chosen = chosen;
    button.setAttribute('aria-label', TEXT[chosen]);
    button.title = TEXT[chosen];
  };
  button.addEventListener('click', () => {
    remember('theme', ORDER[(ORDER.indexOf(recall('theme', 'system')) + 1) % ORDER.length]);
    document.dispatchEvent(new Event('themechosen'));
  });
  document.addEventListener('themechange', () => {
    read();
    show();
    onChange();
  });
  read();
  show();
}
