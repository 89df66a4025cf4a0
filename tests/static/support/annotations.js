/** Rows and a small server for the tests of state and sync. */
import { ApiError } from '../../../static/app/api/errors.js';
import { encode } from '../../../static/app/core/bitmap.js';

let made = 0;

/** A mask of a few set pixels on 4 × 4. */
export function mask(...indices) {
  const bitmap = new Uint8Array(16);
  for (const index of indices) bitmap[index] = 1;
  return encode(bitmap, 4, 4);
}

/** @param {object} [fields] @returns {any} */
export function row(fields = {}) {
  return {
    id: `object-${++made}`,
    image: 'image',
    label: 'cat',
    rle: mask(5),
    bbox: [1, 1, 1, 1],
    area: 1,
    attributes: {},
    stage: 'assisted_manual',
    status: 'draft',
    prompts: [],
    shape: null,
    model_version: null,
    predicted_iou: null,
    stability_score: null,
    seconds: 0,
    clicks: 0,
    author: { id: 'me', name: 'Me' },
    z_order: 0,
    locked: false,
    hidden: false,
    revision: 0,
    seq: 0,
    created: '2026-01-01T00:00:00Z',
    updated: '2026-01-01T00:00:00Z',
    ...fields,
  };
}

/** Behaves as the bulk endpoint: idempotent by key, 409 for a stale revision or a deleted object. */
export class FakeServer {
  constructor() {
    this.rows = new Map();
    this.keys = new Map();
    this.requests = [];
    this.seq = 0;
    /** what to throw instead of answering, and whether the work is done before */
    this.failures = [];
  }

  failNext(error, { afterwards = false } = {}) {
    this.failures.push({ error, afterwards });
  }

  send = async (image, operations) => {
    this.requests.push({ image, operations: structuredClone(operations) });
    const failure = this.failures.shift();
    if (failure && !failure.afterwards) throw failure.error;
    const results = operations.map((operation) => this.perform(image, operation));
    if (failure) throw failure.error;
    return { results: structuredClone(results), seq: this.seq };
  };

  /** @param {string} image @param {any} operation */
  perform(image, { key, op, id, revision, data = {} }) {
    if (this.keys.has(key)) return { key, status: 200, annotation: this.rows.get(id) };
    const known = this.rows.get(id);
    if (op !== 'create' && !known)
      return { key, status: 404, error: { code: 'not_found', message: 'There is no such annotation.' } };
    if (op !== 'create' && known.revision !== revision) {
      return {
        key,
        status: 409,
        error: { code: 'stale_revision', message: 'Somebody changed this object.', current: known },
      };
    }
    if (op === 'update' && known.deleted)
      return { key, status: 409, error: { code: 'deleted', message: 'This object was deleted.', current: known } };
    if (data.label === 'gone')
      return { key, status: 400, error: { code: 'unknown_label', message: "This label is not one of the project's." } };
    this.keys.set(key, id);
    return {
      key,
      status: op === 'create' ? 201 : 200,
      annotation: this.change(id, { ...(known ?? row({ id, image })), ...data }, op),
    };
  }

  /** Writes a row as another person would too. */
  change(id, fields, op = 'update') {
    const { deleted, ...rest } = { ...this.rows.get(id), ...fields };
    const after = {
      ...rest,
      id,
      revision: (this.rows.get(id)?.revision ?? 0) + 1,
      seq: ++this.seq,
      ...(op === 'delete' ? { deleted: true } : {}),
    };
    this.rows.set(id, after);
    return after;
  }

  /** The live rows, or the change feed. */
  annotations = async (_image, since) => {
    const rows = [...this.rows.values()].filter((entry) => (since === undefined ? !entry.deleted : entry.seq > since));
    const shown = rows.map((entry) =>
      entry.deleted ? { id: entry.id, deleted: true, revision: entry.revision, seq: entry.seq } : entry,
    );
    return { results: structuredClone(shown), seq: this.seq };
  };
}

export const offline = () => new ApiError(0, { code: 'offline', message: 'No answer.' });
export const signedOut = () => new ApiError(403, { code: 'not_authenticated', message: 'Sign in first.' });

/** Timers that fire when told. */
export function handTimers() {
  const waiting = [];
  return {
    later: (work, ms) => {
      const entry = { work, ms };
      waiting.push(entry);
      return () => {
        const at = waiting.indexOf(entry);
        if (at >= 0) waiting.splice(at, 1);
      };
    },
    waiting,
    fire() {
      for (const { work } of waiting.splice(0)) work();
    },
  };
}
