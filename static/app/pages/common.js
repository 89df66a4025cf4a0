/** On every page: menus, dialogs, colours, relative times, and the notice that a login has ended. */
/** @import { ApiError } from '../api/errors.js' */

import { find, h } from './dom.js';
import { exactTime, relativeTime } from './format.js';
import { client } from './http.js';
import { showUnread } from './unread.js';

/** Native dialogs opened by [data-open="id"] and closed by [data-close]. */
function wireDialogs() {
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest('[data-open]');
    if (opener) find(`#${opener.getAttribute('data-open')}`, HTMLDialogElement).showModal();
    if (event.target.closest('[data-close]')) event.target.closest('dialog')?.close();
    // A click on the backdrop hits the dialog element itself.
    if (event.target instanceof HTMLDialogElement && event.target.classList.contains('drawer')) event.target.close();
  });
}

/** <details> menus close on Esc, on a click elsewhere and when focus leaves. */
function wireMenus() {
  for (const menu of document.querySelectorAll('details[data-menu]')) {
    if (!(menu instanceof HTMLDetailsElement)) continue;
    menu.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !menu.open) return;
      menu.open = false;
      menu.querySelector('summary')?.focus();
    });
    menu.addEventListener('focusout', (event) => {
      if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) menu.open = false;
    });
    document.addEventListener('pointerdown', (event) => {
      if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
    });
  }
}

function wireTheme() {
  const root = document.documentElement;
  const buttons = [...document.querySelectorAll('[data-theme-choice]')];
  const mark = () => {
    for (const button of buttons) {
      button.setAttribute(
        'aria-pressed',
        String(button.getAttribute('data-theme-choice') === (root.dataset.theme ?? 'system')),
      );
    }
  };
  for (const button of buttons) {
    button.addEventListener('click', () => {
      const theme = button.getAttribute('data-theme-choice') ?? 'system';
      if (theme === 'system') delete root.dataset.theme;
      else root.dataset.theme = theme;
      mark();
      // The choice is visible already; if it cannot be kept the next page simply looks as before.
      client.patch('me/', { preferences: { theme } }, { keepalive: true }).catch(() => undefined);
    });
  }
  mark();
}

/** Relative times with the exact one on hover; refreshed each minute. */
export function refreshTimes(root = document) {
  for (const time of root.querySelectorAll('time[datetime]')) {
    const iso = time.getAttribute('datetime') ?? '';
    time.textContent = relativeTime(iso);
    time.setAttribute('title', exactTime(iso));
  }
}

/** @param {ApiError} error */
function showSignedOut({ code, message }) {
  if (document.getElementById('signed-out')) return;
  const next = encodeURIComponent(location.pathname + location.search);
  const dialog = h(
    'dialog',
    { class: 'dialog', id: 'signed-out', 'aria-labelledby': 'signed-out-title' },
    h(
      'div',
      { class: 'body' },
      h('h2', { id: 'signed-out-title' }, 'You are signed out'),
      h(
        'p',
        {},
        `${code === 'other_person' ? message : 'Your sign-in has ended.'} The last change was not made. ${'linkOnly' in document.body.dataset ? 'You have no password here: open a new sign-in link in this browser. On your own machine “make run” prints one; elsewhere ask who gave you the last one.' : 'Sign in again; you will come back to this page.'}`,
      ),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', class: 'button button-plain', 'data-close': true }, 'Not now'),
        h('a', { class: 'button button-primary', href: `${document.body.dataset.signin}?next=${next}` }, 'Sign in'),
      ),
    ),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** The number on the bell, as it is now. */
async function refreshBell() {
  if (document.hidden || !document.querySelector('[data-bell]')) return;
  const { unread } = await client.get('me/notices/unread/');
  showUnread(unread);
}

wireDialogs();
wireMenus();
wireTheme();
refreshTimes();
setInterval(refreshTimes, 60_000);
// A minute late is soon enough; who is offline or signed out hears of that elsewhere.
setInterval(() => void refreshBell().catch(() => undefined), 60_000);
client.onSignedOut(showSignedOut);
