/** The machine's proposals on the open image: what is shown, what is chosen, what was decided.
 *
 *  Nothing here is an object yet. A decision goes to the server in one request; a suggestion leaves the list only when
 *  the server has said so, so a lost network loses nothing and the list never lies. */
/** @import { Annotation, AnnotationData, Decision, DecisionResult, Suggestion, SuggestionList, Uuid } from '../types.js' */
/** @import { Emitter } from '../core/events.js' */
/** @import { Judge } from './judge.js' */

import { IDLE_MS } from '../core/active_clock.js';
import { createEmitter } from '../core/events.js';
import { later } from '../core/later.js';

const judging = later(() => import('./judge.js'));

/** @typedef {{ list(image: Uuid): Promise<SuggestionList>, decide(image: Uuid, operations: Decision[]): Promise<{ results: DecisionResult[] }> }} SuggestionApi */

export class Suggestions {
  /** Best first. @type {Map<Uuid, Suggestion>} */
  rows = new Map();
  /** @type {Emitter<void>} */
  #changes = createEmitter();
  /** @type {{ name: string, ids: Uuid[], rows: Suggestion[] }[]} what was decided, the last one last */
  decided = [];
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
  /** @type {Judge | null} */
  #judge = null;
  /** Decisions so far: what was asked for before one of them is out of date. */
  decisions = 0;
  /** Whether the server would list less by now. */
  stale = false;

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
    return [...this.rows.values()];
  }

  get current() {
    return this.chosen ? this.rows.get(this.chosen) : undefined;
  }

  /** Whether a decision is on its way. */
  get busy() {
    return this.#waiting > 0;
  }

  get undoName() {
    return this.decided.at(-1)?.name ?? null;
  }

  /** @param {Uuid} id */
  get(id) {
    return this.rows.get(id);
  }

  /** Another image was opened, or its list may have grown. @param {Uuid} image */
  async load(image) {
    if (image !== this.image) this.#clear(image);
    const decisions = this.decisions;
    const { results, covered, prefill_above: prefill } = await this.api.list(image);
    // A list from before a decision would bring back what was decided; whoever decided fetches a new one.
    if (image !== this.image || decisions !== this.decisions) return;
    if (this.rows.size === 0) this.threshold = prefill;
    this.rows = new Map(results.map((row) => [row.id, row]));
    this.covered = covered;
    this.picked = new Set([...this.picked].filter((id) => this.rows.has(id)));
    if (!this.current) this.choose(results[0]?.id ?? null);
    this.#changes.emit();
  }

  /** @param {Uuid} image */
  #clear(image) {
    this.image = image;
    this.rows = new Map();
    this.decided = [];
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

  /** Those above the threshold; of a whole and its parts only the whole. */
  confident() {
    const above = new Set(this.list.filter((row) => row.predicted_iou >= this.threshold).map(({ id }) => id));
    return this.list.filter((row) => above.has(row.id) && !this.#ancestors(row).some((id) => above.has(id)));
  }

  /** @param {Suggestion} row @returns {Uuid[]} */
  #ancestors(row) {
    /** @type {Uuid[]} */
    const found = [];
    for (let at = row.parent; at && !found.includes(at); at = this.rows.get(at)?.parent ?? null) found.push(at);
    return found;
  }

  /** Makes an object of the chosen suggestion, with the picked ones in it. @param {AnnotationData} data fields of the object */
  accept(data) {
    return this.#inTurn((judge) => judge.accept(data));
  }

  /** @param {(row: Suggestion) => AnnotationData} dataOf fields of each object */
  acceptConfident(dataOf) {
    return this.#inTurn((judge) => judge.acceptAll(this.confident(), dataOf));
  }

  /** @param {Suggestion[]} rows @param {(row: Suggestion) => AnnotationData} dataOf fields of each object */
  acceptAll(rows, dataOf) {
    return this.#inTurn((judge) => judge.acceptAll(rows, dataOf));
  }

  reject() {
    return this.#inTurn((judge) => judge.reject());
  }

  /** Takes the last decision back. Its object goes, unless somebody has changed it since. */
  undo() {
    return this.#inTurn((judge) => judge.undo());
  }

  /** @template T @param {(judge: Judge) => Promise<T>} work @returns {Promise<T>} */
  async #inTurn(work) {
    this.#waiting += 1;
    this.#changes.emit();
    const turn = this.#turn.then(async () => {
      const { Judge } = await judging();
      this.#judge ??= new Judge(this);
      return work(this.#judge);
    });
    this.#turn = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
      this.#changes.emit();
      // What new objects cover is no news any more; the server knows which those are. Nobody waits for that.
      if (this.stale && this.#waiting === 0 && this.image) {
        this.stale = false;
        this.load(this.image).catch(() => undefined); // the next decision asks again
      }
    }
  }

  /** Spent looking at the chosen one. */
  seconds() {
    return Math.round(Math.min(IDLE_MS, this.now() - this.#lookedAt) / 100) / 10;
  }
}
