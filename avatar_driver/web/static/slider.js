/** A slider with its number, its way back to the default, and the server's objection beside it. */

import { element, freshId, setText } from './dom.js';
import { Pull } from './settings.js';

const OBJECTION = 1500; // ms for which the server's objection stays at least: a state may come together with it

/**
 * @param {import('./settings.js').Settings} settings
 * @param {object} options
 * @param {string} options.label
 * @param {number} options.min
 * @param {number} options.max
 * @param {number} [options.step]
 * @param {number|(() => number)} options.usual the default
 * @param {() => Array<Array<string|number>>} options.paths where it is set; all of them get the same value
 * @param {string} [options.note] one line under it
 * @param {(value: number) => number} [options.limit] where a hand that pulls is stopped; what is typed is not
 * @param {boolean} [options.compact] for tables: no visible label
 */
export function makeSlider(settings, options) {
  const { label, min, max, step = 0.01, paths, note, compact, limit = (value) => value } = options;
  const usual = () => (typeof options.usual === 'function' ? options.usual() : options.usual);
  const id = freshId('slider');
  const problemId = `${id}-problem`;
  const range = element('input', { type: 'range', id, min, max, step, 'aria-describedby': problemId });
  const number = element('input', { type: 'number', class: 'number', min, max, step, 'aria-label': `${label}, as a number`, 'aria-describedby': problemId });
  const reset = element('button', { type: 'button', class: 'icon reset', 'data-icon': 'reset', 'aria-label': `Reset ${label}`, title: 'Back to the default (double click on the slider)' });
  const problem = element('p', { class: 'problem', id: problemId, role: 'alert', hidden: true });
  const node = element('div', { class: compact ? 'slider compact' : 'slider' }, element('label', { for: id, text: label }), reset, number, range, note ? element('p', { class: 'note', text: note }) : null, compact ? null : element('p', { class: 'note idle', text: 'Switched off under Chain: does nothing now.' }), problem);

  let objected = -Infinity;
  const pull = new Pull((value, gesture) => settings.set(paths(), value, gesture), (answer) => {
    object(answer.ok ? '' : answer.text);
    if (!pull.busy) refresh();
  });

  function show(value) {
    const share = (at) => Math.max(0, Math.min(1, (at - min) / (max - min)));
    range.value = value;
    if (document.activeElement !== number) number.value = value.toFixed(2);
    range.style.setProperty('--share', share(value));
    range.style.setProperty('--origin', share(usual()));
    node.toggleAttribute('data-changed', Math.abs(value - usual()) > 1e-6);
  }

  function object(text) {
    setText(problem, text);
    problem.hidden = !text;
    objected = performance.now();
  }

  /** Shows what the server has, unless the hand is on it. An objection goes when the profile has moved on, or at once. */
  function refresh(anew = false) {
    if (pull.busy) return;
    const [part, name] = paths()[0];
    node.toggleAttribute('data-idle', part === 'stages' && settings.stage(name)?.enabled === false);
    if (anew || performance.now() - objected > OBJECTION) object('');
    show(Number(settings.valueAt(paths()[0], usual())));
  }

  function move(value, ends) {
    show(value);
    pull.move(value);
    if (ends) pull.end();
  }

  function back() {
    show(usual());
    pull.move(null);
    pull.end();
  }

  range.addEventListener('input', () => move(limit(Number(range.value)), false));
  range.addEventListener('change', () => pull.end());
  range.addEventListener('dblclick', back);
  reset.addEventListener('click', () => {
    back();
    range.focus(); // the button is hidden now, and focus must not fall off the page
  });
  number.addEventListener('change', () => {
    // What is out of range goes to the server as typed: its answer says what is allowed.
    if (number.value !== '' && Number.isFinite(Number(number.value))) move(Number(number.value), true);
    else refresh();
  });
  number.addEventListener('blur', () => refresh());
  settings.onChange(() => refresh());
  if (settings.state) refresh();
  else show(usual());
  return { node, refresh };
}
