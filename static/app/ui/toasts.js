/** Short messages at the bottom of the photo; each says what happened and, where it helps, offers
 *  the way out. */

/** @import { Notice } from '../editor.js' */
import { h, icon, iconButton } from './dom.js';

const LIFETIME_MS = 6000;
const ICONS = { info: 'info', success: 'circle-check', warning: 'triangle-alert', error: 'circle-alert' };

export function createToasts() {
  const element = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite', 'data-floating': true });

  /** @param {Notice} notice @returns {() => void} takes it away, when what it says is no longer so */
  function show({ message, kind = 'info', action, sticky = false }) {
    const twin = [...element.children].find((child) => child.getAttribute('data-message') === message);
    twin?.remove();
    const toast = h(
      'div',
      { class: `toast toast-${kind}`, 'data-message': message, role: kind === 'error' ? 'alert' : null },
      icon(ICONS[kind]),
      h('p', {}, message),
      action &&
        h(
          'button',
          {
            type: 'button',
            class: 'button button-small',
            onclick: () => {
              toast.remove();
              action.run();
            },
          },
          action.name,
        ),
      iconButton('x', 'Close message', () => toast.remove()),
    );
    element.append(toast);
    while (element.children.length > 4) element.firstElementChild?.remove();
    if (!sticky && kind !== 'error') setTimeout(() => toast.remove(), LIFETIME_MS);
    return () => toast.remove();
  }

  return { element, show };
}
