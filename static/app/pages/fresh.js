/** Parts of a page that follow what others do: fetched anew when the page is looked at again, and now and then. */
import { refreshTimes } from './common.js';

const EVERY_MS = 10_000;

/**
 * Puts the page's parts marked [data-fresh] in place of the old ones.
 * @param {() => void} shown called after each time
 * @returns {() => Promise<void>} does it at once; a server that is away changes nothing
 */
export function keepFresh(shown) {
  let asked = 0;

  async function refresh() {
    const turn = ++asked;
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (turn !== asked) return;
    for (const old of document.querySelectorAll('[data-fresh]')) {
      const now = fresh.querySelector(`[data-fresh="${old.getAttribute('data-fresh')}"]`);
      // Nobody is thrown off a control they are at by what has not changed.
      if (now && now.innerHTML !== was.get(old.getAttribute('data-fresh'))) put(old, now);
    }
    refreshTimes();
    shown();
  }

  /** What the server sent last, by part. @type {Map<string | null, string>} */
  const was = new Map();

  /** @param {Element} old @param {Element} now */
  function put(old, now) {
    was.set(old.getAttribute('data-fresh'), now.innerHTML);
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const label = focused?.getAttribute('aria-label');
    const node = document.importNode(now, true);
    old.replaceWith(node);
    if (!label) return;
    const again = node.querySelector(`[aria-label="${CSS.escape(label)}"]`);
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void refresh();
  });
  window.addEventListener('focus', () => void refresh());
  setInterval(() => {
    if (!document.hidden) void refresh();
  }, EVERY_MS);
  return refresh;
}
