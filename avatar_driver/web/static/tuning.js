/** The panel of sliders: the whole face, one channel, regions, and the chain of stages. */

import { byId, element, makeSwitch, setText } from './dom.js';
import { ChannelTuning } from './channel_tuning.js';
import { regionWord } from './names.js';
import { recall, remember } from './preferences.js';
import { makeSlider } from './slider.js';
import { tellAnswer } from './toasts.js';

const STAGE_WORDS = {
  calibrate: 'Calibration', two_timescale: 'Two-timescale filter', one_euro: 'One Euro filter', adjust: 'Adjustments', amplify: 'Amplification',
  loss: 'Lost face', mirror: 'Mirror', symmetry: 'Symmetry', expressions: 'Expressions', hold: 'Freeze and neutral',
};

/** Builds the panel and returns the part of it that follows a chosen channel. */
export function setUpTuning(settings, hello) {
  const channel = new ChannelTuning(settings, hello);
  byId('tune').replaceChildren(wholeFace(settings), channel.node, regions(settings, Object.keys(hello.regions)), chain(settings));
  return channel;
}

function card(title, hint, ...children) {
  return element('section', { class: 'card' }, element('header', { class: 'card-head' }, element('h2', { text: title }), hint ? element('span', { class: 'hint', text: hint }) : null), ...children);
}

function wholeFace(settings) {
  const amplify = (key, label, note) => makeSlider(settings, { label, note, min: 0.25, max: 3, usual: 1, paths: () => [['stages', 'amplify', key]] }).node;
  const stillness = makeSlider(settings, { label: 'Stillness', note: '0 lets every tremble through, 2 is calmest. Watch the traces.', min: 0, max: 2, usual: 1, paths: () => [['stages', 'two_timescale', 'stillness']] });
  const which = element('p', { class: 'hint' });
  settings.onChange(() => {
    const amplified = settings.valueAt(['stages', 'amplify', 'regions'], []);
    setText(which, amplified.length ? `Gains reach ${amplified.map((name) => regionWord(name).toLowerCase()).join(', ')}; the rest stays as measured.` : '');
  });
  return card('Whole face', 'acts at once', stillness.node, amplify('tone', 'Tone gain', 'The held expression.'), amplify('transient', 'Transient gain', 'The fast part: syllables, twitches.'), which);
}

function regions(settings, names) {
  const overall = () => Number(settings.valueAt(['stages', 'two_timescale', 'stillness'], 1));
  const rows = names.map((name) => element('div', { class: 'region-row' },
    element('span', { text: regionWord(name) }),
    makeSlider(settings, { label: `Stillness of ${regionWord(name).toLowerCase()}`, compact: true, min: 0, max: 2, step: 0.05, usual: overall, paths: () => [['stages', 'two_timescale', 'regions', name]] }).node,
    makeSlider(settings, { label: `Gain of ${regionWord(name).toLowerCase()}`, compact: true, min: 0, max: 3, step: 0.05, usual: 1, paths: () => [['stages', 'adjust', 'regions', name]] }).node));
  const head = element('div', { class: 'region-row region-head', 'aria-hidden': 'true' }, element('span'), element('span', { text: 'Stillness' }), element('span', { text: 'Gain' }));
  const details = element('details', { class: 'card', open: recall('regions-open', true) }, element('summary', {}, element('h2', { text: 'Regions' }), element('span', { class: 'hint', text: 'where they differ from the whole' })), head, ...rows);
  details.addEventListener('toggle', () => remember('regions-open', details.open));
  return details;
}

function chain(settings) {
  const list = element('ol', { class: 'chain' });
  const details = element('details', { class: 'card', open: recall('chain-open', false) }, element('summary', {}, element('h2', { text: 'Chain' }), element('span', { class: 'hint', text: 'what a frame passes through, in order' })), list);
  details.addEventListener('toggle', () => remember('chain-open', details.open));
  const switches = [];
  settings.onChange(() => {
    const stages = settings.state.stages;
    const shape = stages.map((stage) => stage.label).join('\n');
    if (list.dataset.shape !== shape) {
      list.dataset.shape = shape;
      switches.length = 0;
      list.replaceChildren(...stages.map((stage) => {
        const name = STAGE_WORDS[stage.type] ?? stage.label;
        const own = makeSwitch(`${name} on`, async (on) => {
          const answer = await settings.set([['stages', stage.index, 'enabled']], on);
          if (!answer.ok) tellAnswer(answer);
        });
        switches.push(own);
        return element('li', {}, element('span', { text: name }), element('code', { text: stage.type }), own.node);
      }));
    }
    stages.forEach((stage, i) => switches[i].show(stage.enabled));
  });
  return details;
}
