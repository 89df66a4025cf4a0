/** What a person chose stays theirs: display, tools and keys go to their account, a little later
 *  and all at once. */

/** @import { Editor } from '../editor.js' */
import { REMEMBERED } from '../tools/session.js';

const PAUSE_MS = 1500;

/**
 * @param {Editor} editor
 * @param {(preferences: Record<string, unknown>) => Promise<unknown>} save
 */
export function linkPreferences(editor, save) {
  let timer = 0;
  /** @type {Record<string, unknown>} what this page changed: the rest may have been changed elsewhere since */
  const changes = {};

  /** @param {Record<string, unknown>} patch */
  function put(patch) {
    Object.assign(changes, patch);
    clearTimeout(timer);
    timer = window.setTimeout(send, PAUSE_MS);
  }

  function send() {
    clearTimeout(timer);
    timer = 0;
    // A choice of display that could not be stored is no reason to disturb anyone; the next one tries again.
    void save(changes).catch(() => undefined);
  }

  window.addEventListener('pagehide', () => {
    if (timer) send();
  });

  editor.session.on((changed) => {
    if (!REMEMBERED.some((key) => changed.has(key))) return;
    put({ editor: Object.fromEntries(REMEMBERED.map((key) => [key, editor.session.state[key]])) });
  });
  // Whoever switches the colours, the choice goes with the account to every other page.
  new MutationObserver(() => put({ theme: document.documentElement.dataset.theme ?? 'system' })).observe(
    document.documentElement,
    { attributeFilter: ['data-theme'] },
  );
  return { put };
}
