// The page: a face from avatar_driver on a head of its own, a glTF model or a VRM.

import { CHANNELS, connect } from 'avatar-driver';

import { easeToRest, POSITION, takeFace } from './face.js';
import { defaultAvatar, fetchAvatar, openAvatar } from './models.js';
import { readOptions } from './options.js';
import { Panel } from './panel.js';
import { Picture } from './picture.js';

const STALE = 1000; // ms; the driver sends at least ten messages a second
const LONGEST_STEP = 0.1; // s; a page that slept must not throw its hair about
const FARTHEST = 0.25; // m that a head may move aside; a body cannot follow farther

const options = readOptions(window.location);
const picture = new Picture(document.getElementById('picture'), options);
const panel = new Panel(document, options, (file) => show(file.name, openAvatar(file)));
const face = new Float32Array(CHANNELS.length);
const connection = connect(options.ws, { token: options.token });

/** For the browser's console and for tests: what is connected, what is shown, what was put on it last. */
const stage = { connection, options, avatar: null, applied: null, onApplied: null };
window.avatarStage = stage;

let newest = 0;
let drawn = performance.now();

async function show(name, loading) {
  const mine = (newest += 1);
  try {
    const avatar = await loading;
    if (mine !== newest) {
      avatar.dispose(); // another was chosen meanwhile
      return;
    }
    picture.show(avatar);
    stage.avatar = avatar;
    stage.applied = null;
    panel.showModel(name, avatar);
  } catch (error) {
    panel.showProblem(`${name}: ${error.message}`);
  }
}

function apply(now, seconds) {
  const { frame, state } = connection;
  if (frame === null || stage.avatar === null) {
    return;
  }
  if (state !== 'open' || now - frame.received > STALE) {
    easeToRest(face, seconds); // never a frozen face
    stage.applied = null;
  } else if (frame === stage.applied) {
    return;
  } else {
    takeFace(face, frame.values, options.mirror);
    stage.applied = frame;
  }
  stage.avatar.apply(face);
  move(stage.avatar.object);
  stage.onApplied?.(stage.applied);
}

function move(object) {
  const aside = (axis) => Math.min(Math.max(face[POSITION + axis], -FARTHEST), FARTHEST);
  object.position.set(...(options.still ? [0, 0, 0] : [aside(0), aside(1), aside(2)]));
}

function step(now) {
  const seconds = Math.min((now - drawn) / 1000, LONGEST_STEP);
  drawn = now;
  apply(performance.now(), seconds);
  stage.avatar?.update(seconds);
  picture.draw();
}

panel.watch(connection);
picture.renderer.setAnimationLoop(step);
if (options.model === null) {
  await show('the built-in head', Promise.resolve(defaultAvatar()));
} else {
  await show(options.model, fetchAvatar(options.model));
}
options.problems.forEach((sentence) => panel.showProblem(sentence));
