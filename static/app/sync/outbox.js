/** Durable queue of local changes: storage first, then the server, in order, each exactly once.
 *
 *  An operation leaves the queue only when the server has said what became of it. Its idempotency key makes sending it
 *  again harmless, so a lost answer, a killed server or a closed tab lose nothing. Operations on one object go one after
 *  another, each with the revision its predecessor left; a conflict holds back that object alone until a person (or the
 *  merge rule) has decided. Tabs take turns through a lock. */
/** @import { Annotation, AnnotationData, BulkOperation, BulkResult, Conflict, Outbox, SaveState, Uuid } from '../types.js' */
/** @import { Emitter } from '../core/events.js' */
/** @import { OutboxOptions, Queued, Settled } from './types.d.ts' */

import { ApiError } from '../api/errors.js';
import { createEmitter } from '../core/events.js';
import { later as loadLater } from '../core/later.js';
import { firstPause, nextBatch, pauseAfter } from './batches.js';

/** What is refused and what becomes of it: most days nobody needs it. */
const refusing = loadLater(() => import('./refused.js'));
const deciding = loadLater(() => import('./decide.js'));

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
    this.adding = 0; // operations on their way to the disk: not saved either
    this.changes = 0; // what any tab put into the line so far
    this.emptyAt = -1; // what `changes` was when the line was last seen empty
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

  /** Resolves when the operations are on disk, or in memory where the disk does not take them (sturdy_storage.js); sending
   *  goes on by itself.
   *  @param {Uuid} image @param {BulkOperation[]} operations */
  async push(image, operations) {
    if (!operations.length) return;
    const entries = operations.map((operation) => ({
      image,
      operation,
      base: this.baseOf(operation.id),
      conflict: null,
    }));
    this.adding += operations.length;
    this.changes += 1;
    if (this.state.kind === 'saved') this.#become({ kind: 'saving', pending: operations.length });
    try {
      this.storing = this.storage.add(entries);
      await this.storing;
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
    this.flushing ??= this.#flushAll().finally(() => {
      this.flushing = null;
    });
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
    for (let limit = Infinity; ; ) {
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
        else await (await refusing()).hold(this, /** @type {Queued} */ (batch[0]), error);
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
    const queue = await this.storage.list(); // more may have come while the request was away
    let open = 0;
    for (const entry of batch) {
      const result = byKey.get(entry.operation.key);
      if (!result || result.status >= 500 || result.status === 429) open++;
      else if (result.annotation && result.status < 300) await this.#done(entry, result.annotation, queue);
      else await (await refusing()).refused(this, entry, result);
    }
    if (open)
      throw new ApiError(503, {
        code: 'server_error',
        message: 'The server could not save everything just now; it is tried again.',
      });
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
      if (other.operation.op !== 'create')
        await this.storage.put({ ...other, base: row, operation: { ...other.operation, revision: row.revision } });
    }
    await this.storage.remove([entry.order]);
    this.settled.emit({ image, operation, row, followed: followers.length > 0, outcome: 'done' });
  }

  /** Says how things stand with what is in storage. */
  async refresh() {
    const { changes } = this;
    const queue = await this.storage.list();
    if (!queue.length) this.emptyAt = changes;
    const held = queue.filter((entry) => entry.conflict);
    if (!queue.length && this.adding) this.#become({ kind: 'saving', pending: this.adding });
    else if (!queue.length) this.#become({ kind: 'saved' });
    else if (held.length)
      this.#become({ kind: 'conflict', pending: queue.length, conflicts: held.map((await refusing()).conflictOf) });
    else if (this.state.kind === 'saved' || this.state.kind === 'saving' || this.state.kind === 'conflict') {
      this.#become({ kind: 'saving', pending: queue.length });
    }
  }

  /** @param {unknown} error */
  async #stop(error) {
    const pending = (await this.storage.list().catch(() => [])).length;
    if (error instanceof ApiError && error.signedOut)
      this.#become({ kind: 'signed_out', pending, message: signedOutSentence(error) });
    else if (error instanceof ApiError && error.temporary) this.#become({ kind: 'offline', pending });
    else this.#become({ kind: 'error', pending, message: sentence(error) });
    const asked = error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : 0;
    this.cancelRetry = this.later(
      () => {
        void this.flush();
      },
      Math.max(this.pause, asked),
    );
    this.pause = pauseAfter(this.pause);
  }

  /** Carries out a person's decision on a conflict (decide.js).
   *  @param {Conflict} conflict @param {'mine' | 'theirs' | 'both'} choice @param {AnnotationData} [data] changed with mine */
  async resolve(conflict, choice, data) {
    const { decide } = await deciding();
    await decide(this, conflict, choice, data);
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
