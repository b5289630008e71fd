// Receives a face from avatar_driver: connect(url).onFrame((frame) => …). Stays connected by itself.
// No dependencies. Browsers as they are; node from 22, or any node with a WebSocket class given in the options.

import { FaceStreamReader, SEQUENCES } from './face-stream.js';

export { CHANNELS, channelIndex, DecodeError, FaceStreamReader, Frame, quaternionOf, SHAPES } from './face-stream.js';

const OPTIONS = ['format', 'rate', 'token', 'firstPause', 'longestPause', 'patience', 'WebSocket'];
const EVENTS = ['frame', 'hello', 'state'];
const RATE_WINDOW = 1000; // ms of arrivals that the rate is counted over
const PAUSE_GROWTH = 1.7;

/**
 * Connects to avatar_driver's WebSocket sink and stays connected until `close()`.
 *
 * url: 'ws://127.0.0.1:8771/', with or without a query of its own.
 * options:
 *   format: 'binary' (default) or 'json'.
 *   rate: at most so many frames a second; left out, all of them.
 *   token: what the driver asks for when it listens beyond this computer.
 *   firstPause, longestPause: milliseconds before the first new try (250), and at most (5000).
 *   patience: milliseconds without any message after which the connection counts as dead (5000).
 *   WebSocket: a class to use in the place of the global one.
 * Throws SyntaxError for what is not a WebSocket address, TypeError for an unknown option.
 */
export function connect(url, options = {}) {
  return new FaceConnection(url, options);
}

