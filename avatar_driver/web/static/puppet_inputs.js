// What moves a puppet: the 58 channels, the drivers made of them, and the turn of the head.

const SMALL_ANGLE = 1e-12;

/** The names of the 58 channels, in the order of avatar_driver/channels.py. */
export const CHANNEL_NAMES = Object.freeze([
  ...['Left', 'Right'].flatMap(side =>
    ['Blink', 'LookDown', 'LookIn', 'LookOut', 'LookUp', 'Squint', 'Wide'].map(name => `eye${name}${side}`)),
  'jawForward', 'jawLeft', 'jawRight', 'jawOpen', 'mouthClose', 'mouthFunnel', 'mouthPucker', 'mouthLeft', 'mouthRight',
  ...['Smile', 'Frown', 'Dimple', 'Stretch'].flatMap(name => [`mouth${name}Left`, `mouth${name}Right`]),
  'mouthRollLower', 'mouthRollUpper', 'mouthShrugLower', 'mouthShrugUpper',
  ...['Press', 'LowerDown', 'UpperUp'].flatMap(name => [`mouth${name}Left`, `mouth${name}Right`]),
  'browDownLeft', 'browDownRight', 'browInnerUp', 'browOuterUpLeft', 'browOuterUpRight', 'cheekPuff',
  'cheekSquintLeft', 'cheekSquintRight', 'noseSneerLeft', 'noseSneerRight', 'tongueOut',
  'headPositionX', 'headPositionY', 'headPositionZ', 'headRotationX', 'headRotationY', 'headRotationZ',
]);

/** A driver with its names looked up. */
export function compiledDriver(driver, rows) {
  const [low, high] = driver.limits ?? [-Infinity, Infinity];
  const terms = Object.entries(driver.sum ?? {}).map(([name, weight]) => [rows.get(name), weight]);
  return {terms, factors: driver.product?.map(name => rows.get(name)), bias: driver.bias ?? 0, low, high};
}

/** What a driver comes to. */
export function driven({terms, factors, bias, low, high}, inputs) {
  let total = 0;
  if (factors) {
    total = 1;
    for (let i = 0; i < factors.length; i += 1) total *= inputs[factors[i]];
  } else {
    for (let i = 0; i < terms.length; i += 1) total += inputs[terms[i][0]] * terms[i][1];
  }
  return Math.min(Math.max(bias + total, low), high);
}

const turn = new Float64Array(9);

/** The limited rotation as a matrix, row by row, on the picture's axes (y down): Rodrigues' formula. */
export function limitedTurn(rx, ry, rz, limit) {
  const angle = Math.hypot(rx, ry, rz);
  const still = angle < SMALL_ANGLE;
  const [x, y, z] = still ? [0, 0, 1] : [rx / angle, ry / angle, rz / angle];
  const limited = still ? 0 : limit * Math.tanh(angle / limit);
  const s = Math.sin(limited);
  const c = Math.cos(limited);
  const k = 1 - c;
  turn[0] = c + x * x * k;
  turn[1] = -(x * y * k - z * s);
  turn[2] = x * z * k + y * s;
  turn[3] = -(x * y * k + z * s);
  turn[4] = c + y * y * k;
  turn[5] = -(y * z * k - x * s);
  turn[6] = x * z * k - y * s;
  turn[7] = -(y * z * k + x * s);
  turn[8] = c + z * z * k;
  return turn;
}
