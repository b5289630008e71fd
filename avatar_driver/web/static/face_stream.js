/** Our face stream in the page: the binary form of avatar_driver/protocols/face_stream.py, reconnecting by itself. */

const COUNT = 58;
const BYTES = 20 + 2 * 4 * COUNT;
const MAGIC = 0x53464441; // "ADFS", little-endian
const PAUSE = 1000; // ms between attempts
const SILENCE = 5000; // ms without a frame: the engine promises ten a second even without a face

/** {tracked, altered, time, values} of a packet, or null when it is none. */
export function decodePacket(buffer) {
  if (buffer.byteLength !== BYTES) return null;
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== MAGIC || view.getUint8(4) !== 1 || view.getUint16(6, true) !== COUNT) return null;
  const flags = view.getUint8(5);
  return { tracked: (flags & 1) !== 0, altered: (flags & 2) !== 0, time: view.getFloat64(12, true), values: new Float32Array(buffer, 20, COUNT) };
}

/**
 * Receives for the life of the page.
 * @param {string|null} token  @param {{frame: Function, lost: Function}} listeners
 */
export function receiveFaces(token, { frame, lost }) {
  const query = new URLSearchParams({ format: 'binary' });
  if (token) query.set('token', token);
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  let heard;
  let socket;

  function connect() {
    heard = performance.now();
    socket = new WebSocket(`${scheme}//${location.host}/face?${query}`);
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => {
      heard = performance.now();
      const packet = data instanceof ArrayBuffer ? decodePacket(data) : null;
      if (packet) frame(packet);
    };
    socket.onclose = ended;
  }

  function ended() {
    socket.onclose = null;
    socket.close();
    lost();
    setTimeout(connect, PAUSE);
  }

  setInterval(() => {
    if (socket.readyState <= WebSocket.OPEN && performance.now() - heard > SILENCE) ended();
  }, 1000);
  connect();
}
