/** A person's decision on a conflict, carried out in the queue. Mine: sent again on top of theirs. Theirs: mine and what
 *  follows on this object is dropped. Both: theirs stays, mine becomes an object of its own. */
/** @import { Annotation, AnnotationData, Conflict } from '../types.js' */
/** @import { DurableOutbox } from './outbox.js' */
/** @import { Queued } from './types.d.ts' */

import { dataOf } from '../core/annotation.js';
import { layCopied, layTheirs } from './lay.js';
import { conflictOf } from './refused.js';

/** @param {DurableOutbox} outbox @param {Conflict} conflict @param {'mine' | 'theirs' | 'both'} choice
 *  @param {AnnotationData} [data] changed with mine: another label, where the project no longer has that one */
export async function decide(outbox, conflict, choice, data = {}) {
  const queue = await outbox.storage.list();
  const entry = queue.find(({ operation }) => operation.key === conflict.operation.key);
  if (!entry) return;
  const mine = conflict.mine ?? conflictOf(entry).mine;
  if (choice === 'mine') await insist(outbox, entry, data);
  else await giveWay(outbox, entry, queue, choice === 'both' ? mine : null);
}

/** @param {DurableOutbox} outbox @param {Queued} entry @param {AnnotationData} data */
async function insist(outbox, entry, data) {
  const { storage } = outbox;
  const { operation, conflict, order } = entry;
  const theirs = conflict?.theirs;
  // A new key: the server has never carried out this operation, but remembers nothing of the old key either way.
  const operationNow = {
    ...operation,
    key: crypto.randomUUID(),
    ...(operation.data && { data: { ...operation.data, ...data } }),
    ...(theirs && operation.op !== 'create' ? { revision: theirs.revision } : {}),
  };
  if (theirs && conflict?.code === 'deleted') {
    const restore = {
      key: crypto.randomUUID(),
      op: /** @type {const} */ ('restore'),
      id: operation.id,
      revision: theirs.revision,
    };
    await storage.put({ ...entry, order: order - 0.5, operation: restore, conflict: null });
  }
  if (theirs) outbox.note(operation.id, theirs.revision);
  await storage.put({ ...entry, operation: operationNow, base: theirs ?? entry.base, conflict: null });
}

/** @param {DurableOutbox} outbox @param {Queued} entry @param {Queued[]} queue @param {Annotation | null} copy what becomes an
 *  object of its own */
async function giveWay(outbox, entry, queue, copy) {
  const { image, operation, conflict } = entry;
  const theirs = conflict?.theirs ?? null;
  if (copy) {
    const own = {
      key: crypto.randomUUID(),
      op: /** @type {const} */ ('create'),
      id: crypto.randomUUID(),
      data: dataOf(copy),
    };
    await outbox.storage.add([{ image, operation: own, base: null, conflict: null }]);
    outbox.settled.emit({
      image,
      operation: own,
      row: { ...copy, id: own.id, revision: 0, seq: 0 },
      followed: true,
      outcome: 'copied',
      lay: layCopied,
    });
  }
  await outbox.storage.remove(queue.filter((other) => other.operation.id === operation.id).map((other) => other.order));
  if (theirs) outbox.note(operation.id, theirs.revision);
  outbox.settled.emit({ image, operation, row: theirs, followed: false, outcome: 'theirs', lay: layTheirs });
}
