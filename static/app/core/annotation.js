/** An object as both sides know it: what a new one starts with, what a client may write, what only the server knows. */
/** @import { Annotation, AnnotationData, Uuid } from '../types.js' */

import { area, bbox } from './rle.js';

/** What may be written; the types hold this list against annotator/openapi.yaml. @type {Record<keyof AnnotationData, true>} */
const WRITABLE = {
  label: true,
  rle: true,
  attributes: true,
  stage: true,
  status: true,
  prompts: true,
  shape: true,
  model_version: true,
  predicted_iou: true,
  stability_score: true,
  seconds: true,
  clicks: true,
  z_order: true,
  locked: true,
  hidden: true,
};
/** What a client may write; everything else is the server's. */
export const DATA_FIELDS = Object.freeze(/** @type {(keyof AnnotationData)[]} */ (Object.keys(WRITABLE)));
/** What only the server knows of a row. @type {readonly (keyof Annotation)[]} */
const SERVER_FIELDS = ['revision', 'seq', 'author', 'created', 'updated'];

/** An object that the server has not seen yet, with what it would store where nothing is said; its measures are the mask's.
 *  @param {AnnotationData} data @param {{ id?: Uuid, image: Uuid, author: Annotation['author'] }} of @returns {Annotation} */
export function blank(data, { id = crypto.randomUUID(), image, author }) {
  const now = new Date().toISOString();
  /** @type {Annotation} */
  const row = {
    id,
    image,
    author,
    label: null,
    rle: { size: [0, 0], counts: '' },
    bbox: [0, 0, 0, 0],
    area: 0,
    attributes: {},
    stage: 'assisted_manual',
    status: 'open',
    prompts: [],
    shape: null,
    model_version: null,
    predicted_iou: null,
    stability_score: null,
    seconds: 0,
    clicks: 0,
    z_order: 0,
    locked: false,
    hidden: false,
    revision: 0,
    seq: 0,
    created: now,
    updated: now,
  };
  return withData(row, data);
}

/** A row with a client's data, its measures kept true. @param {Annotation} row @param {AnnotationData} data @returns {Annotation} */
export function withData(row, data) {
  const measures = data.rle ? { area: area(data.rle), bbox: bbox(data.rle) } : {};
  return { ...row, ...data, ...measures };
}

/** @param {Annotation} annotation @returns {AnnotationData} */
export function dataOf(annotation) {
  return Object.fromEntries(DATA_FIELDS.map((field) => [field, annotation[field]]));
}

/** The server's bookkeeping of a row. @param {Annotation} row @returns {Partial<Annotation>} */
export function bookkeepingOf(row) {
  return Object.fromEntries(SERVER_FIELDS.map((field) => [field, row[field]]));
}
