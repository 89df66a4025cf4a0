/** Panels that float above the photo: their heading with the way out, and the small buttons in them. */

/** @import { Child } from '../dom/element.js' */
import { h, iconButton } from './dom.js';

/** @param {string} name @param {() => void} close */
export function popoverHead(name, close) {
  return h(
    'header',
    { class: 'dialog-head' },
    h('h2', {}, name),
    h('span', { class: 'grow' }),
    iconButton('x', 'Close', close),
  );
}

/**
 * A panel, hidden until it is asked for.
 * @param {string} name heading, and what a screen reader calls it
 * @param {{ close: () => void, onkeydown: (event: KeyboardEvent) => void, class?: string }} options `class` is added to the panel's own
 * @param {...Child} parts below the heading
 */
export function popover(name, { close, onkeydown, class: extra = '' }, ...parts) {
  return h(
    'div',
    {
      class: `popover ${extra}`.trim(),
      hidden: true,
      role: 'dialog',
      'aria-label': name,
      'data-floating': true,
      onkeydown,
    },
    popoverHead(name, close),
    ...parts,
  );
}

/** @param {string} words @param {() => void} run @param {string} [extra] more classes */
export function smallButton(words, run, extra = '') {
  return h('button', { type: 'button', class: `button button-small ${extra}`.trim(), onclick: run }, words);
}
