// avatar_driver's face stream as messages: text and bytes in, frames out. No I/O, so it runs anywhere.
// The format is that of avatar_driver/protocols/face_stream.py; tests/golden holds its bytes.

export const PROTOCOL = 'avatar_driver.face';
export const VERSION = 1;
export const PACKET_SIZE = 484;
export const SEQUENCES = 2 ** 32; // sequence numbers begin again at 0 after this many frames

const LEFT_EYE = ['Blink', 'LookDown', 'LookIn', 'LookOut', 'LookUp', 'Squint', 'Wide'].map((name) => `eye${name}Left`);

/** The 52 ARKit shapes, in the order of Apple's page and of the stream. Left and right are the subject's own. */
export const SHAPES = Object.freeze([
  ...LEFT_EYE,
  ...LEFT_EYE.map((name) => name.replace('Left', 'Right')),
  ...['jawForward', 'jawLeft', 'jawRight', 'jawOpen', 'mouthClose', 'mouthFunnel', 'mouthPucker', 'mouthLeft'],
  ...['mouthRight', 'mouthSmileLeft', 'mouthSmileRight', 'mouthFrownLeft', 'mouthFrownRight', 'mouthDimpleLeft'],
  ...['mouthDimpleRight', 'mouthStretchLeft', 'mouthStretchRight', 'mouthRollLower', 'mouthRollUpper'],
  ...['mouthShrugLower', 'mouthShrugUpper', 'mouthPressLeft', 'mouthPressRight', 'mouthLowerDownLeft'],
  ...['mouthLowerDownRight', 'mouthUpperUpLeft', 'mouthUpperUpRight', 'browDownLeft', 'browDownRight'],
  ...['browInnerUp', 'browOuterUpLeft', 'browOuterUpRight', 'cheekPuff', 'cheekSquintLeft', 'cheekSquintRight'],
  ...['noseSneerLeft', 'noseSneerRight', 'tongueOut'],
]);

const HEAD = ['headPositionX', 'headPositionY', 'headPositionZ', 'headRotationX', 'headRotationY', 'headRotationZ'];

/** The 58 numbers of a face: the shapes, the head's position and its rotation. */
export const CHANNELS = Object.freeze([...SHAPES, ...HEAD]);

const INDEX = new Map(CHANNELS.map((name, index) => [name, index]));
const COUNT = CHANNELS.length;
const POSITION = SHAPES.length;
const ROTATION = POSITION + 3;

const MAGIC = 0x41444653; // "ADFS", read big-endian
const TRACKED = 1;
const ALTERED = 2;
const HEADER_SIZE = 20;
const LONGEST_TEXT = 16_384; // a hello takes about 2 kB, a frame about 1 kB
const MOST_NAMES = 64;
const LONGEST_NAME = 64;
const SUPPORTS = ['measured', 'derived', 'absent'];

// What a face can be. Shapes have room for rounding.
const LOWEST = new Float64Array(COUNT)
  .fill(-1e-3)
  .fill(-100, POSITION, ROTATION)
  .fill(-2 * Math.PI, ROTATION);
const HIGHEST = new Float64Array(COUNT)
  .fill(1 + 1e-3)
  .fill(100, POSITION, ROTATION)
  .fill(2 * Math.PI, ROTATION);

/** A message that is not of this protocol. */
export class DecodeError extends Error {
  constructor(expected, found) {
    super(`expected ${expected}, found ${String(found).slice(0, 100)}`);
    this.name = 'DecodeError';
  }
}

/** The place of a channel in `values` and `tone`. Throws RangeError for a name that is not one of `CHANNELS`. */
export function channelIndex(name) {
  const index = INDEX.get(name);
  if (index === undefined) {
    throw new RangeError(`no channel '${String(name).slice(0, 64)}'; names are written as in 'jawOpen'`);
  }
  return index;
}

/** One face at one moment. */
export class Frame {
  /** `received` is performance.now() at arrival, in milliseconds. The rest is as in the stream. */
  constructor({ sequence, time, tracked, altered, support, values, tone, received = 0 }) {
    this.sequence = sequence;
    this.time = time;
    this.tracked = tracked;
    this.altered = altered;
    this.support = support;
    this.values = values;
    this.tone = tone;
    this.received = received;
    Object.freeze(this);
  }

  /** The value of a channel by its name. */
  shape(name) {
    return this.values[channelIndex(name)];
  }

  /** Metres from the calibrated place: to the subject's left, up, towards the camera. */
  get headPosition() {
    return this.values.subarray(POSITION, ROTATION);
  }

  /** Rotation vector in radians: +x nods down, +y turns to the subject's left, +z tilts to their right. */
  get headRotation() {
    return this.values.subarray(ROTATION, COUNT);
  }

  /** The head's rotation as a unit quaternion [x, y, z, w], ready for `quaternion.fromArray` of three.js. */
  get headQuaternion() {
    return quaternionOf(...this.headRotation);
  }
}

/** The unit quaternion [x, y, z, w] of a rotation vector in radians. */
export function quaternionOf(x, y, z) {
  const angle = Math.hypot(x, y, z);
  const scale = angle < 1e-9 ? 0.5 : Math.sin(angle / 2) / angle; // sin(a/2)/a tends to 1/2
  return [x * scale, y * scale, z * scale, Math.cos(angle / 2)];
}

/** Turns the messages of one connection into frames. `hello` is the newest one; null until it came. */
export class FaceStreamReader {
  constructor() {
    this.hello = null;
  }

