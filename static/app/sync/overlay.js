/** Unsent work of before a reload, on top of what the server has. */
/** @import { Annotation, BulkOperation, Person, Uuid } from '../types.js' */

import { blank, withData } from '../core/annotation.js';

/** The rows as the person left them: the server's with unsent operations on top.
 *  @param {Annotation[]} rows @param {BulkOperation[]} operations of this image, in order
 *  @param {{ image: Uuid, author: Person | null, removed?: (id: Uuid) => Annotation | undefined }} context removed: what a restore brings back
 *  @returns {Annotation[]} */
export function overlay(rows, operations, { image, author, removed = () => undefined }) {
  const result = new Map(rows.map((row) => [row.id, row]));
  for (const { op, id, data = {} } of operations) {
    const row = result.get(id);
    if (op === 'delete') result.delete(id);
    else if (op === 'update' && row) result.set(id, withData(row, data));
    else if (op === 'create' && !row) result.set(id, blank(data, { id, image, author }));
    else if (op === 'restore' && !row) {
      const back = removed(id);
      if (back) result.set(id, back);
    }
  }
  return [...result.values()];
}
