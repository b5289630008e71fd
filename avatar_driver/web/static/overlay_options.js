/** What the overlay's address asks for. What makes no sense is ignored: a page for viewers shows no errors. Pure. */

const SIDES = { left: 0, centre: 0.5, center: 0.5, right: 1 };
const LEAST_SCALE = 0.1;
const LARGEST_SCALE = 5;
const OURS = new Set(['scale', 'side', 'mirror', 'background', 'lost', 'token', 'rate']);

/**
 * @param {URLSearchParams} query `scale` (1: as large as fits), `side` (left, centre, right), `mirror` (1, true, or empty),
 *   `background` (a CSS colour, `transparent`, or `palette`), `lost` (hide or rest: what shows when the face is lost),
 *   `token`; any other name is a colour of the puppet, as in `hair=%23aa3355` or `hair=aa3355`
 */
export function readOptions(query) {
  const scale = Number.parseFloat(query.get('scale') ?? '1');
  const background = query.get('background') ?? 'transparent';
  const palette = {};
  for (const [name, value] of query) {
    const code = /^#?([0-9a-f]{6})$/i.exec(value);
    if (!OURS.has(name) && code) palette[name] = `#${code[1]}`;
  }
  return {
    scale: scale > 0 ? Math.min(Math.max(scale, LEAST_SCALE), LARGEST_SCALE) : 1,
    align: SIDES[query.get('side')] ?? 0.5,
    mirror: query.has('mirror') && !['0', 'false', 'no', 'off'].includes(query.get('mirror').toLowerCase()),
    background: background === 'transparent' ? undefined : background,
    hideWhenLost: query.get('lost') === 'hide',
    token: query.get('token'),
    palette,
  };
}
