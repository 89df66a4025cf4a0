/** Short messages at the edge of the page, with undo where there is something to undo. */
import { h, icon } from './dom.js';

const ICONS = { info: 'info', positive: 'circle-check', warning: 'triangle-alert', negative: 'circle-alert' };

/** @type {HTMLElement | null} */
let shelf = null;

function place() {
  if (!shelf) {
    shelf = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite', popover: 'manual' });
    document.body.append(shelf);
  }
  // In the top layer again for every message: an open dialog or drawer must not cover it.
  if (shelf.matches(':popover-open')) shelf.hidePopover();
  shelf.showPopover();
  return shelf;
}

/**
 * @param {string} message
 * @param {{ kind?: 'info' | 'positive' | 'warning' | 'negative', action?: { label: string, run: () => void }, seconds?: number }} [options]
 *   errors and messages with an action stay longer
 */
export function toast(message, { kind = 'info', action, seconds = kind === 'negative' || action ? 12 : 5 } = {}) {
  const box = h('div', { class: `toast toast-${kind}` }, icon(ICONS[kind]), h('p', {}, message));
  const close = () => {
    box.remove();
    if (shelf && !shelf.childElementCount) shelf.hidePopover();
  };
  if (action) {
    box.append(
      h(
        'button',
        {
          type: 'button',
          class: 'button button-small',
          onclick: () => {
            close();
            action.run();
          },
        },
        action.label,
      ),
    );
  }
  box.append(
    h(
      'button',
      {
        type: 'button',
        class: 'button button-plain button-icon button-small',
        'aria-label': 'Dismiss',
        onclick: close,
      },
      icon('x'),
    ),
  );
  let timer = setTimeout(close, seconds * 1000);
  box.addEventListener('pointerenter', () => clearTimeout(timer));
  box.addEventListener('focusin', () => clearTimeout(timer));
  box.addEventListener('pointerleave', () => {
    timer = setTimeout(close, 3000);
  });
  place().append(box);
}

/** Shows what went wrong. @param {unknown} error */
export function toastError(error) {
  if (error instanceof Error && 'code' in error && error.code === 'not_authenticated') return;
  toast(error instanceof Error ? error.message : String(error), { kind: 'negative' });
}

/** Waits for a change and says how it went. @param {Promise<unknown>} work @param {string} done */
export async function told(work, done) {
  try {
    await work;
    toast(done, { kind: 'positive' });
  } catch (error) {
    toastError(error);
  }
}
