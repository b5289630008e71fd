// The puppet in the page: poses the rig of puppet.json and paints it on a canvas.
// The rules are those of avatar_driver/puppet/__init__.py, step by step, and the numbers are the same as Python's.
//
//   import {Puppet, Interpolator} from './puppet.js';
//   const puppet = await Puppet.load('puppet.json');
//   puppet.draw(canvas.getContext('2d'), values58, {background: 'palette', mirror: false});

import {CHANNEL_NAMES, compiledDriver, driven, limitedTurn} from './puppet_inputs.js';

export {CHANNEL_NAMES};
export {Interpolator} from './interpolator.js';

const SHAPES = 52;
const CHANNELS = CHANNEL_NAMES.length;
const INVISIBLE = 1 / 512; // less than half a step of an 8-bit colour

/** A rig that can be posed and painted. Poses are kept in buffers of its own: one puppet, one pose at a time. */
export class Puppet {
  /** Fetches a rig. Throws when it is not there or not a rig of this version. */
  static async load(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`cannot load the puppet ${url}: ${response.status} ${response.statusText}`);
    return new Puppet(await response.json());
  }

  constructor(rig) {
    if (rig.format !== 'avatar_driver puppet' || rig.version !== 1) {
      throw new Error(`expected 'avatar_driver puppet' version 1, found '${rig.format}' version ${rig.version}`);
    }
    this.view = rig.view;
    this.palette = rig.palette;
    this.paths = rig.paths;
    this._head = rig.head;
    const rows = new Map([...CHANNEL_NAMES, ...Object.keys(rig.drivers)].map((name, i) => [name, i]));
    this._inputs = new Float64Array(rows.size);
    this._drivers = Object.values(rig.drivers).map(driver => compiledDriver(driver, rows));
    const count = rig.points.length;
    this._base = Float64Array.from(rig.points.flatMap(point => [point[0], point[1]]));
    this._depth = Float64Array.from(rig.points, point => point[2]);
    this._weight = Float64Array.from(rig.points, point => point[3]);
    this._deltas = Object.entries(rig.deltas).map(([name, moves]) => ({
      row: rows.get(name),
      at: Int32Array.from(moves, move => 2 * move[0]),
      by: Float64Array.from(moves.flatMap(move => [move[1], move[2]])),
    }));
    this._order = rig.order;
    this._follow = rig.follow;
    this._opacities = rig.paths.map(path => ({
      base: path.opacity ?? 1,
      by: Object.entries(path.opacity_deltas ?? {}).map(([name, amount]) => [rows.get(name), amount]),
    }));
    const numbers = new Map(rig.paths.map((path, i) => [path.name, i]));
    this._clips = rig.paths.map(path => (path.clip === undefined ? -1 : numbers.get(path.clip)));
    this._points = new Float64Array(2 * count);
    this._opacity = new Float64Array(rig.paths.length);
    this._colours = {key: undefined, values: undefined};
  }

  /**
   * The puppet wearing a face: {points: x, y, x, y … of the whole pool, opacity: one per path}.
   * Both are this puppet's own buffers, overwritten by the next call.
   */
  posed(values) {
    const inputs = this._inputs;
    for (let i = 0; i < CHANNELS; i += 1) {
      const value = Number.isFinite(values[i]) ? values[i] : 0;
      inputs[i] = i < SHAPES ? Math.min(Math.max(value, 0), 1) : value;
    }
    for (let i = 0; i < this._drivers.length; i += 1) inputs[CHANNELS + i] = driven(this._drivers[i], inputs);
    this._shape(inputs);
    this._turn(inputs);
    for (let i = 0; i < this._opacities.length; i += 1) {
      const {base, by} = this._opacities[i];
      let total = base;
      for (let k = 0; k < by.length; k += 1) total += inputs[by[k][0]] * by[k][1];
      this._opacity[i] = Math.min(Math.max(total, 0), 1);
    }
    return {points: this._points, opacity: this._opacity};
  }

  /** Steps 2 to 4 of the format: deltas, order, follow. */
  _shape(inputs) {
    const points = this._points;
    const base = this._base;
    points.set(base);
    for (let k = 0; k < this._deltas.length; k += 1) {
      const {row, at, by} = this._deltas[k];
      const amount = inputs[row];
      if (amount === 0) continue;
      for (let i = 0; i < at.length; i += 1) {
        points[at[i]] += amount * by[2 * i];
        points[at[i] + 1] += amount * by[2 * i + 1];
      }
    }
    for (let k = 0; k < this._order.length; k += 1) {
      const [upper, lower, share] = this._order[k];
      const overlap = points[2 * upper + 1] - points[2 * lower + 1];
      if (overlap <= 0) continue;
      points[2 * upper + 1] -= overlap * share;
      points[2 * lower + 1] += overlap * (1 - share);
    }
    for (let k = 0; k < this._follow.length; k += 1) {
      const [child, parent, shareX, shareY] = this._follow[k];
      points[2 * child] += (points[2 * parent] - base[2 * parent]) * shareX;
      points[2 * child + 1] += (points[2 * parent + 1] - base[2 * parent + 1]) * shareY;
    }
  }

  /** Step 5 of the format: the head's turn and place, with perspective. */
  _turn(inputs) {
    const {pivot, distance, units_per_metre: units, turn_limit, move_limit, body_follow} = this._head;
    const m = limitedTurn(inputs[55], inputs[56], inputs[57], turn_limit);
    const offsetX = move_limit * Math.tanh(inputs[52] / move_limit) * units;
    const offsetY = -move_limit * Math.tanh(inputs[53] / move_limit) * units;
    const offsetZ = move_limit * Math.tanh(inputs[54] / move_limit) * units;
    const points = this._points;
    for (let i = 0; i < this._depth.length; i += 1) {
      const weight = this._weight[i];
      const share = body_follow + (1 - body_follow) * weight;
      const depth = this._depth[i];
      const x = points[2 * i] - pivot[0];
      const y = points[2 * i + 1] - pivot[1];
      const z = depth - pivot[2];
      const movedX = weight * (m[0] * x + m[1] * y + m[2] * z - x) + share * offsetX;
      const movedY = weight * (m[3] * x + m[4] * y + m[5] * z - y) + share * offsetY;
      const movedZ = weight * (m[6] * x + m[7] * y + m[8] * z - z) + share * offsetZ;
      const scale = (distance - depth) / (distance - depth - movedZ);
      points[2 * i] = scale * (points[2 * i] + movedX);
      points[2 * i + 1] = scale * (points[2 * i + 1] + movedY);
    }
  }

  /**
   * The palette as [r, g, b] by name, with some colours replaced ({skin: '#8d5a3c'}); their shades follow.
   * Throws on a name that the palette does not have.
   */
  colours(overrides = {}) {
    for (const name of Object.keys(overrides)) {
      if (!(name in this.palette)) throw new Error(`the puppet has no colour '${name}'`);
    }
    const found = {};
    for (const [name, colour] of Object.entries({...this.palette, ...overrides})) {
      if (typeof colour === 'string') found[name] = rgb(colour);
      else {
        const other = rgb(colour[1]);
        found[name] = found[colour[0]].map((a, i) => Math.floor(a + colour[2] * (other[i] - a) + 0.5));
      }
    }
    return found;
  }

  /** Where the drawing lies in a picture: {scale, x, y}, so that pixel = scale · unit + (x, y). */
  placed(width, height, {scale = 1, align = 0.5} = {}) {
    const [left, top, viewWidth, viewHeight] = this.view;
    const size = Math.min(width / viewWidth, height / viewHeight) * scale;
    return {scale: size, x: (width - viewWidth * size) * align - left * size, y: height - (top + viewHeight) * size};
  }

  /**
   * Paints one face over the whole canvas.
   *
   * Options: palette (name → '#rrggbb'), background (undefined: transparent; 'palette': the palette's own; else any CSS
   * colour), mirror (as in a looking glass), scale (1: as large as fits), align (0 left, 0.5 middle, 1 right), width and
   * height (of the picture, the canvas's own when left out).
   */
  draw(ctx, values, options = {}) {
    const {palette, background, mirror = false} = options;
    const {width = ctx.canvas.width, height = ctx.canvas.height} = options;
    const colours = this._css(palette);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = 1;
    ctx.clearRect(0, 0, width, height);
    if (background) {
      ctx.fillStyle = background === 'palette' ? colours.solid.background : background;
      ctx.fillRect(0, 0, width, height);
    }
    const place = this.placed(width, height, options);
    if (mirror) ctx.setTransform(-place.scale, 0, 0, place.scale, width - place.x, place.y);
    else ctx.setTransform(place.scale, 0, 0, place.scale, place.x, place.y);
    const {points, opacity} = this.posed(values);
    this._paint(ctx, points, opacity, colours);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = 1;
  }

  _paint(ctx, points, opacity, colours) {
    let clip = -1;
    for (let i = 0; i < this.paths.length; i += 1) {
      if (opacity[i] < INVISIBLE) continue;
      if (this._clips[i] !== clip) { // neighbours inside the same outline share one clip
        if (clip >= 0) ctx.restore();
        clip = this._clips[i];
        if (clip >= 0) {
          ctx.save();
          trace(ctx, this.paths[clip], points);
          ctx.clip();
        }
      }
      const path = this.paths[i];
      trace(ctx, path, points);
      ctx.globalAlpha = opacity[i];
      if (path.fill !== undefined) {
        ctx.fillStyle = paint(ctx, path.fill, points, colours);
        ctx.fill();
      }
      if (path.stroke !== undefined) {
        ctx.strokeStyle = paint(ctx, path.stroke, points, colours);
        ctx.lineWidth = path.width;
        ctx.lineCap = path.cap ?? 'round';
        ctx.lineJoin = path.join ?? 'round';
        ctx.stroke();
      }
    }
    if (clip >= 0) ctx.restore();
  }

  _css(overrides) {
    const key = overrides ? JSON.stringify(overrides) : '';
    if (this._colours.key !== key) {
      const values = this.colours(overrides);
      const solid = Object.fromEntries(Object.entries(values).map(([name, colour]) => [name, css(colour, 1)]));
      const fills = new Map();
      for (const fill of this.paths.flatMap(path => [path.fill, path.stroke])) {
        if (fill?.stops) fills.set(fill, fill.stops.map(([offset, name, alpha]) => [offset, css(values[name], alpha)]));
      }
      this._colours = {key, values: {solid, fills}};
    }
    return this._colours.values;
  }
}

