// What the page's address asks for: ?model=, ?ws=, ?background=, ?mirror=, ?zoom=, ?still=, ?token=

const NAMES = ['model', 'ws', 'background', 'mirror', 'zoom', 'still', 'token'];
const DEFAULT_BACKGROUND = '#2b3040';
const DRIVER = 'ws://127.0.0.1:8771/'; // the driver's WebSocket sink, as it comes
const COLOUR = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i;

/**
 * The options in an address (a URL or window.location).
 * `problems` are sentences about what was not understood; the defaults stand in for it.
 */
export function readOptions(address) {
  const query = new URLSearchParams(address.search);
  const problems = [...new Set(query.keys())]
    .filter((name) => !NAMES.includes(name))
    .map((name) => `unknown option '${name.slice(0, 40)}'; there are ${NAMES.join(', ')}`);
  const background = readBackground(query, address.hash, problems);
  return {
    model: query.get('model') || null,
    ws: readSocket(query, address, problems),
    token: query.get('token') ?? undefined,
    background,
    overlay: background === 'transparent',
    mirror: readSwitch(query, 'mirror', problems),
    still: readSwitch(query, 'still', problems),
    zoom: readZoom(query, problems),
    problems,
  };
}

/** Where the face comes from: a page served by the driver has it beside itself, any other asks this computer. */
function readSocket(query, address, problems) {
  const given = query.get('ws');
  const served = address.pathname.startsWith('/stage/') && ['http:', 'https:'].includes(address.protocol);
  const usual = served ? `${address.protocol === 'https:' ? 'wss' : 'ws'}://${address.host}/face` : DRIVER;
  if (!given) {
    return usual;
  }
  if (/^wss?:\/\//i.test(given) && URL.canParse(given)) {
    return given;
  }
  problems.push(`expected ws= with an address such as ${DRIVER}, found '${given.slice(0, 80)}'`);
  return usual;
}

// A colour's # ends the query unless it is written %23, so what stands behind it may have become the hash.
function readBackground(query, hash, problems) {
  const given = query.get('background');
  const text = given === '' ? hash : given;
  if (text === null || text === 'transparent') {
    return text ?? DEFAULT_BACKGROUND;
  }
  const colour = COLOUR.exec(text);
  if (colour !== null) {
    return `#${colour[1].toLowerCase()}`;
  }
  problems.push(`expected background=transparent or a colour such as 0f0, found '${text.slice(0, 40)}'`);
  return DEFAULT_BACKGROUND;
}

function readSwitch(query, name, problems) {
  const given = query.get(name) ?? '0';
  if (!['0', '1'].includes(given)) {
    problems.push(`expected ${name}=1 or ${name}=0, found '${given.slice(0, 40)}'`);
  }
  return given === '1';
}

function readZoom(query, problems) {
  const zoom = Number(query.get('zoom') ?? 1);
  if (zoom >= 0.1 && zoom <= 10) {
    return zoom;
  }
  problems.push(`expected zoom from 0.1 to 10, found '${query.get('zoom').slice(0, 40)}'`);
  return 1;
}
