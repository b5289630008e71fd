/** The names of the 52 ARKit shapes. Left and right are the subject's own. */
export type ShapeName =
  | 'eyeBlinkLeft' | 'eyeLookDownLeft' | 'eyeLookInLeft' | 'eyeLookOutLeft' | 'eyeLookUpLeft' | 'eyeSquintLeft'
  | 'eyeWideLeft' | 'eyeBlinkRight' | 'eyeLookDownRight' | 'eyeLookInRight' | 'eyeLookOutRight' | 'eyeLookUpRight'
  | 'eyeSquintRight' | 'eyeWideRight' | 'jawForward' | 'jawLeft' | 'jawRight' | 'jawOpen' | 'mouthClose'
  | 'mouthFunnel' | 'mouthPucker' | 'mouthLeft' | 'mouthRight' | 'mouthSmileLeft' | 'mouthSmileRight'
  | 'mouthFrownLeft' | 'mouthFrownRight' | 'mouthDimpleLeft' | 'mouthDimpleRight' | 'mouthStretchLeft'
  | 'mouthStretchRight' | 'mouthRollLower' | 'mouthRollUpper' | 'mouthShrugLower' | 'mouthShrugUpper'
  | 'mouthPressLeft' | 'mouthPressRight' | 'mouthLowerDownLeft' | 'mouthLowerDownRight' | 'mouthUpperUpLeft'
  | 'mouthUpperUpRight' | 'browDownLeft' | 'browDownRight' | 'browInnerUp' | 'browOuterUpLeft' | 'browOuterUpRight'
  | 'cheekPuff' | 'cheekSquintLeft' | 'cheekSquintRight' | 'noseSneerLeft' | 'noseSneerRight' | 'tongueOut';

export type ChannelName =
  | ShapeName
  | 'headPositionX' | 'headPositionY' | 'headPositionZ'
  | 'headRotationX' | 'headRotationY' | 'headRotationZ';

/** How the driver knows a channel: read off the picture, computed from others, or not at all (it stays at rest). */
export type Support = 'measured' | 'derived' | 'absent';

/** 'lost' goes on trying; 'closed' does not. */
export type State = 'connecting' | 'open' | 'lost' | 'closed';

export type Quaternion = [x: number, y: number, z: number, w: number];

export const SHAPES: readonly ShapeName[];
export const CHANNELS: readonly ChannelName[];

/** One face at one moment. */
export class Frame {
  /** Frames since the driver started, modulo 2^32. A gap is frames this client skipped. */
  readonly sequence: number;
  /** Seconds, at capture, on the driver's own clock: only differences mean something. */
  readonly time: number;
  /** performance.now() at arrival, in milliseconds. */
  readonly received: number;
  /** False: no face is seen, and the values are the last ones, or what they were eased to. */
  readonly tracked: boolean;
  /** What made the face differ from the measured one: 'amplify', 'symmetry' … Show it where it matters. */
  readonly altered: readonly string[];
  /** 58, in the order of CHANNELS. */
  readonly support: readonly Support[];
  /** 58: shapes from 0 to 1, head position in metres, head rotation as a vector in radians. */
  readonly values: Float32Array;
  /** 58: the slow part of each value. values - tone is the transient. */
  readonly tone: Float32Array;
  /** The value of a channel by its name. Throws RangeError for one there is not. */
  shape(name: ChannelName): number;
  /** 3 metres from the calibrated place: to the subject's left, up, towards the camera. A view of values. */
  readonly headPosition: Float32Array;
  /** 3 radians: +x nods down, +y turns to the subject's left, +z tilts to their right. A view of values. */
  readonly headRotation: Float32Array;
  /** Unit quaternion, ready for `quaternion.fromArray` of three.js. */
  readonly headQuaternion: Quaternion;
}

export interface Hello {
  readonly protocol: 'avatar_driver.face';
  readonly version: 1;
  readonly format: 'json' | 'binary';
  readonly software: string;
  readonly support: readonly Support[];
  readonly altered: readonly string[];
}

export interface Options {
  /** 'binary' (484 bytes a frame) unless told otherwise. */
  format?: 'binary' | 'json';
  /** At most so many frames a second, up to 1000. Left out: all of them. */
  rate?: number;
  /** What the driver asks for when it listens beyond this computer. */
  token?: string;
  /** Milliseconds before the first new try; 250 unless told otherwise. */
  firstPause?: number;
  /** Milliseconds that the pauses grow to; 5000 unless told otherwise. */
  longestPause?: number;
  /** Milliseconds without any message after which the connection counts as dead; 5000 unless told otherwise. */
  patience?: number;
  /** A class to use in the place of the global one. */
  WebSocket?: new (url: string) => unknown;
}

export interface Statistics {
  /** Frames received. */
  readonly received: number;
  /** Frames skipped, by the gaps in the sequence numbers. */
  readonly skipped: number;
  /** Messages that were not of this protocol. */
  readonly bad: number;
  /** What was wrong with the newest of them; '' if there was none. */
  readonly lastProblem: string;
  /** Connections that were made. */
  readonly connections: number;
  /** Frames received in the last second. */
  readonly rate: number;
  /** Milliseconds since the newest frame came; Infinity before the first. */
  readonly age: number;
}

export interface FaceConnection {
  readonly url: string;
  readonly state: State;
  /** The newest frame, for loops that draw; null before the first. It stays when the connection is lost. */
  readonly frame: Frame | null;
  readonly hello: Hello | null;
  readonly statistics: Statistics;
  onFrame(listener: (frame: Frame) => void): this;
  /** Called for each hello: at once for one that came already, then whenever support or altered changes. */
  onHello(listener: (hello: Hello) => void): this;
  /** Called with the state now, and with each new one. */
  onState(listener: (state: State) => void): this;
  /** Removes a listener from whatever it was given to. */
  off(listener: (value: never) => void): this;
  /** Ends the connection for good. */
  close(): void;
}

/**
 * Connects to avatar_driver's WebSocket sink and stays connected until `close()`.
 * Throws SyntaxError for what is not a WebSocket address, TypeError for an unknown option.
 */
export function connect(url: string | URL, options?: Options): FaceConnection;

/** The place of a channel in `values` and `tone`. */
export function channelIndex(name: ChannelName): number;

/** The unit quaternion of a rotation vector in radians. */
export function quaternionOf(x: number, y: number, z: number): Quaternion;

/** A message that is not of this protocol. */
export class DecodeError extends Error {}

/** Turns the messages of one connection into frames, for those who have a socket of their own. */
export class FaceStreamReader {
  /** The newest hello; null until it came. */
  readonly hello: Hello | null;
  /** The frame of a message, or null when it was a hello. Throws DecodeError; stays usable. */
  read(message: string | ArrayBuffer, received?: number): Frame | null;
}
