/** The overlay for OBS: the puppet and nothing else, drawn at the screen's rate between the frames that come. */

import { receiveFaces } from './face_stream.js';
import { readOptions } from './overlay_options.js';
import { Interpolator, Puppet } from './puppet.js';

const LOST_FOR = 400; // ms without a face before `lost=hide` hides: the loss stage has begun to ease by then

const canvas = document.getElementById('puppet');
const context = canvas.getContext('2d');
const options = readOptions(new URLSearchParams(location.search));
let faces = new Interpolator();
let connected = false;
let seen = -Infinity; // when a face was last in view

function fit() {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  [canvas.width, canvas.height] = [Math.round(innerWidth * ratio), Math.round(innerHeight * ratio)];
}

const puppet = await Puppet.load('/static/puppet.json');
// The profile's colours, and over them the address's own.
const wanted = { ...JSON.parse(document.querySelector('meta[name=colours]').content), ...options.palette };
const palette = Object.fromEntries(Object.entries(wanted).filter(([name]) => name in puppet.palette));
const background = options.background === 'palette' || (options.background && CSS.supports('color', options.background)) ? options.background : undefined;

function draw(now) {
  requestAnimationFrame(draw);
  const shown = connected && (!options.hideWhenLost || now - seen < LOST_FOR);
  document.body.toggleAttribute('data-shown', shown);
  if (!connected) return;
  puppet.draw(context, faces.at(now), { ...options, palette, background });
}

addEventListener('resize', fit);
fit();
receiveFaces(options.token, {
  frame(packet) {
    const now = performance.now();
    connected = true;
    if (packet.tracked) seen = now;
    faces.push(packet.values, now);
  },
  lost() {
    connected = false;
    faces = new Interpolator();
    context.clearRect(0, 0, canvas.width, canvas.height);
  },
});
requestAnimationFrame(draw);
