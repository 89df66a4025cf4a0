/** Durable queue of local changes: storage first, then the server, in order, each exactly once.
 *
 *  An operation leaves the queue only when the server has said what became of it. Its idempotency key makes sending it
 *  again harmless, so a lost answer, a killed server or a closed tab lose nothing. Operations on one object go one after
 *  another, each with the revision its predecessor left; a conflict holds back that object alone until a person (or the
 *  merge rule) has decided. Tabs take turns through a lock. */
/** @import { Annotation, BulkOperation, BulkResult, Conflict, Outbox, SaveState, Uuid } from '../types.js' */
/** @import { Emitter } from '../core/events.js' */
/** @import { QueueStorage, Queued } from './storage.js' */

import { ApiError } from '../api/errors.js';
import { createEmitter } from '../core/events.js';
import { later as loadLater } from '../core/later.js';
import { firstPause, nextBatch, pauseAfter } from './batches.js';
import { canMerge, conflictOf } from './operations.js';

const deciding = loadLater(() => import('./decide.js'));

/** What the server has said of an operation: done with its row, or given up in favour of theirs.
 *  @typedef {{ image: Uuid, operation: BulkOperation, row: Annotation | { id: Uuid, deleted: true, revision: number, seq: number } | null,
 *    followed: boolean, outcome: 'done' | 'merged' | 'theirs' | 'copied' }} Settled */

/** @typedef {object} OutboxOptions
 *  @property {QueueStorage} storage
 *  @property {(image: Uuid, operations: BulkOperation[]) => Promise<{ results: BulkResult[] }>} send
 *  @property {(id: Uuid) => Annotation | null} [baseOf] the server's last word on an object, as far as this tab knows
 *  @property {(work: () => Promise<void>) => Promise<void>} [exclusively] one tab at a time
 *  @property {{ post(message: unknown): void, on(listener: (message: unknown) => void): void }} [channel] to the other tabs
 *  @property {(work: () => void, ms: number) => () => void} [later] a timer; returns what cancels it */

/** @implements {Outbox} */
export class DurableOutbox {
  /** @param {OutboxOptions} options */
  constructor({ storage, send, baseOf = () => null, exclusively = (work) => work(), channel, later = laterByTimer }) {
    this.storage = storage;
    this.send = send;
    this.baseOf = baseOf;
    this.exclusively = exclusively;
    this.channel = channel;
    this.later = later;
    /** @type {SaveState} */
    this.state = { kind: 'saved' };
    /** @type {Emitter<SaveState>} */
    this.states = createEmitter();
    /** @type {Emitter<Settled>} */
    this.settled = createEmitter();
    /** @type {Map<Uuid, number>} revision each object has after what was sent */
    this.revisions = new Map();
    /** @type {Promise<void> | null} */
    this.flushing = null;
    /** @type {Promise<void>} */
    this.storing = Promise.resolve();
    this.adding = 0;  // operations on their way to the disk: not saved either
    this.changes = 0;  // what any tab put into the line so far
    this.emptyAt = -1;  // what `changes` was when the line was last seen empty
    this.again = false;
    this.pause = firstPause();
    this.cancelRetry = () => {};
    channel?.on((message) => this.#hear(message));
  }

  /** Another tab has sent something. @param {unknown} message */
  #hear(message) {
    if (typeof message === 'object' && message !== null && 'id' in message && 'revision' in message) {
      const { id, revision } = /** @type {{ id: Uuid, revision: number }} */ (message);
      this.revisions.set(id, Math.max(revision, this.revisions.get(id) ?? 0));
    } else {
      this.changes += 1;
      void this.refresh();
    }
  }

  /** @param {(state: SaveState) => void} listener */
  onState(listener) {
    return this.states.on(listener);
  }

  /** @param {(settled: Settled) => void} listener */
  onSettled(listener) {
    return this.settled.on(listener);
  }

  /** Resolves when the operations are on disk; sending goes on by itself.
   *  @param {Uuid} image @param {BulkOperation[]} operations */
  async push(image, operations) {
    if (!operations.length) return;
    const entries = operations.map((operation) => ({ image, operation, base: this.baseOf(operation.id), conflict: null }));
    this.adding += operations.length;
    this.changes += 1;
    if (this.state.kind === 'saved') this.#become({ kind: 'saving', pending: operations.length });
    try {
      await (this.storing = this.storage.add(entries));
    } catch (error) {
      this.#become({ kind: 'error', pending: operations.length, message: `This change could not be kept on this computer (${sentence(error)}). Free some disk space, then make it again.` });
      throw error;
    } finally {
      this.adding -= operations.length;
    }
    void this.flush();
  }

  /** Operations not yet settled, of one image or of all; without a look at the disk while nothing can be there, for the
   *  next photo waits for the answer. @param {Uuid} [image] @returns {Promise<BulkOperation[]>} */
  async pending(image) {
    if (this.emptyAt === this.changes) return [];
    const queue = await this.storage.list();
    return queue.filter((entry) => !image || entry.image === image).map((entry) => entry.operation);
  }

  /** Sends what is there; resolves when nothing more can be sent now. */
  flush() {
    this.again = true;
    this.flushing ??= this.#flushAll().finally(() => { this.flushing = null; });
    return this.flushing;
  }

  /** Resolves when no storing and no sending is under way. */
  async idle() {
    await this.storing.catch(() => {});
    await this.flushing;
  }

  async #flushAll() {
    this.cancelRetry();
    while (this.again) {
      this.again = false;
      try {
        await this.exclusively(() => this.#sendAll());
        await this.refresh();
      } catch (error) {
        await this.#stop(error);
      }
    }
    this.channel?.post('changed');
  }

