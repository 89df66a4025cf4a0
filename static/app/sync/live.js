/** Keeps the open image's store and the server in step, both ways, and knows who else has the image open.
 *
 *  Local changes go to the outbox in the same moment. What others change is asked for by the image's change count and
 *  laid into the store, except on objects with unsent changes of ours: there the outbox finds out and merges or asks. */
/** @import { Annotation, BulkOperation, ChangeSet, Store, Uuid } from '../types.js' */
/** @import { Emitter } from '../core/events.js' */
/** @import { FeedRow, Present } from '../api/endpoints.js' */
/** @import { LiveParts } from '../parts.js' */
/** @import { Settled } from './types.d.ts' */

import { createEmitter } from '../core/events.js';
import { bookkeepingOf } from '../core/annotation.js';
import { later } from '../core/later.js';
import { operationsOf } from './operations.js';

const overlays = later(() => import('./overlay.js'));

/** Milliseconds between questions: for the tab in front, for one behind, and between signs of life. */
const POLL = Object.freeze({ visible: 2500, hidden: 20_000, presence: 15_000 });

export class LiveImage {
  /** Hears which model the project uses, and the picture's hash. @type {((model: Uuid | null, picture: string) => void) | undefined} */
  onModel;

  /** @param {LiveParts} parts */
  constructor({ endpoints, store, outbox, user, tab = crypto.randomUUID() }) {
    this.endpoints = endpoints;
    this.store = store;
    this.outbox = outbox;
    this.user = user;
    this.tab = tab;
    /** @type {Uuid | null} */
    this.image = null;
    this.seq = 0;
    /** @type {Present[]} everyone else who has the image open */
    this.people = [];
    /** @type {Emitter<Present[]>} */
    this.peopleChanged = createEmitter();
    /** @type {Map<Uuid, Annotation>} the server's last word on each object */
    this.base = new Map();
    /** @type {Set<Uuid>} ids the server knows or will know */
    this.sent = new Set();
    /** @type {Map<Uuid, number>} unsettled operations by object */
    this.unsettled = new Map();
    /** @type {ReturnType<typeof setTimeout>[]} */
    this.timers = [];
    outbox.baseOf = (id) => this.base.get(id) ?? null;
    store.subscribe((change) => this.#onChange(change));
    outbox.onSettled((settled) => this.#onSettled(settled));
    outbox.onState((state) => {
      if (state.kind === 'saved') this.unsettled.clear();
    });
  }

  /** @param {(people: Present[]) => void} listener */
  onPeople(listener) {
    return this.peopleChanged.on(listener);
  }

  /** The rows to show for freshly loaded ones: unsent work on top. From now on this image is followed.
   *  @param {Uuid} image @param {Annotation[]} rows @param {number} seq @returns {Promise<Annotation[]>} */
  async open(image, rows, seq) {
    this.close();
    if ((await this.outbox.pending(image)).length > 0) await overlays();
    const operations = await this.outbox.pending(image); // as it is by now
    this.image = image;
    this.seq = seq;
    this.base = new Map(rows.map((row) => [row.id, row]));
    this.sent = new Set([...rows.map((row) => row.id), ...operations.map(({ id }) => id)]);
    this.unsettled = new Map();
    for (const { id } of operations) this.count(id, 1);
    if (operations.length === 0) return rows;
    const { overlay } = await overlays();
    return overlay(rows, operations, { image, author: this.user });
  }

  /** Starts asking; apart from `open` so that the caller can fill the store first. */
  follow() {
    this.#stopTimers();
    this.#repeat(
      () => this.poll(),
      () => (isHidden() ? POLL.hidden : POLL.visible),
      POLL.visible,
    );
    this.#repeat(
      () => this.announce(),
      () => POLL.presence,
      0,
    );
  }

  /** The image is left. */
  close() {
    this.#stopTimers();
    this.image = null;
    this.people = [];
  }

  /** @param {() => Promise<void>} work @param {() => number} pause @param {number} first */
  #repeat(work, pause, first) {
    const slot = this.timers.length;
    const { image } = this;
    const next = async () => {
      await work().catch(() => {}); // the network may be away; the outbox says so
      if (this.image === image && image) this.timers[slot] = setTimeout(next, pause());
    };
    this.timers[slot] = setTimeout(next, first);
  }

  #stopTimers() {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers = [];
  }

  /** Fetches and applies what others changed. */
  async poll() {
    const { image } = this;
    if (!image) return;
    const { results, seq, model, picture } = await this.endpoints.annotations(image, this.seq);
    if (this.image !== image) return;
    this.seq = Math.max(this.seq, seq);
    this.applyRemote(results);
    this.onModel?.(model, picture);
  }

  /** @param {FeedRow[]} rows */
  applyRemote(rows) {
    /** @type {Required<Parameters<Store['apply']>[0]>} */
    const change = { create: [], update: [], remove: [] };
    for (const row of rows) {
      if (this.unsettled.has(row.id)) continue;
      const known = this.store.get(row.id);
      if ('deleted' in row) {
        this.base.delete(row.id);
        if (known && row.revision >= known.revision) change.remove.push(row.id);
        continue;
      }
      this.base.set(row.id, row);
      this.sent.add(row.id);
      if (!known) change.create.push(row);
      else if (row.revision > known.revision) change.update.push({ id: row.id, data: row });
    }
    this.store.apply(change, 'remote');
  }

  /** Tells the server that this tab has the image open and learns who else has. */
  async announce() {
    const { image } = this;
    if (!image) return;
    const { people } = await this.endpoints.presence(image, this.tab);
    if (this.image !== image) return;
    this.people = people.filter((person) => person.client !== this.tab);
    this.peopleChanged.emit(this.people);
  }

  /** @param {ChangeSet} change */
  #onChange(change) {
    if (change.origin !== 'local' || !this.image) return;
    const operations = operationsOf(change, (id) => this.sent.has(id));
    for (const { id } of operations) {
      this.sent.add(id);
      this.count(id, 1);
    }
    // A failure is in the outbox's state, where the person sees it.
    this.outbox.push(this.image, operations).catch(() => {});
  }

  /** @param {Uuid} id @param {number} step */
  count(id, step) {
    const count = (this.unsettled.get(id) ?? 0) + step;
    if (count > 0) this.unsettled.set(id, count);
    else this.unsettled.delete(id);
  }

  /** @param {Settled} settled */
  #onSettled(settled) {
    const { image, operation, row, followed, lay } = settled;
    if (image !== this.image) return;
    if (lay) lay(this, settled);
    else this.#onDone(operation, /** @type {Annotation} */ (row), followed);
  }

  /** @param {BulkOperation} operation @param {Annotation} row @param {boolean} followed */
  #onDone({ op, id }, row, followed) {
    this.count(id, -1);
    if (op === 'delete') {
      this.base.delete(id);
      return;
    }
    this.base.set(id, row);
    // The content is what was sent; a restored object comes back as the server had it.
    const data = op === 'restore' && !followed ? row : bookkeepingOf(row);
    this.store.apply({ update: [{ id, data }] }, 'silent');
  }
}

function isHidden() {
  return globalThis.document?.visibilityState === 'hidden';
}
