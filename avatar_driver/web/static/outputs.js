/** Where the face goes: sinks with their rates and faults, the audio delay, the log. */

import { byId, element, makeSwitch, setText } from './dom.js';
import { tellAnswer } from './toasts.js';

const LOG_LINES = 8;

export class Outputs {
  constructor(settings) {
    this.settings = settings;
    this.rows = [];
    this.list = element('ul', { class: 'sinks' });
    this.delay = element('p', { class: 'delay-number', text: '–' });
    this.delayText = element('p', { class: 'hint' });
    this.counts = element('p', { class: 'hint' });
    this.log = element('ol', { class: 'log', 'aria-label': 'Messages of the program' });
    byId('outputs').replaceChildren(
      element('section', { class: 'card' }, element('header', { class: 'card-head' }, element('h2', { text: 'Outputs' }), this.counts), this.list),
      element('section', { class: 'card' }, element('header', { class: 'card-head' }, element('h2', { text: 'Audio delay for OBS' })), this.delay, this.delayText),
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
    const numbers = element('p', { class: 'sink-numbers' });
    const problem = element('p', { class: 'problem', role: 'alert', hidden: true });
    const refused = element('p', { class: 'problem', role: 'alert', hidden: true });
    const light = element('i', { class: 'light', 'aria-hidden': 'true' });
    const toggle = makeSwitch(`${sink.label} on`, async (on) => {
      const answer = await this.settings.set([['sinks', sink.index, 'enabled']], on);
      setText(refused, answer.ok ? '' : answer.text);
      refused.hidden = answer.ok;
    });
    const node = element('li', { class: 'sink' }, element('div', { class: 'sink-head' }, light, element('h3', { text: sink.label }), numbers, toggle.node), target, problem, refused);
    return { node, toggle, target, numbers, problem, light };
  }

  /** The counters of a status message. */
  show(status) {
    setText(this.counts, `${status.frames} frames · ${status.skipped} skipped · ${status.filled} filled`);
    setText(this.delay, status.audio_delay_ms === null ? '–' : `${Math.round(status.audio_delay_ms)} ms`);
    setText(this.delayText, status.audio_text ?? '');
    for (const sink of status.sinks) {
      const row = this.rows[sink.index];
      if (!row) continue;
      setText(row.target, sink.target ?? '');
      setText(row.numbers, sink.enabled ? figures(sink) : 'off');
      setText(row.problem, sink.fault ?? '');
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

function figures({ rate, sent, dropped, errors }) {
  const parts = [`${rate.toFixed(rate < 10 ? 1 : 0)}/s`, `${sent.toLocaleString('en')} sent`];
  if (dropped) parts.push(`${dropped} dropped`);
  if (errors) parts.push(`${errors} errors`);
  return parts.join(' · ');
}
