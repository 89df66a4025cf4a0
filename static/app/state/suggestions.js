/** The machine's proposals on the open image: what is shown, what is chosen, what was decided.
 *
 *  Nothing here is an object yet. A decision goes to the server in one request; a suggestion leaves the list only when
 *  the server has said so, so a lost network loses nothing and the list never lies. */
/** @import { Annotation, ApiErrorBody, Suggestion, SuggestionList, Uuid } from '../types.js' */
/** @import { Emitter } from '../core/events.js' */

import { createEmitter } from '../core/events.js';

/** Seconds after which looking at one suggestion no longer counts as work. */
const IDLE_AFTER = 30;
/** Decisions in one request: the server takes 500, and each costs it some milliseconds. */
const AT_ONCE = 100;

/** @typedef {{ key: Uuid, op: 'accept' | 'reject' | 'reopen', id: Uuid, merge?: Uuid[], data?: object, anyway?: boolean }} Decision */
/** @typedef {{ key: Uuid, status: number, suggestion?: Suggestion, annotation?: Annotation | null, error?: ApiErrorBody }} DecisionResult */
/** @typedef {{ list(image: Uuid): Promise<SuggestionList>, decide(image: Uuid, operations: Decision[]): Promise<{ results: DecisionResult[] }> }} SuggestionApi */

export class Suggestions {
  /** @type {Map<Uuid, Suggestion>} */
  #rows = new Map();
  /** @type {Emitter<void>} */
  #changes = createEmitter();
  /** @type {{ name: string, ids: Uuid[] }[]} */
  #decided = [];
  /** @type {Uuid | null} */
  image = null;
  /** @type {Uuid | null} */
  chosen = null;
  /** @type {ReadonlySet<Uuid>} further ones that will be merged into the chosen one */
  picked = new Set();
  /** @type {Uuid | null} */
  hovered = null;
  threshold = 0.88;
  covered = 0;
  #lookedAt = 0;
  /** @type {Promise<unknown>} decisions wait for each other: keys pressed quickly are not lost */
  #turn = Promise.resolve();
  #waiting = 0;
  #decisions = 0;

  /** @param {SuggestionApi} api @param {(annotations: Annotation[]) => void} taken gets the objects that came of it
   *  @param {() => number} [now] milliseconds */
  constructor(api, taken, now = () => performance.now()) {
    this.api = api;
    this.taken = taken;
    this.now = now;
  }

  /** @param {() => void} listener */
  on(listener) {
    return this.#changes.on(listener);
  }

