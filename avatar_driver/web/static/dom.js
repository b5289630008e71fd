/** Builds elements. Text from the server only ever becomes text, never markup. */

/**
 * @param {string} tag
 * @param {object} [properties] `class`, `text`, `on: {event: listener}`, `data: {name: value}`; others become attributes,
 *   where `false`, `null` and `undefined` leave the attribute out and `true` sets it empty
 * @param {...(Node|string|null)} children
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'class') node.className = value;
    else if (name === 'text') node.textContent = value;
    else if (name === 'on') for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === 'data') Object.assign(node.dataset, value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/** Writes text only where it differs: an unchanged live region must not be read out again, nor laid out again. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

let counter = 0;

/** An id no other element of the page has. */
export const freshId = (stem) => `${stem}-${++counter}`;

/** A switch: a button that is on or off. `onChange` gets the state asked for; `show` sets the one that holds. */
export function makeSwitch(label, onChange) {
  const node = element('button', { type: 'button', role: 'switch', class: 'switch', 'aria-checked': 'false', 'aria-label': label });
  node.addEventListener('click', () => onChange(node.getAttribute('aria-checked') !== 'true'));
  return { node, show: (on) => node.setAttribute('aria-checked', String(Boolean(on))) };
}

/** Fits a canvas's pixels to its size on the page; true when that changed them (which also clears it). */
export function fitCanvas(canvas, width, height) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const pixels = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width === pixels[0] && canvas.height === pixels[1]) return false;
  [canvas.width, canvas.height] = pixels;
  canvas.getContext('2d').setTransform(ratio, 0, 0, ratio, 0, 0);
  return true;
}

/** Calls back with a canvas's size on the page, now and whenever it changes. */
export function watchSize(node, callback) {
  new ResizeObserver(([entry]) => callback(entry.contentRect.width, entry.contentRect.height)).observe(node);
}