class FaceConnection {
  #listeners = { frame: new Set(), hello: new Set(), state: new Set() };
  #options;
  #socket = null;
  #reader = null;
  #state = 'connecting';
  #frame = null;
  #tries = 0;
  #retryTimer = null;
  #silenceTimer = null;
  #sequence = null;
  #arrivals = [];
  #counts = { received: 0, skipped: 0, bad: 0, connections: 0 };
  #lastProblem = '';
  #onVisible = () => {
    if (globalThis.document.visibilityState === 'visible' && this.#retryTimer !== null) {
      this.#tries = 0;
      this.#open();
    }
  };

  constructor(url, options) {
    const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
    if (unknown !== undefined) {
      throw new TypeError(`unknown option '${unknown}'; there are ${OPTIONS.join(', ')}`);
    }
    const { firstPause = 250, longestPause = 5000, WebSocket = globalThis.WebSocket } = options;
    if (typeof WebSocket !== 'function') {
      throw new TypeError('this program has no WebSocket; give one in the options, such as that of the package ws');
    }
    // A client that asked for few frames a second must not take the time between two for death.
    const patience = Math.max(options.patience ?? 5000, options.rate ? 3000 / options.rate : 0);
    this.url = addressOf(url, options);
    this.#options = { firstPause, longestPause, patience, WebSocket };
    globalThis.document?.addEventListener('visibilitychange', this.#onVisible);
    this.#open();
  }

  /** 'connecting' until the first try succeeds or fails, then 'open' or 'lost' (and trying again), at last 'closed'. */
  get state() {
    return this.#state;
  }

  /** The newest frame, for loops that draw; null before the first. It stays when the connection is lost. */
  get frame() {
    return this.#frame;
  }

  /** The newest hello: software, support, altered; null before the first. */
  get hello() {
    return this.#reader?.hello ?? null;
  }

  /** Counts since `connect`, frames a second over the last one, and the age of the newest frame in milliseconds. */
  get statistics() {
    const now = performance.now();
    this.#forgetArrivals(now);
    const age = this.#frame === null ? Infinity : now - this.#frame.received;
    return { ...this.#counts, rate: this.#arrivals.length, age, lastProblem: this.#lastProblem };
  }

  onFrame(listener) {
    return this.#on('frame', listener);
  }

  /** Called for each hello: at once for one that came already, and whenever support or altered changes. */
  onHello(listener) {
    this.#on('hello', listener);
    if (this.hello !== null) {
      call(listener, this.hello);
    }
    return this;
  }

  /** Called with the state now, and with each new one. */
  onState(listener) {
    this.#on('state', listener);
    call(listener, this.#state);
    return this;
  }

  /** Removes a listener from whatever it was given to. */
  off(listener) {
    EVENTS.forEach((event) => this.#listeners[event].delete(listener));
    return this;
  }

  /** Ends the connection for good. */
  close() {
    globalThis.document?.removeEventListener('visibilitychange', this.#onVisible);
    this.#abandon();
    this.#enter('closed');
  }

  #open() {
    this.#abandon();
    const socket = new this.#options.WebSocket(this.url);
    const reader = new FaceStreamReader();
    socket.binaryType = 'arraybuffer';
    // A socket that was abandoned may still speak; it is not listened to.
    const ifCurrent = (act) => (event) => socket === this.#socket && act(event);
    socket.onmessage = ifCurrent((event) => this.#take(event.data));
    socket.onclose = ifCurrent(() => this.#lose());
    socket.onerror = () => {}; // a close follows, and browsers do not say why
    this.#socket = socket;
    this.#reader = reader;
    this.#sequence = null;
    this.#watchSilence();
  }

  #take(message) {
    const reader = this.#reader;
    let frame;
    try {
      frame = reader.read(message, performance.now());
    } catch (error) {
      this.#counts.bad += 1;
      this.#lastProblem = error.message;
      return;
    }
    if (frame !== null) {
      this.#watchSilence();
      this.#count(frame);
      this.#frame = frame;
      this.#tell('frame', frame);
      return;
    }
    if (this.#sequence === null) {
      clearTimeout(this.#silenceTimer); // a camera may take its time until the first frame
    }
    if (this.#state !== 'open') {
      this.#tries = 0;
      this.#counts.connections += 1;
      this.#enter('open');
    }
    this.#tell('hello', reader.hello);
  }

  #count(frame) {
    if (this.#sequence !== null) {
      const gap = (frame.sequence - this.#sequence - 1 + SEQUENCES) % SEQUENCES;
      // More than half way round is a sender that began again, not two thousand million frames.
      this.#counts.skipped += gap < SEQUENCES / 2 ? gap : 0;
    }
    this.#sequence = frame.sequence;
    this.#counts.received += 1;
    this.#arrivals.push(frame.received);
    this.#forgetArrivals(frame.received);
  }

  #forgetArrivals(now) {
    const recent = this.#arrivals.findIndex((arrival) => arrival > now - RATE_WINDOW);
    this.#arrivals.splice(0, recent < 0 ? this.#arrivals.length : recent);
  }

  #lose() {
    this.#abandon();
    const { firstPause, longestPause } = this.#options;
    const pause = Math.min(longestPause, firstPause * PAUSE_GROWTH ** this.#tries);
    this.#tries += 1;
    // A little apart, so that many pages do not all knock at once.
    this.#retryTimer = setTimeout(() => this.#open(), pause * (0.8 + 0.2 * Math.random()));
    this.#enter('lost');
  }

  #abandon() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#silenceTimer);
    this.#retryTimer = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  // Once it began, the driver sends ten messages a second even when it sees no face. A socket whose other end vanished
  // without a word (a network cable, a computer that sleeps) would seem open for many minutes.
  #watchSilence() {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.#lose(), this.#options.patience);
  }

  #enter(state) {
    if (state !== this.#state) {
      this.#state = state;
      this.#tell('state', state);
    }
  }

  #on(event, listener) {
    if (typeof listener !== 'function') {
      throw new TypeError(`expected a function to call with each ${event}`);
    }
    this.#listeners[event].add(listener);
    return this;
  }

  #tell(event, value) {
    this.#listeners[event].forEach((listener) => call(listener, value));
  }
}

// An error in one listener must not keep the face from the others, nor be swallowed.
function call(listener, value) {
  try {
    listener(value);
  } catch (error) {
    if (typeof globalThis.reportError === 'function') {
      globalThis.reportError(error);
    } else {
      console.error(error);
    }
  }
}

function addressOf(url, { format, rate, token }) {
  const address = URL.canParse(url) ? new URL(url) : null;
  if (!['ws:', 'wss:'].includes(address?.protocol)) {
    throw new SyntaxError(`expected an address such as ws://127.0.0.1:8771/, found '${url}'`);
  }
  if (format !== undefined && !['binary', 'json'].includes(format)) {
    throw new TypeError(`expected format 'binary' or 'json', found '${format}'`);
  }
  if (rate !== undefined && !(rate > 0 && rate <= 1000)) {
    throw new TypeError(`expected a rate above 0 and up to 1000 frames a second, found ${rate}`);
  }
  const query = address.searchParams;
  query.set('format', format ?? query.get('format') ?? 'binary');
  if (rate !== undefined) {
    query.set('rate', String(rate));
  }
  if (token !== undefined) {
    query.set('token', token);
  }
  return address.href;
}
