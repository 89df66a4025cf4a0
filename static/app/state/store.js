/** The open image's annotations by id. Every mutation is one change set with its origin; nobody else holds the truth. */
/** @import { Annotation, ChangeSet, Store } from '../types.js' */

/** @import { Emitter } from '../core/events.js' */
import { createEmitter } from '../core/events.js';

/** @returns {Store} */
export function createStore() {
  /** @type {Map<string, Annotation>} */
  const rows = new Map();
  /** @type {Emitter<ChangeSet>} */
  const changes = createEmitter();

  /** @param {Annotation} after @param {ChangeSet} changed */
  function put(after, changed) {
    const before = rows.get(after.id);
    rows.set(after.id, after);
    if (before) changed.updated.push({ before, after });
    else changed.created.push(after);
  }

  return {
    get: (id) => rows.get(id),
    all: () => [...rows.values()],
    apply({ create = [], update = [], remove = [] }, origin) {
      /** @type {ChangeSet} */
      const changed = { origin, created: [], updated: [], deleted: [] };
      for (const annotation of create) put(annotation, changed);
      for (const { id, data } of update) {
        const before = rows.get(id);
        if (before) put({ ...before, ...data, id }, changed);
      }
      for (const id of remove) {
        const before = rows.get(id);
        if (before && rows.delete(id)) changed.deleted.push(before);
      }
      if (changed.created.length + changed.updated.length + changed.deleted.length) changes.emit(changed);
      return changed;
    },
    reset(annotations) {
      const deleted = [...rows.values()];
      rows.clear();
      for (const annotation of annotations) rows.set(annotation.id, annotation);
      changes.emit({ origin: 'silent', created: [...annotations], updated: [], deleted });
    },
    subscribe: changes.on,
  };
}
