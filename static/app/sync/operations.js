/** Between the store's changes and the server's operations. */
/** @import { Annotation, AnnotationData, BulkOperation, ChangeSet, Uuid } from '../types.js' */

import { DATA_FIELDS, dataOf } from '../core/annotation.js';
import { sameJson } from '../core/equal.js';

/** The fields that differ, with the newer value. @param {Annotation} before @param {Annotation} after @returns {AnnotationData} */
export function changedData(before, after) {
  return Object.fromEntries(
    DATA_FIELDS.filter((field) => !sameJson(before[field], after[field])).map((field) => [field, after[field]]),
  );
}

/** What has to be sent for a local change. An object that comes back (undo of a deletion) is restored, not created.
 *  @param {ChangeSet} change @param {(id: Uuid) => boolean} wasSent whether an id was ever given to the server
 *  @returns {BulkOperation[]} */
export function operationsOf({ created, updated, deleted }, wasSent) {
  const key = () => crypto.randomUUID();
  return [
    ...deleted.map(({ id, revision }) => ({ key: key(), op: /** @type {const} */ ('delete'), id, revision })),
    ...updated.flatMap(({ before, after }) => {
      const data = changedData(before, after);
      return Object.keys(data).length
        ? [{ key: key(), op: /** @type {const} */ ('update'), id: after.id, revision: before.revision, data }]
        : [];
    }),
    ...created.map((annotation) => {
      const { id, revision } = annotation;
      if (revision > 0 || wasSent(id)) return { key: key(), op: /** @type {const} */ ('restore'), id, revision };
      return { key: key(), op: /** @type {const} */ ('create'), id, data: dataOf(annotation) };
    }),
  ];
}
