/** Display panel: mask opacity and filters on the photo. Nothing here changes what is stored. */

/** @import { Editor, SessionState } from '../editor.js' */
import { NEUTRAL_FILTERS } from '../tools/session.js';
import { h } from './dom.js';
import { popoverHead } from './popover.js';

/** @typedef {Exclude<keyof SessionState['filters'], 'invert' | 'channel'>} Slider */

/** @param {Editor} editor */
export function createDisplay(editor) {
  const { session } = editor;
  const element = h('div', {
    class: 'popover display-panel',
    hidden: true,
    role: 'dialog',
    'aria-label': 'Display',
    'data-floating': true,
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      close();
    },
  });

  function close() {
    element.hidden = true;
    editor.stage.host.focus({ preventScroll: true });
  }

  /** @param {Partial<SessionState['filters']>} patch */
  const setFilter = (patch) => session.set({ filters: { ...session.state.filters, ...patch } });

  /** @param {string} name @param {Slider} key @param {number} low @param {number} high */
  function filterSlider(name, key, low, high) {
    return slider(name, session.state.filters[key], low, high, (value) => setFilter({ [key]: value }));
  }

  function render() {
    const { filters, opacity, outlineOnly, colorBy } = session.state;
    element.replaceChildren(
      popoverHead('Display', close),
      h('h3', {}, 'Masks'),
      slider('Opacity', opacity, 0, 2, (value) => session.set({ opacity: value })),
      check('Outlines only (O)', outlineOnly, (on) => session.set({ outlineOnly: on })),
      check('A colour for each object (K)', colorBy === 'instance', (on) =>
        session.set({ colorBy: on ? 'instance' : 'label' }),
      ),
      h('h3', {}, 'Photo'),
      filterSlider('Brightness', 'brightness', 0.2, 3),
      filterSlider('Contrast', 'contrast', 0.2, 3),
      filterSlider('Gamma', 'gamma', 0.2, 3),
      check('Invert', filters.invert, (on) => setFilter({ invert: on })),
      channels(filters.channel, (channel) => setFilter({ channel })),
      h(
        'button',
        {
          type: 'button',
          class: 'button button-small',
          onclick: () => {
            session.set({ filters: NEUTRAL_FILTERS, opacity: 1, outlineOnly: false });
            render();
          },
        },
        'Reset',
      ),
    );
  }

  // Keys change the same things while the panel is open.
  session.on((changed) => {
    if (
      !element.hidden &&
      !element.contains(document.activeElement) &&
      (changed.has('outlineOnly') || changed.has('colorBy'))
    )
      render();
  });

  return {
    element,
    show() {
      if (!element.hidden) return close();
      element.hidden = false;
      render();
      element.querySelector('input')?.focus();
    },
  };
}

/** @param {string} name @param {number} value @param {number} low @param {number} high @param {(value: number) => void} change */
function slider(name, value, low, high, change) {
  const output = h('output', {}, `${Math.round(value * 100)} %`);
  const input = h('input', {
    type: 'range',
    min: low,
    max: high,
    step: 0.05,
    value,
    'aria-label': name,
    oninput: () => {
      output.textContent = `${Math.round(input.valueAsNumber * 100)} %`;
      change(input.valueAsNumber);
    },
  });
  return h('label', { class: 'slider-row' }, h('span', {}, name), input, output);
}

/** @param {string} name @param {boolean} on @param {(on: boolean) => void} change */
function check(name, on, change) {
  const input = h('input', { type: 'checkbox', checked: on, onchange: () => change(input.checked) });
  return h('label', { class: 'check' }, input, name);
}

/** @param {SessionState['filters']['channel']} current @param {(channel: SessionState['filters']['channel']) => void} change */
function channels(current, change) {
  const select = h(
    'select',
    {
      class: 'input',
      'aria-label': 'Channel',
      onchange: () => change(/** @type {SessionState['filters']['channel']} */ (select.value)),
    },
    ...['all', 'red', 'green', 'blue'].map((name) =>
      h('option', { value: name, selected: name === current }, name === 'all' ? 'All channels' : `Only ${name}`),
    ),
  );
  return h('label', { class: 'slider-row' }, h('span', {}, 'Channel'), select);
}
