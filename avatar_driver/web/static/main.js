/** The dashboard: puts the parts together and draws each frame once. */

import { Bars } from './bars.js';
import { CalibrationView } from './calibration_view.js';
import { Connection } from './connection.js';
import { Cost } from './cost.js';
import { byId, setText } from './dom.js';
import { FaceControls, showFigures } from './face_controls.js';
import { FaceView, PictureView } from './face_view.js';
import { History, decodeFrame } from './frames.js';
import { setUpHotkeys } from './hotkeys.js';
import { Outputs } from './outputs.js';
import { ProfileBar } from './profile_bar.js';
import { Settings } from './settings.js';
import { setUpTabs } from './tabs.js';
import { setUpTheme } from './theme.js';
import { Traces } from './traces.js';
import { setUpTuning } from './tuning.js';

const connection = new Connection();
const settings = new Settings(connection);
const history = new History();
const cost = new Cost();
const face = new FaceView();
const picture = new PictureView();
const controls = new FaceControls(connection);
const profile = new ProfileBar(connection);
const outputs = new Outputs(settings);
const bars = new Bars(byId('bars'), (index) => {
  traces.toggle(index);
  tuning?.choose(greeted.channels[index]);
});
const traces = new Traces(history, (chosen) => bars.showChosen(chosen));
let calibration = null;
let tuning = null;
let greeted = null;
let frame = null;
let waiting = false;
let spent = 0; // ms on frames since the last drawing

function restyle() {
  bars.restyle();
  traces.restyle();
  face.draw(face.values);
  schedule();
}

function schedule() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(draw);
}

function draw(now) {
  waiting = false;
  if (!frame) return;
  const began = performance.now();
  face.draw(frame.values);
  face.showFrame(frame);
  bars.draw(frame);
  traces.draw();
  tuning?.draw(frame);
  calibration?.draw(now);
  cost.add(spent + performance.now() - began);
  spent = 0;
}

connection.on('hello', (hello) => {
  if (greeted && greeted.software !== hello.software) return location.reload(); // another version's page
  const first = !greeted;
  greeted = hello;
  history.clear();
  face.dress(hello.colours);
  face.setBackground(hello.background);
  if (!first) return;
  bars.build(hello);
  traces.build(hello.channels);
  outputs.obs.build(connection.access, hello.stage);
  calibration = new CalibrationView(connection, hello);
  tuning = setUpTuning(settings, hello);
  face.load().then(() => face.dress(hello.colours));
});

connection.on('state', (state) => {
  settings.update(state);
  profile.show(state);
  controls.show(state);
  picture.show(state.picture.on);
  bars.showSupport(state.support);
  setText(byId('source'), state.source.text);
});

connection.on('frame', (buffer) => {
  const began = performance.now();
  const next = decodeFrame(buffer);
  if (!next) return;
  frame = next;
  history.push(frame);
  spent += performance.now() - began;
  schedule();
});

connection.on('status', (status) => {
  face.altered = status.altered;
  showFigures(status, cost);
  outputs.show(status);
});

connection.on('calibration', (message) => calibration?.show(message));
connection.on('picture', (message) => picture.draw(message));
connection.on('log', (line) => outputs.addLine(line));

connection.on('open', () => showConnection('open', 'good', 'connected'));
connection.on('lost', ({ pause }) => {
  showConnection('lost', 'bad', 'connection lost');
  setText(byId('lost-text'), pause > 1000 ? `Trying again every ${Math.round(pause / 1000)} s. Is avatar_driver running?` : 'Trying again.');
  face.showWaiting('connection lost');
  frame = null;
  controls.pressed.clear();
  picture.show(false);
});
byId('reconnect').addEventListener('click', () => connection.tryNow());

function showConnection(name, kind, text) {
  document.body.dataset.connection = name;
  byId('connection').dataset.kind = kind;
  setText(byId('connection'), text);
  byId('lost').hidden = name !== 'lost';
  for (const id of ['tune', 'calibrate', 'outputs']) byId(id).inert = name === 'lost';
  if (name === 'open') face.showWaiting('waiting for a face');
}

setUpTheme(restyle);
setUpTabs(restyle);
setUpHotkeys(() => greeted?.osc_port ?? null, {
  recentre: () => controls.recentre(),
  freeze: () => controls.toggleFreeze(),
  neutral: () => controls.toggleNeutral(),
  camera: () => controls.togglePicture(),
  pause: () => traces.pause(!traces.paused),
  press: (at) => controls.press(at),
  release: (at) => controls.release(at),
  releaseAll: () => controls.releaseAll(),
  undo: () => profile.undo(),
  redo: () => profile.redo(),
  save: () => profile.save(),
  profile: (at) => profile.switchTo(at),
});
connection.connect();
