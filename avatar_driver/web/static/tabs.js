/** The panels one switches between, by click, arrow keys, Home and End. Which are side by side is the style sheet's. */

import { recall, remember } from './preferences.js';

export function setUpTabs(onChange) {
  const tabs = [...document.querySelectorAll('[role="tab"]')];
  const nameOf = (tab) => tab.getAttribute('aria-controls');
  const wide = matchMedia('(min-width: 1280px)');

  function choose(name, focus = false) {
    const shown = name === 'channels' && wide.matches ? 'tune' : name; // channels are always there on a wide screen
    document.body.dataset.tab = shown;
    for (const tab of tabs) {
      const chosen = nameOf(tab) === shown;
      tab.setAttribute('aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen && focus) tab.focus();
    }
    onChange();
  }

  for (const tab of tabs) {
    tab.addEventListener('click', () => {
      remember('tab', nameOf(tab));
      choose(nameOf(tab));
    });
    tab.addEventListener('keydown', (event) => {
      const there = tabs.filter((other) => other.offsetParent);
      const at = there.indexOf(tab);
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: there.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      const name = nameOf(there[(next + there.length) % there.length]);
      remember('tab', name);
      choose(name, true);
    });
  }
  const again = () => choose(recall('tab', wide.matches ? 'tune' : 'channels'));
  wide.addEventListener('change', again);
  again();
  return choose;
}
