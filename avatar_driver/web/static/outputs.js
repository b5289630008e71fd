/** Where the face goes: sinks with their rates and faults, what OBS needs, the log. */

import { byId, element, makeSwitch, setText } from './dom.js';
import { Obs } from './obs.js';
import { tellAnswer } from './toasts.js';

const LOG_LINES = 8;
const COUNTS_TITLE = 'Skipped: camera pictures that came faster than they could be tracked. Filled: frames made because the camera was late.';
const NUMBERS_TITLE = 'Dropped: frames for which the output was not ready; the next one went instead.';
// What a sink is called, and who listens to it.
const WORDS = {
  vmc: ['VMC', 'VSeeFace, Warudo, VNyan'], vrchat: ['VRChat', 'OSC'], live_link: ['Live Link Face', 'Unreal'], ifacialmocap: ['iFacialMocap', ''],
  vtube_studio: ['VTube Studio', ''], websocket: ['WebSocket', 'web pages'], virtual_camera: ['Virtual camera', 'video calls'], open_see_face: ['OpenSeeFace', 'VTube Studio, Godot'],
  opentrack: ['opentrack', 'the head only'], recording: ['Recording', 'a file'], console: ['Console', 'the terminal'],
};

export class Outputs {
  constructor(settings) {
    this.settings = settings;
    this.rows = [];
    this.list = element('ul', { class: 'sinks' });
    this.obs = new Obs();
    this.counts = element('p', { class: 'hint', title: COUNTS_TITLE });
    this.log = element('ol', { class: 'log', 'aria-label': 'Messages of the program' });
    byId('outputs').replaceChildren(
      element('section', { class: 'card' }, element('header', { class: 'card-head' }, element('h2', { text: 'Outputs' }), this.counts), this.list),
      ...this.obs.nodes,
      element('section', { class: 'card' }, element('header', { class: 'card-head' }, element('h2', { text: 'Messages' })), this.log));
    settings.onChange(() => this.#build(settings.state.sinks));
  }

  #build(sinks) {
    const shape = sinks.map((sink) => sink.label).join('\n');
    if (this.list.dataset.shape !== shape) {
      this.list.dataset.shape = shape;
      this.rows = sinks.map((sink) => this.#row(sink));
      const none = element('li', { class: 'hint', text: 'This profile has no outputs.' });
      this.list.replaceChildren(...(sinks.length ? this.rows.map((row) => row.node) : [none]));
    }
    sinks.forEach((sink, i) => {
      this.rows[i].toggle.show(sink.enabled);
      this.rows[i].node.toggleAttribute('data-off', !sink.enabled);
    });
  }

  #row(sink) {
    const target = element('p', { class: 'target mono' });
    const numbers = element('p', { class: 'sink-numbers', title: NUMBERS_TITLE });
    const problem = element('p', { class: 'problem', role: 'alert', hidden: true });
    const refused = element('p', { class: 'problem', role: 'alert', hidden: true });
    const light = element('i', { class: 'light', 'aria-hidden': 'true' });
    const name = nameOf(sink);
    const toggle = makeSwitch(`${name} on`, async (on) => {
      const answer = await this.settings.set([['sinks', sink.index, 'enabled']], on);
      setText(refused, answer.ok ? '' : answer.text);
      refused.hidden = answer.ok;
    });
    const who = WORDS[sink.type]?.[1];
    const head = element('h3', { title: sink.label }, `${name} `, who ? element('small', { text: who }) : null);
    const node = element('li', { class: 'sink' }, light, head, toggle.node, target, numbers, problem, refused);
    return { node, toggle, target, numbers, problem, light };
  }

  /** The counters of a status message. */
  show(status) {
    setText(this.counts, `${status.frames} frames · ${status.skipped} skipped · ${status.filled} filled`);
    this.obs.show(status);
    for (const sink of status.sinks) {
      const row = this.rows[sink.index];
      if (!row) continue;
      setText(row.target, sink.target ?? '');
      setText(row.numbers, sink.enabled ? figures(sink) : 'off');
      setText(row.problem, sink.fault ? `${sink.fault}. It is tried again by itself.` : '');
      row.problem.hidden = !sink.fault;
      row.light.dataset.kind = !sink.enabled ? 'off' : sink.fault ? 'bad' : sink.rate > 0 ? 'good' : 'wait';
    }
  }

  addLine({ level, text }) {
    const time = new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
    this.log.prepend(element('li', { data: { level } }, element('time', { text: time }), element('span', { text })));
    while (this.log.children.length > LOG_LINES) this.log.lastElementChild.remove();
    if (level === 'error') tellAnswer({ ok: false, text });
  }
}

/** 'VMC', and 'VMC 2' for the second of its kind. */
function nameOf({ type, label }) {
  return label.startsWith(type) ? (WORDS[type]?.[0] ?? type) + label.slice(type.length) : label;
}

function figures({ rate, sent, dropped, errors }) {
  const parts = [`${rate.toFixed(rate < 10 ? 1 : 0)}/s`, `${sent.toLocaleString('en')} sent`];
  if (dropped) parts.push(`${dropped} dropped`);
  if (errors) parts.push(`${errors} errors`);
  return parts.join(' · ');
}
