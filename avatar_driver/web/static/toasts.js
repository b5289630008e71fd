/** Short sentences that come and go. Screen readers hear them. */

import { byId, element } from './dom.js';

const SHOWN = { good: 5000, bad: 9000 }; // ms
const MOST = 3;

/** @param {string} text  @param {'good'|'bad'} kind */
export function toast(text, kind = 'good') {
  if (!text) return;
  const box = byId('toasts');
  const node = element('p', { class: 'toast', text, data: { kind } });
  box.append(node);
  while (box.children.length > MOST) box.firstElementChild.remove();
  setTimeout(() => node.remove(), SHOWN[kind]);
}

/** Tells how a command ended. */
export const tellAnswer = (answer) => toast(answer.text, answer.ok ? 'good' : 'bad');