function trace(ctx, path, p) {
  const {commands, points} = path;
  ctx.beginPath();
  for (let i = 0, k = 0; i < commands.length; i += 1) {
    const command = commands[i];
    if (command === 'C') {
      const a = 2 * points[k];
      const b = 2 * points[k + 1];
      const c = 2 * points[k + 2];
      ctx.bezierCurveTo(p[a], p[a + 1], p[b], p[b + 1], p[c], p[c + 1]);
      k += 3;
    } else if (command === 'Z') ctx.closePath();
    else {
      const a = 2 * points[k];
      if (command === 'M') ctx.moveTo(p[a], p[a + 1]);
      else ctx.lineTo(p[a], p[a + 1]);
      k += 1;
    }
  }
}

function paint(ctx, fill, p, colours) {
  if (typeof fill === 'string') return colours.solid[fill];
  const [from, to] = fill.linear ?? fill.radial;
  const x0 = p[2 * from];
  const y0 = p[2 * from + 1];
  const x1 = p[2 * to];
  const y1 = p[2 * to + 1];
  const gradient = fill.linear
    ? ctx.createLinearGradient(x0, y0, x1, y1)
    : ctx.createRadialGradient(x0, y0, 0, x0, y0, Math.max(Math.hypot(x1 - x0, y1 - y0), 0.001));
  const stops = colours.fills.get(fill);
  for (let i = 0; i < stops.length; i += 1) gradient.addColorStop(stops[i][0], stops[i][1]);
  return gradient;
}

function rgb(code) {
  if (!/^#[0-9a-f]{6}$/i.test(code)) throw new Error(`expected a colour like #a1b2c3, found '${code}'`);
  return [1, 3, 5].map(at => Number.parseInt(code.slice(at, at + 2), 16));
}

function css(colour, alpha) {
  return `rgba(${colour[0]},${colour[1]},${colour[2]},${alpha})`;
}
