/** The outbox with the browser's own storage, lock between tabs, channel and network events. */
/** @import { BrowserOutbox, BrowserOutboxOptions } from '../parts.js' */

import { DurableOutbox } from './outbox.js';
import { openStorage } from './storage.js';
import { SturdyStorage } from './sturdy_storage.js';

/** @param {BrowserOutboxOptions} options @returns {Promise<BrowserOutbox>} */
export async function createBrowserOutbox({ user, send, baseOf }) {
  const name = `maskwright-outbox:${user}`;
  const storage = new SturdyStorage(() => openStorage(name));
  const outbox = new DurableOutbox({
    storage,
    send,
    exclusively: lockedBy(name),
    channel: channelOf(name),
    ...(baseOf ? { baseOf } : {}),
  });
  addEventListener('online', () => {
    void outbox.flush();
  });
  addEventListener('focus', () => {
    if (outbox.state.kind !== 'saved') void outbox.flush();
  });
  addEventListener('beforeunload', (event) => {
    // On disk it is safe; only without a disk is there something to lose.
    if ((storage.onlyInMemory || outbox.adding) && outbox.state.kind !== 'saved') event.preventDefault();
  });
  navigator.storage?.persist?.().catch(() => {});
  await outbox.refresh();
  void outbox.flush();
  return { outbox, storage };
}

/** @param {string} name @returns {((work: () => Promise<void>) => Promise<void>) | undefined} */
function lockedBy(name) {
  // Missing on plain http over a network: two tabs may then send the same operation, which its key makes harmless.
  if (!navigator.locks) return undefined;
  return async (work) => {
    await navigator.locks.request(name, work);
  };
}

/** @param {string} name */
function channelOf(name) {
  if (!('BroadcastChannel' in globalThis)) return undefined;
  const channel = new BroadcastChannel(name);
  return {
    post: (/** @type {unknown} */ message) => channel.postMessage(message),
    on: (/** @type {(message: unknown) => void} */ listener) => {
      channel.onmessage = (event) => listener(event.data);
    },
  };
}
