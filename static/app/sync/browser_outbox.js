/** The outbox with the browser's own storage, lock between tabs, channel and network events. */
/** @import { Annotation, BulkOperation, BulkResult, Uuid } from '../types.js' */

import { DurableOutbox } from './outbox.js';
import { createMemoryStorage, openStorage } from './storage.js';

/** @param {object} options
 *  @param {Uuid} options.user one queue a person
 *  @param {(image: Uuid, operations: BulkOperation[]) => Promise<{ results: BulkResult[] }>} options.send
 *  @param {(id: Uuid) => Annotation | null} [options.baseOf]
 *  @returns {Promise<{ outbox: DurableOutbox, durable: boolean }>} durable: whether unsent work outlives the tab */
export async function createBrowserOutbox({ user, send, baseOf }) {
  const name = `maskwright-outbox:${user}`;
  const stored = await openStorage(name).catch(() => null);
  const outbox = new DurableOutbox({
    storage: stored ?? createMemoryStorage(), send, exclusively: stored ? lockedBy(name) : undefined, channel: channelOf(name),
    ...(baseOf ? { baseOf } : {}),
  });
  addEventListener('online', () => { void outbox.flush(); });
  addEventListener('focus', () => { if (outbox.state.kind !== 'saved') void outbox.flush(); });
  addEventListener('beforeunload', (event) => {
    // On disk it is safe; only without a disk is there something to lose.
    if (!stored && outbox.state.kind !== 'saved') event.preventDefault();
  });
  if (stored) navigator.storage?.persist?.().catch(() => {});
  await outbox.refresh();
  void outbox.flush();
  return { outbox, durable: stored !== null };
}

/** @param {string} name @returns {((work: () => Promise<void>) => Promise<void>) | undefined} */
function lockedBy(name) {
  // Missing on plain http over a network: two tabs may then send the same operation, which its key makes harmless.
  if (!navigator.locks) return undefined;
  return async (work) => { await navigator.locks.request(name, work); };
}

/** @param {string} name */
function channelOf(name) {
  if (!('BroadcastChannel' in globalThis)) return undefined;
  const channel = new BroadcastChannel(name);
  return {
    post: (/** @type {unknown} */ message) => channel.postMessage(message),
    on: (/** @type {(message: unknown) => void} */ listener) => { channel.onmessage = (event) => listener(event.data); },
  };
}