  /** Best first. */
  get list() {
    return [...this.#rows.values()];
  }

  get current() {
    return this.chosen ? this.#rows.get(this.chosen) : undefined;
  }

  /** Whether a decision is on its way. */
  get busy() {
    return this.#waiting > 0;
  }

  get undoName() {
    return this.#decided.at(-1)?.name ?? null;
  }

  /** @param {Uuid} id */
  get(id) {
    return this.#rows.get(id);
  }

  /** Another image was opened, or its list may have grown. @param {Uuid} image */
  async load(image) {
    if (image !== this.image) this.#clear(image);
    const decisions = this.#decisions;
    const { results, covered, prefill_above: prefill } = await this.api.list(image);
    // A list from before a decision would bring back what was decided; whoever decided fetches a new one.
    if (image !== this.image || decisions !== this.#decisions) return;
    if (this.#rows.size === 0) this.threshold = prefill;
    this.#rows = new Map(results.map((row) => [row.id, row]));
    this.covered = covered;
    this.picked = new Set([...this.picked].filter((id) => this.#rows.has(id)));
    if (!this.current) this.choose(results[0]?.id ?? null);
    this.#changes.emit();
  }

  /** @param {Uuid} image */
  #clear(image) {
    this.image = image;
    this.#rows = new Map();
    this.#decided = [];
    this.chosen = this.hovered = null;
    this.picked = new Set();
    this.covered = 0;
    this.#changes.emit();
  }

  /** @param {Uuid | null} id */
  choose(id) {
    if (id !== this.chosen) this.#lookedAt = this.now();
    this.chosen = id;
    this.#changes.emit();
  }

  /** @param {Uuid | null} id */
  hover(id) {
    if (id === this.hovered) return;
    this.hovered = id;
    this.#changes.emit();
  }

  /** Marks one to be merged into whichever is chosen when accepting, or unmarks it. @param {Uuid} id */
  pick(id) {
    const picked = new Set(this.picked);
    if (!picked.delete(id)) picked.add(id);
    this.picked = picked;
    this.#changes.emit();
  }

  /** @param {number} threshold predicted IoU */
  setThreshold(threshold) {
    this.threshold = threshold;
    this.#changes.emit();
  }

  /** The next or previous by rank; false when there is none. @param {1 | -1} direction */
  step(direction) {
    const { list } = this;
    if (list.length === 0) return false;
    const at = list.findIndex(({ id }) => id === this.chosen);
    this.choose(list[at < 0 ? 0 : (at + direction + list.length) % list.length]?.id ?? null);
    return true;
  }

  /** From a part to the whole it belongs to. */
  toWhole() {
    const parent = this.current?.parent;
    if (!parent || !this.#rows.has(parent)) return false;
    this.choose(parent);
    return true;
  }

  /** From a whole to its best part. */
  toPart() {
    const part = this.list.find(({ parent }) => parent === this.chosen);
    if (!part) return false;
    this.choose(part.id);
    return true;
  }

  /** Those above the threshold; of a whole and its parts only the whole. */
  confident() {
    const above = new Set(this.list.filter((row) => row.predicted_iou >= this.threshold).map(({ id }) => id));
    return this.list.filter((row) => above.has(row.id) && !this.#ancestors(row).some((id) => above.has(id)));
  }

  /** @param {Suggestion} row @returns {Uuid[]} */
  #ancestors(row) {
    /** @type {Uuid[]} */
    const found = [];
    for (let at = row.parent; at && !found.includes(at); at = this.#rows.get(at)?.parent ?? null) found.push(at);
    return found;
  }

  /** Makes an object of the chosen suggestion, with the picked ones in it. @param {object} data fields of the object */
  accept(data) {
    return this.#inTurn(() => this.#accept(data));
  }

  /** @param {object} data */
  async #accept(data) {
    const row = this.current;
    if (!row) return [];
    const merge = [...this.picked].filter((id) => id !== row.id);
    const name = merge.length > 0 ? `Merge ${merge.length + 1} suggestions` : 'Accept suggestion';
    const operation = { key: crypto.randomUUID(), op: /** @type {const} */ ('accept'), id: row.id, merge, data: { ...data, seconds: this.#seconds() }, anyway: true };
    return this.#decide([operation], name);
  }

  /** @param {(row: Suggestion) => object} dataOf fields of each object */
  acceptConfident(dataOf) {
    return this.#inTurn(() => this.#acceptConfident(dataOf));
  }

  /** @param {(row: Suggestion) => object} dataOf */
  async #acceptConfident(dataOf) {
    return this.#acceptAll(this.confident(), dataOf);
  }

  /** @param {Suggestion[]} rows @param {(row: Suggestion) => object} dataOf fields of each object */
  acceptAll(rows, dataOf) {
    return this.#inTurn(() => this.#acceptAll(rows, dataOf));
  }

  /** @param {Suggestion[]} rows @param {(row: Suggestion) => object} dataOf */
  async #acceptAll(rows, dataOf) {
    return this.#decide(rows.map((row) => ({ key: crypto.randomUUID(), op: /** @type {const} */ ('accept'), id: row.id, data: dataOf(row) })),
      `Accept ${rows.length} suggestions`);
  }

  reject() {
    return this.#inTurn(() => this.#reject());
  }

  async #reject() {
    const row = this.current;
    if (!row) return [];
    const ids = [...new Set([row.id, ...this.picked])];
    return this.#decide(ids.map((id) => ({ key: crypto.randomUUID(), op: /** @type {const} */ ('reject'), id })), 'Reject suggestion');
  }

  /** Takes the last decision back. Its object goes, unless somebody has changed it since. */
  undo() {
    return this.#inTurn(() => this.#undo());
  }

  async #undo() {
    const last = this.#decided.at(-1);
    if (!last) return null;
    const results = await this.#send(last.ids.map((id) => ({ key: crypto.randomUUID(), op: /** @type {const} */ ('reopen'), id })));
    this.#decided.pop();
    await this.#refresh(last.ids[0] ?? null);
    return results;
  }

  /** @param {Decision[]} operations @param {string} name */
  async #decide(operations, name) {
    if (operations.length === 0) return [];
    const next = this.#after(operations);
    const results = await this.#send(operations);
    const done = results.filter(({ error }) => !error);
    const gone = new Set(operations.flatMap(({ id, merge = [] }) => [id, ...merge]));
    const kept = new Set(results.filter(({ error }) => error && error.code !== 'repeats_object').map(({ key }) => operations.find((o) => o.key === key)?.id));
    for (const id of gone) if (!kept.has(id)) this.#rows.delete(id);
    const ids = done.flatMap(({ suggestion }) => suggestion?.id ?? []);
    if (ids.length > 0) this.#decided.push({ name, ids });
    this.picked = new Set();
    this.choose(next && this.#rows.has(next) ? next : this.list[0]?.id ?? null);
    // What a new object covers is no news any more; the server knows which those are.
    if (done.some(({ annotation }) => annotation)) await this.#refresh(next);
    return results;
  }

  /** @param {Uuid | null} wanted chosen afterwards, if it is still there */
  async #refresh(wanted) {
    const { image } = this;
    if (!image) return;
    // The decision itself is done: a list that cannot be fetched now is fetched with the next one.
    await this.load(image).catch(() => undefined);
    this.choose(wanted && this.#rows.has(wanted) ? wanted : this.list[0]?.id ?? null);
  }

  /** @param {Decision[]} operations @returns {Promise<DecisionResult[]>} */
  async #send(operations) {
    const { image } = this;
    if (!image) return [];
    this.#decisions += 1;
    /** @type {DecisionResult[]} */
    const results = [];
    for (let from = 0; from < operations.length; from += AT_ONCE) {
      const answer = await this.api.decide(image, operations.slice(from, from + AT_ONCE)).catch(async (error) => {
        // What was decided before the network went is decided; the list must not offer it again.
        if (from > 0 && image === this.image) await this.load(image).catch(() => undefined);
        throw error;
      });
      results.push(...answer.results);
      this.taken(answer.results.flatMap(({ annotation }) => annotation ?? []));
    }
    if (image === this.image) this.#decisions += 1;
    return results;
  }

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  async #inTurn(work) {
    this.#waiting += 1;
    this.#changes.emit();
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
      this.#changes.emit();
    }
  }

  /** Whom to look at once these are decided. @param {Decision[]} operations */
  #after(operations) {
    const gone = new Set(operations.flatMap(({ id, merge = [] }) => [id, ...merge]));
    const { list } = this;
    const at = list.findIndex(({ id }) => id === this.chosen);
    return [...list.slice(at + 1), ...list.slice(0, Math.max(0, at))].find(({ id }) => !gone.has(id))?.id ?? null;
  }

  #seconds() {
    return Math.round(Math.min(IDLE_AFTER, (this.now() - this.#lookedAt) / 1000) * 10) / 10;
  }
}
