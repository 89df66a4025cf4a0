/** What the server did not take: sent again on top of the other person's change where both fit together, else held back
 *  until a person has decided. */
/** @import { Annotation, AnnotationData, BulkResult, Conflict } from '../types.js' */
/** @import { DurableOutbox } from './outbox.js' */
/** @import { Queued } from './types.d.ts' */

import { blank, withData } from '../core/annotation.js';
import { sameJson } from '../core/equal.js';
import { layMerged } from './lay.js';

/** Fields that say what is wanted now, not what the object is: the later hand wins without a question. */
const YIELDING = new Set([
  'z_order',
  'hidden',
  'locked',
  'prompts',
  'seconds',
  'clicks',
  'stage',
  'model_version',
  'predicted_iou',
  'stability_score',
]);

/** @param {DurableOutbox} outbox @param {Queued} entry @param {BulkResult} result what the server said of it */
export async function refused(outbox, entry, { error, status }) {
  const theirs = error?.current ?? null;
  const { operation, base } = entry;
  if (
    error?.code === 'stale_revision' &&
    theirs &&
    operation.op === 'update' &&
    canMerge(operation.data ?? {}, base, theirs)
  ) {
    outbox.note(operation.id, theirs.revision);
    await outbox.storage.put({ ...entry, base: theirs, operation: { ...operation, revision: theirs.revision } });
    outbox.settled.emit({
      image: entry.image,
      operation,
      row: theirs,
      followed: true,
      outcome: 'merged',
      lay: layMerged,
    });
    return;
  }
  await hold(outbox, entry, error ?? { code: 'refused', message: `The server refused this change (${status}).` });
}

/** Waits for a person from now on. @param {DurableOutbox} outbox @param {Queued} entry
 *  @param {{ code: string, message: string, current?: Annotation | null }} why */
export async function hold({ storage }, entry, { code, message, current = null }) {
  await storage.put({ ...entry, conflict: { theirs: current, message, code } });
}

/** Whether an update can be sent again on top of what another person did meanwhile: no field that matters was changed
 *  by both to different values.
 *  @param {AnnotationData} mine @param {Annotation | null} base the row mine was made on @param {Annotation} theirs */
export function canMerge(mine, base, theirs) {
  if (!base) return false;
  return /** @type {(keyof AnnotationData)[]} */ (Object.keys(mine)).every(
    (field) => YIELDING.has(field) || sameJson(base[field], theirs[field]) || sameJson(mine[field], theirs[field]),
  );
}

/** An operation that the server refused, as it is put to the person. @param {Queued} entry @returns {Conflict} */
export function conflictOf({ image, operation, base, conflict }) {
  const { theirs = null, message = '', code = 'refused' } = conflict ?? {};
  const { id, data = {} } = operation;
  const ground = base ?? theirs;
  const mine = operation.op === 'create' ? blank(data, { id, image, author: null }) : ground && withData(ground, data);
  return { operation, mine: operation.op === 'delete' ? null : mine, theirs, message, code };
}
