// The client against the golden bytes and against a socket that does as it is told. `node --test` runs this.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';

import {
  CHANNELS,
  connect,
  DecodeError,
  FaceStreamReader,
  quaternionOf,
} from '../../../plugins/browser/client/avatar-driver.js';

const golden = (name) => readFileSync(new URL(`../../golden/face_stream.${name}`, import.meta.url));
const hello = golden('hello.json').toString();
const packet = (name = 'frame.bin') => Uint8Array.from(golden(name)).buffer;
const numbers = JSON.parse(golden('frame.json').toString());

/** A socket without a network: tests say what it receives. */
class Scripted {
  static made = [];
  constructor(url) {
    this.url = url;
    this.closed = false;
    Scripted.made.push(this);
  }
  close() {
    this.closed = true;
  }
  say(...messages) {
    messages.forEach((data) => this.onmessage({ data }));
  }
}

const faces = [];
// A test that fails must not leave one behind that tries for ever.
afterEach(() => faces.splice(0).forEach((face) => face.close()));

function connected(options = {}) {
  Scripted.made = [];
  const face = connect('ws://127.0.0.1:8771/', { WebSocket: Scripted, firstPause: 5, longestPause: 20, ...options });
  faces.push(face);
  return { face, socket: () => Scripted.made.at(-1) };
}

function numbered(sequence) {
  const bytes = packet();
  new DataView(bytes).setUint32(8, sequence, true);
  return bytes;
}

const soon = (milliseconds = 30) => new Promise((done) => setTimeout(done, milliseconds));

function greeted() {
  const reader = new FaceStreamReader();
  assert.equal(reader.read(hello), null);
  return reader;
}

test('the golden hello names the channels in the order the client knows', () => {
  assert.deepEqual(JSON.parse(hello).channels, [...CHANNELS]);
  assert.deepEqual(greeted().hello.altered, ['amplify', 'symmetry']);
});

for (const form of ['bin', 'json']) {
  const read = (name) => greeted().read(form === 'bin' ? packet(`${name}.bin`) : golden(`${name}.json`).toString());

  test(`the golden frame as ${form} has every number, tone, support and what altered it`, () => {
    const frame = read('frame');
    assert.deepEqual([...frame.values], numbers.values);
    assert.deepEqual([...frame.tone], numbers.tone);
    assert.equal(frame.sequence, 4000000001);
    assert.equal(frame.time, 1234.515625);
    assert.equal(frame.tracked, true);
    assert.deepEqual(frame.altered, ['amplify', 'symmetry']);
    assert.equal(frame.support[CHANNELS.indexOf('tongueOut')], 'absent');
    assert.equal(frame.support[CHANNELS.indexOf('mouthClose')], 'derived');
  });

  test(`the golden lost frame as ${form} is untracked and unaltered`, () => {
    const frame = read('lost');
    assert.deepEqual([frame.tracked, [...frame.altered], frame.sequence, frame.time], [false, [], 0, 0.25]);
  });
}

test('a frame gives shapes by name and the head as vector and quaternion', () => {
  const frame = greeted().read(packet());
  assert.equal(frame.shape('eyeLookDownLeft'), 0.0625);
  assert.deepEqual([...frame.headPosition], [0.125, -0.25, 0.5]);
  assert.deepEqual([...frame.headRotation], [0.25, -0.5, 0.75]);
  assert.throws(() => frame.shape('jawOpn'), RangeError);
  const [x, y, z, w] = frame.headQuaternion;
  const angle = Math.hypot(0.25, 0.5, 0.75);
  assert.ok(Math.abs(w - Math.cos(angle / 2)) < 1e-12);
  assert.ok(Math.abs(y / x + 2) < 1e-12 && Math.abs(z / x - 3) < 1e-12);
  assert.ok(Math.abs(Math.hypot(x, y, z, w) - 1) < 1e-12);
});