  async #sendAll() {
    for (let limit = Infinity; ;) {
      const queue = await this.storage.list();
      const batch = nextBatch(queue, limit);
      if (!batch.length) return;
      this.#become({ kind: 'saving', pending: queue.length });
      const operations = batch.map((entry) => this.#current(entry));
      try {
        const { results } = await this.send(/** @type {Queued} */ (batch[0]).image, operations);
        await this.#settle(batch, results);
        this.pause = firstPause();
        limit = Infinity;
      } catch (error) {
        if (!(error instanceof ApiError) || error.temporary || error.signedOut) throw error;
        // One of them spoils the request (or the image is gone, or no longer ours): find it by sending them one by one,
        // so that the rest, and other images, go on.
        if (batch.length > 1) limit = 1;
        else await this.#hold(/** @type {Queued} */ (batch[0]), { theirs: null, message: error.message, code: error.code });
      }
    }
  }

  /** The operation with the revision its object has by now. @param {Queued} entry @returns {BulkOperation} */
  #current({ operation }) {
    if (operation.op === 'create') return operation;
    return { ...operation, revision: Math.max(operation.revision ?? 0, this.revisions.get(operation.id) ?? 0) };
  }

  /** @param {Queued[]} batch @param {BulkResult[]} results */
  async #settle(batch, results) {
    const byKey = new Map(results.map((result) => [result.key, result]));
    const queue = await this.storage.list();  // more may have come while the request was away
    let open = 0;
    for (const entry of batch) {
      const result = byKey.get(entry.operation.key);
      if (!result || result.status >= 500 || result.status === 429) open++;
      else if (result.annotation && result.status < 300) await this.#done(entry, result.annotation, queue);
      else await this.#refused(entry, result);
    }
    if (open) throw new ApiError(503, { code: 'server_error', message: 'The server could not save everything just now; it is tried again.' });
  }

  /** An object's revision, for what is sent next from this tab or another. @param {Uuid} id @param {number} revision */
  note(id, revision) {
    this.revisions.set(id, revision);
    this.channel?.post({ id, revision });
  }

  /** @param {Queued} entry @param {Annotation} row @param {Queued[]} queue */
  async #done(entry, row, queue) {
    const { operation, image } = entry;
    this.note(operation.id, row.revision);
    const followers = queue.filter((other) => other.operation.id === operation.id && other.order > entry.order);
    // On disk too: after a reload the next one must know what this one left.
    for (const other of followers) {
      if (other.operation.op !== 'create') await this.storage.put({ ...other, base: row, operation: { ...other.operation, revision: row.revision } });
    }
    await this.storage.remove([entry.order]);
    this.settled.emit({ image, operation, row, followed: followers.length > 0, outcome: 'done' });
  }

  /** @param {Queued} entry @param {BulkResult} result */
  async #refused(entry, { error, status }) {
    const theirs = error?.current ?? null;
    const { operation, base } = entry;
    if (error?.code === 'stale_revision' && theirs && operation.op === 'update' && canMerge(operation.data ?? {}, base, theirs)) {
      this.note(operation.id, theirs.revision);
      await this.storage.put({ ...entry, base: theirs, operation: { ...operation, revision: theirs.revision } });
      this.settled.emit({ image: entry.image, operation, row: theirs, followed: true, outcome: 'merged' });
      return;
    }
    await this.#hold(entry, { theirs, message: error?.message ?? `The server refused this change (${status}).`, code: error?.code ?? 'refused' });
  }

  /** @param {Queued} entry @param {NonNullable<Queued['conflict']>} conflict */
  async #hold(entry, conflict) {
    await this.storage.put({ ...entry, conflict });
  }

  /** Says how things stand with what is in storage. */
  async refresh() {
    const { changes } = this;
    const queue = await this.storage.list();
    if (!queue.length) this.emptyAt = changes;
    const held = queue.filter((entry) => entry.conflict);
    if (!queue.length && this.adding) this.#become({ kind: 'saving', pending: this.adding });
    else if (!queue.length) this.#become({ kind: 'saved' });
    else if (held.length) this.#become({ kind: 'conflict', pending: queue.length, conflicts: held.map(conflictOf) });
    else if (this.state.kind === 'saved' || this.state.kind === 'saving' || this.state.kind === 'conflict') {
      this.#become({ kind: 'saving', pending: queue.length });
    }
  }

  /** @param {unknown} error */
  async #stop(error) {
    const pending = (await this.storage.list().catch(() => [])).length;
    if (error instanceof ApiError && error.signedOut) this.#become({ kind: 'signed_out', pending, message: signedOutSentence(error) });
    else if (error instanceof ApiError && error.temporary) this.#become({ kind: 'offline', pending });
    else this.#become({ kind: 'error', pending, message: sentence(error) });
    const asked = error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : 0;
    this.cancelRetry = this.later(() => { void this.flush(); }, Math.max(this.pause, asked));
    this.pause = pauseAfter(this.pause);
  }

  /** Carries out a person's decision on a conflict (decide.js).
   *  @param {Conflict} conflict @param {'mine' | 'theirs' | 'both'} choice */
  async resolve(conflict, choice) {
    const { decide } = await deciding();
    await decide(this, conflict, choice);
    await this.refresh();
    await this.flush();
  }

  /** @param {SaveState} state */
  #become(state) {
    this.state = state;
    this.states.emit(state);
  }
}

/** @param {() => void} work @param {number} ms */
function laterByTimer(work, ms) {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}

/** @param {ApiError} error */
function signedOutSentence({ code, message }) {
  return code === 'other_person' ? message : 'You are signed out.';
}

/** @param {unknown} error */
function sentence(error) {
  return error instanceof Error ? error.message : String(error);
}
