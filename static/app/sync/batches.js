/** What of the queue goes into the next request, and how long to wait after a failure. */
/** @import { Uuid } from '../types.js' */
/** @import { Queued } from './types.d.ts' */

const MAX_BATCH = 100;
/** Characters of run lengths in one request; a single larger mask still goes, alone. */
const MAX_CHARACTERS = 2_000_000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

export const firstPause = () => FIRST_PAUSE;

/** Doubles up to half a minute: a dead network for an hour costs 120 requests, its return is noticed at once by the
 *  browser's own event. @param {number} pause */
export function pauseAfter(pause) {
  return Math.min(pause * 2, LONGEST_PAUSE);
}

/** The next operations to send: of the first image in line that has any, in order, one an object (the next needs the
 *  revision this one leaves), none behind a conflict on the same object.
 *  @param {Queued[]} queue @param {number} [limit] @returns {Queued[]} */
export function nextBatch(queue, limit = MAX_BATCH) {
  /** @type {Set<Uuid>} */
  const waiting = new Set();
  /** @type {Queued[]} */
  const batch = [];
  let characters = 0;
  for (const entry of queue) {
    const { id, data } = entry.operation;
    const free = !entry.conflict && !waiting.has(id) && (!batch[0] || batch[0].image === entry.image);
    waiting.add(id);
    if (!free) continue;
    characters += data?.rle?.counts.length ?? 0;
    if (batch.length && characters > MAX_CHARACTERS) break;
    batch.push(entry);
    if (batch.length >= Math.min(limit, MAX_BATCH)) break;
  }
  return batch;
}