test('a rotation of 30 degrees to the left is the quaternion of the reference table', () => {
  const [x, y, z, w] = quaternionOf(0, Math.PI / 6, 0);
  assert.deepEqual([x, y.toFixed(6), z, w.toFixed(6)], [0, '0.258819', 0, '0.965926']);
  assert.deepEqual(quaternionOf(0, 0, 0), [0, 0, 0, 1]);
});

test('every truncation of the golden packet is refused, and the reader stays usable', () => {
  const reader = greeted();
  for (let length = 0; length < 484; length++) {
    assert.throws(() => reader.read(packet().slice(0, length)), DecodeError);
  }
  assert.equal(reader.read(packet()).sequence, 4000000001);
});

test('a time that is not finite is refused in either form', () => {
  for (const time of [NaN, Infinity, -Infinity]) {
    const bytes = packet();
    new DataView(bytes).setFloat64(12, time, true);
    assert.throws(() => greeted().read(bytes), DecodeError);
  }
  const text = golden('frame.json').toString().replace('1234.515625', '1e999');
  assert.throws(() => greeted().read(text), DecodeError);
});

test('an altered packet is refused while no hello names by what', () => {
  const reader = greeted();
  reader.read(JSON.stringify({ ...JSON.parse(hello), altered: [] }));
  assert.throws(() => reader.read(packet()), DecodeError);
  assert.equal(reader.read(packet('lost.bin')).tracked, false);
});

test('at most 64 names of at most 64 characters say what altered a face', () => {
  const altered = (names) => JSON.stringify({ ...numbers, altered: names });
  const name = (i) => `${i}`.padStart(64, 'x');
  assert.equal(greeted().read(altered(Array.from({ length: 64 }, (_, i) => name(i)))).altered.length, 64);
  assert.throws(() => greeted().read(altered(Array.from({ length: 65 }, (_, i) => name(i)))), DecodeError);
  assert.throws(() => greeted().read(altered(['x'.repeat(65)])), DecodeError);
});

test('a bad message is counted and never thrown out of the socket', () => {
  const { face, socket } = connected();
  const frames = [];
  face.onFrame((frame) => frames.push(frame.sequence));
  const nan = packet();
  new DataView(nan).setFloat32(20, NaN, true);
  socket().say(packet(), hello, 'nonsense', '[]', '{"type":"frame"}', new ArrayBuffer(3), nan, 17, null, numbered(7));
  assert.deepEqual(frames, [7]);
  assert.equal(face.statistics.bad, 8);
  assert.match(face.statistics.lastProblem, /ArrayBuffer/);
  face.close();
});

test('skipped frames are counted by the gaps, past the end of the numbers too', () => {
  const { face, socket } = connected();
  socket().say(hello, numbered(2 ** 32 - 3), numbered(2 ** 32 - 1), numbered(2), numbered(3));
  assert.equal(face.statistics.skipped, 1 + 2);
  assert.equal(face.statistics.received, 4);
  socket().say(numbered(0)); // a sender that began again
  assert.equal(face.statistics.skipped, 3);
  face.close();
});

test('the newest frame wins', () => {
  const { face, socket } = connected();
  assert.equal(face.frame, null);
  socket().say(hello, numbered(1), numbered(2));
  assert.equal(face.frame.sequence, 2);
  assert.equal(face.statistics.rate, 2);
  assert.ok(face.statistics.age < 1000);
  face.close();
});

test('a listener that throws keeps nothing from the others', (context) => {
  const told = context.mock.method(console, 'error', () => {});
  const { face, socket } = connected();
  let heard = 0;
  face.onFrame(() => assert.fail('on purpose')).onFrame(() => (heard += 1));
  socket().say(hello, numbered(1));
  assert.equal(heard, 1);
  assert.equal(told.mock.callCount(), 1);
  face.close();
});

