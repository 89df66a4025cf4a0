/** Between the store's changes and the server's operations. */
/** @import { Annotation, AnnotationData, BulkOperation, ChangeSet, Conflict, Person, Uuid } from '../types.js' */
/** @import { Queued } from './storage.js' */

import { sameJson } from '../core/equal.js';
import { area, bbox } from '../core/rle.js';

/** What a client may write; everything else is the server's. @type {readonly (keyof AnnotationData)[]} */
export const DATA_FIELDS = Object.freeze(/** @type {const} */ ([
  'label', 'rle', 'attributes', 'stage', 'status', 'prompts', 'shape', 'model_version', 'predicted_iou', 'stability_score',
  'seconds', 'clicks', 'z_order', 'locked', 'hidden',
]));
/** What only the server knows of a row. @type {readonly (keyof Annotation)[]} */
const SERVER_FIELDS = ['revision', 'seq', 'author', 'created', 'updated'];
/** Fields that say what is wanted now, not what the object is: the later hand wins without a question. */
const YIELDING = new Set(['z_order', 'hidden', 'locked', 'prompts', 'seconds', 'clicks', 'stage', 'model_version', 'predicted_iou', 'stability_score']);

/** @param {Annotation} annotation @returns {AnnotationData} */
export function dataOf(annotation) {
  return Object.fromEntries(DATA_FIELDS.map((field) => [field, annotation[field]]));
}

/** The server's bookkeeping of a row. @param {Annotation} row @returns {Partial<Annotation>} */
export function bookkeepingOf(row) {
  return Object.fromEntries(SERVER_FIELDS.map((field) => [field, row[field]]));
}

/** The fields that differ, with the newer value. @param {Annotation} before @param {Annotation} after @returns {AnnotationData} */
export function changedData(before, after) {
  return Object.fromEntries(DATA_FIELDS.filter((field) => !sameJson(before[field], after[field])).map((field) => [field, after[field]]));
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
      return Object.keys(data).length ? [{ key: key(), op: /** @type {const} */ ('update'), id: after.id, revision: before.revision, data }] : [];
    }),
    ...created.map((annotation) => {
      const { id, revision } = annotation;
      if (revision > 0 || wasSent(id)) return { key: key(), op: /** @type {const} */ ('restore'), id, revision };
      return { key: key(), op: /** @type {const} */ ('create'), id, data: dataOf(annotation) };
    }),
  ];
}

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
    else if (op === 'create' && !row) result.set(id, withData(blank(id, image, author), data));
    else if (op === 'restore' && !row) {
      const back = removed(id);
      if (back) result.set(id, back);
    }
  }
  return [...result.values()];
}

/** A row with a client's data, its measures kept true. @param {Annotation} row @param {AnnotationData} data @returns {Annotation} */
export function withData(row, data) {
  const measures = data.rle ? { area: area(data.rle), bbox: bbox(data.rle) } : {};
  return { ...row, ...data, ...measures };
}

/** @param {Uuid} id @param {Uuid} image @param {Person | null} author @returns {Annotation} */
function blank(id, image, author) {
  const now = new Date().toISOString();
  return {
    id, image, author, label: null, rle: { size: [0, 0], counts: '' }, bbox: [0, 0, 0, 0], area: 0, attributes: {},
    stage: 'assisted_manual', status: '', prompts: [], shape: null, model_version: null, predicted_iou: null,
    stability_score: null, seconds: 0, clicks: 0, z_order: 0, locked: false, hidden: false, revision: 0, seq: 0, created: now, updated: now,
  };
}

/** Whether an update can be sent again on top of what another person did meanwhile: no field that matters was changed
 *  by both to different values.
 *  @param {AnnotationData} mine @param {Annotation | null} base the row mine was made on @param {Annotation} theirs */
export function canMerge(mine, base, theirs) {
  if (!base) return false;
  return /** @type {(keyof AnnotationData)[]} */ (Object.keys(mine)).every((field) => YIELDING.has(field)
    || sameJson(base[field], theirs[field]) || sameJson(mine[field], theirs[field]));
}

/** An operation that the server refused because of another person's, as it is put to the person. @param {Queued} entry @returns {Conflict} */
export function conflictOf({ operation, base, conflict }) {
  const ground = base ?? conflict?.theirs ?? null;
  const mine = operation.op === 'delete' || !ground ? null : withData(ground, operation.data ?? {});
  return { operation, mine, theirs: conflict?.theirs ?? null, message: conflict?.message ?? '' };
}