  /**
   * The Frame of a text (string) or binary (ArrayBuffer) message; null when it was a hello.
   * Throws DecodeError for anything else, and for a frame before the first hello. The reader stays usable.
   */
  read(message, received = 0) {
    if (typeof message === 'string') {
      return this.#readText(message, received);
    }
    if (message instanceof ArrayBuffer) {
      return readPacket(message, this.#greeted(), received);
    }
    throw new DecodeError('text or an ArrayBuffer', Object.prototype.toString.call(message));
  }

  #readText(text, received) {
    const message = parsed(text);
    if (message.type === 'hello') {
      this.hello = readHello(message);
      return null;
    }
    if (message.type !== 'frame') {
      throw new DecodeError('a hello or a frame', JSON.stringify(message.type));
    }
    const { sequence } = message;
    if (!Number.isInteger(sequence) || sequence < 0 || sequence >= SEQUENCES) {
      throw new DecodeError('a sequence number', sequence);
    }
    if (typeof message.tracked !== 'boolean') {
      throw new DecodeError('tracked to be true or false', message.tracked);
    }
    const altered = checkedNames(message.altered, 'altered');
    const [values, tone] = [checkedArray(message.values, 'value'), checkedArray(message.tone, 'tone')];
    const { support } = this.#greeted();
    const { tracked } = message;
    return new Frame({ sequence, time: checkedTime(message.time), tracked, altered, support, values, tone, received });
  }

  #greeted() {
    if (this.hello === null) {
      throw new DecodeError('a hello before the first frame', 'a frame');
    }
    return this.hello;
  }
}

function parsed(text) {
  if (text.length > LONGEST_TEXT) {
    throw new DecodeError(`at most ${LONGEST_TEXT} characters`, text.length);
  }
  let message;
  try {
    message = JSON.parse(text);
  } catch (error) {
    throw new DecodeError('JSON', error.message);
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    throw new DecodeError('an object', text);
  }
  return message;
}

function readHello(message) {
  const { protocol = PROTOCOL, version = VERSION, format, software = '', channels = CHANNELS, support } = message;
  const expected = `${PROTOCOL}, version ${VERSION}, as json or binary`;
  if (protocol !== PROTOCOL || version !== VERSION || !['json', 'binary'].includes(format)) {
    throw new DecodeError(expected, JSON.stringify([protocol, version, format]));
  }
  if (typeof software !== 'string') {
    throw new DecodeError('the name of a software', software);
  }
  if (!Array.isArray(channels) || channels.length !== COUNT || channels.some((name, i) => name !== CHANNELS[i])) {
    throw new DecodeError(`the ${COUNT} channels of version ${VERSION}`, JSON.stringify(channels));
  }
  if (!Array.isArray(support) || support.length !== COUNT || !support.every((known) => SUPPORTS.includes(known))) {
    throw new DecodeError(`${COUNT} times ${SUPPORTS.join(', ')}`, JSON.stringify(support));
  }
  const altered = checkedNames(message.altered === undefined ? [] : message.altered, 'altered');
  return Object.freeze({ protocol, version, format, software, support: Object.freeze([...support]), altered });
}

function readPacket(packet, hello, received) {
  if (packet.byteLength !== PACKET_SIZE) {
    throw new DecodeError(`a packet of ${PACKET_SIZE} bytes`, packet.byteLength);
  }
  const view = new DataView(packet);
  if (view.getUint32(0) !== MAGIC || view.getUint8(4) !== VERSION || view.getUint16(6, true) !== COUNT) {
    throw new DecodeError(`ADFS, version ${VERSION}, ${COUNT} channels`, 'another packet');
  }
  const flags = view.getUint8(5);
  if (flags & ALTERED && hello.altered.length === 0) {
    throw new DecodeError('a hello that names what altered the face', 'an altered frame after one that does not');
  }
  return new Frame({
    sequence: view.getUint32(8, true),
    time: checkedTime(view.getFloat64(12, true)),
    tracked: (flags & TRACKED) !== 0,
    altered: flags & ALTERED ? hello.altered : Object.freeze([]),
    support: hello.support,
    values: readFloats(view, HEADER_SIZE, 'value'),
    tone: readFloats(view, HEADER_SIZE + 4 * COUNT, 'tone'),
    received,
  });
}

// Not a Float32Array over the packet's buffer: that would read in the machine's own byte order.
function readFloats(view, offset, what) {
  const numbers = new Float32Array(COUNT);
  for (let i = 0; i < COUNT; i++) {
    numbers[i] = checkedNumber(view.getFloat32(offset + 4 * i, true), i, what);
  }
  return numbers;
}

function checkedArray(numbers, what) {
  if (!Array.isArray(numbers) || numbers.length !== COUNT) {
    throw new DecodeError(`${COUNT} ${what}s`, JSON.stringify(numbers));
  }
  return Float32Array.from(numbers, (number, i) => checkedNumber(number, i, what));
}

function checkedNumber(number, i, what) {
  // Written so that NaN, of which every comparison is false, fails too.
  if (typeof number === 'number' && number >= LOWEST[i] && number <= HIGHEST[i]) {
    return number;
  }
  throw new DecodeError(`a ${what} of ${CHANNELS[i]} from ${LOWEST[i]} to ${HIGHEST[i]}`, number);
}

function checkedTime(time) {
  if (typeof time !== 'number' || !Number.isFinite(time)) {
    throw new DecodeError('a finite time', time);
  }
  return time;
}

function checkedNames(names, what) {
  const sound = (name) => typeof name === 'string' && name.length <= LONGEST_NAME;
  if (!Array.isArray(names) || names.length > MOST_NAMES || !names.every(sound)) {
    throw new DecodeError(`at most ${MOST_NAMES} names for ${what}`, JSON.stringify(names));
  }
  return Object.freeze([...names]);
}