test('the states are connecting, open, lost and open again, and a pause lies between tries', async () => {
  const { face, socket } = connected();
  const states = [];
  face.onState((state) => states.push(state));
  const first = socket();
  first.say(hello);
  first.onclose();
  assert.equal(socket(), first, 'no new try at once');
  await soon();
  assert.notEqual(socket(), first);
  socket().say(hello, numbered(1));
  first.onmessage({ data: numbered(99) }); // one that was given up speaks no more
  assert.equal(face.frame.sequence, 1);
  face.close();
  assert.deepEqual(states, ['connecting', 'open', 'lost', 'open', 'closed']);
});

test('the pauses grow up to the longest, and begin anew after a success', (context) => {
  const pauses = [];
  const timers = new Map();
  context.mock.method(globalThis, 'setTimeout', (act, pause) => (pauses.push([pause, act]), timers.size));
  context.mock.method(Math, 'random', () => 1);
  const { face, socket } = connected({ firstPause: 100, longestPause: 400, patience: 77_777 });
  const fail = () => {
    socket().onclose();
    const [pause, act] = pauses.at(-1);
    act();
    return Math.round(pause);
  };
  assert.deepEqual([fail(), fail(), fail(), fail(), fail()], [100, 170, 289, 400, 400]);
  socket().say(hello);
  assert.equal(fail(), 100);
  face.close();
});

test('a connection that falls silent after a frame is given up, one that waits for its first is not', async () => {
  const { face, socket } = connected({ patience: 20, firstPause: 10_000, longestPause: 10_000 });
  socket().say(hello);
  await soon(60);
  assert.equal(face.state, 'open');
  socket().say(numbered(1));
  await soon(60);
  assert.equal(face.state, 'lost');
  assert.equal(socket().closed, true);
  face.close();
});

test('a server that never greets is given up', async () => {
  const { face } = connected({ patience: 10, firstPause: 10_000, longestPause: 10_000 });
  await soon(50);
  assert.equal(face.state, 'lost');
  face.close();
});

test('after close nothing is heard and nothing tried', async () => {
  const { face, socket } = connected();
  let heard = 0;
  face.onFrame(() => (heard += 1));
  socket().say(hello);
  face.close();
  socket().say(numbered(1));
  socket().onclose();
  await soon();
  assert.deepEqual([heard, Scripted.made.length, face.state], [0, 1, 'closed']);
});

test('a listener that comes late hears the hello and the state', () => {
  const { face, socket } = connected();
  socket().say(hello);
  const heard = [];
  face.onHello(({ software }) => heard.push(software)).onState((state) => heard.push(state));
  assert.deepEqual(heard, ['avatar_driver 0.1.0', 'open']);
  face.close();
});

test('a listener that was taken off hears no more', () => {
  const { face, socket } = connected();
  const listener = () => assert.fail('heard');
  face.onFrame(listener).off(listener);
  socket().say(hello, numbered(1));
  face.close();
});

test('the options go into the address', () => {
  const url = (address, options) => {
    const face = connect(address, { WebSocket: Scripted, ...options });
    face.close();
    return face.url;
  };
  assert.equal(url('ws://h/'), 'ws://h/?format=binary');
  assert.equal(url('ws://h/?format=json'), 'ws://h/?format=json');
  assert.equal(
    url('ws://h/?format=json', { format: 'binary', rate: 30, token: 'a b' }),
    'ws://h/?format=binary&rate=30&token=a+b',
  );
});

test('what is no address, option, format, rate or listener is refused at once', () => {
  const given =
    (address, options = {}) =>
    () =>
      connect(address, { WebSocket: Scripted, ...options });
  assert.throws(given('http://127.0.0.1/'), SyntaxError);
  assert.throws(given('nonsense'), SyntaxError);
  assert.throws(given('ws://h/', { formt: 'json' }), /unknown option 'formt'/);
  assert.throws(given('ws://h/', { format: 'text' }), TypeError);
  for (const rate of [0, -1, NaN, 1001]) {
    assert.throws(given('ws://h/', { rate }), TypeError);
  }
  const { face } = connected();
  assert.throws(() => face.onFrame(null), TypeError);
  face.close();
});
