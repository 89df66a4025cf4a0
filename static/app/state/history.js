/** Undo and redo, gesture by gesture, over this person's own changes in this image.
 *
 *  A gesture remembers each object before and after. It is taken back field by field, and only where the object still is
 *  as the gesture left it: what another person has changed since stays, and the caller hears a sentence. */
/** @import { Annotation, ChangeSet, Store, Uuid } from '../types.js' */
/** @import { Emitter } from '../core/events.js' */

import { sameJson } from '../core/equal.js';
import { createEmitter } from '../core/events.js';

const MAX_GESTURES = 500;
/** What the server sets; not a person's change. */
const BOOKKEEPING = new Set(['id', 'image', 'revision', 'seq', 'created', 'updated', 'author']);

/** One object's part in a gesture; null where it did not exist. @typedef {{ before: Annotation | null, after: Annotation | null }} Step */
/** @typedef {{ name: string, steps: Step[] }} Gesture */
/** What store.apply takes. @typedef {Parameters<Store['apply']>[0]} Change */

export class History {
  /** @param {Store} store @param {(sentence: string) => void} [onSkip] hears why something was left as it is */
  constructor(store, onSkip = () => {}) {
    this.store = store;
    this.onSkip = onSkip;
    /** @type {Gesture[]} */
    this.past = [];
    /** @type {Gesture[]} */
    this.future = [];
    /** @type {Emitter<History>} */
    this.changed = createEmitter();
  }

  /** Applies a change as one gesture. @param {Change} change @param {string} name @returns {ChangeSet} */
  commit(change, name) {
    const done = this.store.apply(change, 'local');
    const steps = stepsOf(done);
    if (steps.length) {
      this.past.push({ name, steps });
      if (this.past.length > MAX_GESTURES) this.past.shift();
      this.future = [];
      this.changed.emit(this);
    }
    return done;
  }

  /** The name of the gesture undo would take back, or null. */
  get undoName() {
    return this.past.at(-1)?.name ?? null;
  }

  get redoName() {
    return this.future.at(-1)?.name ?? null;
  }

  /** Takes the last gesture back; the ids it touched, or null when there is none. @returns {Uuid[] | null} */
  undo() {
    return this.#move(this.past, this.future, ({ before, after }) => ({ before: after, after: before }));
  }

  /** @returns {Uuid[] | null} */
  redo() {
    return this.#move(this.future, this.past, (step) => step);
  }

  /** @param {(history: History) => void} listener */
  on(listener) {
    return this.changed.on(listener);
  }

  /** Another image was opened. */
  clear() {
    this.past = [];
    this.future = [];
    this.changed.emit(this);
  }

  /** @param {Gesture[]} from @param {Gesture[]} to @param {(step: Step) => Step} turn @returns {Uuid[] | null} */
  #move(from, to, turn) {
    const gesture = from.pop();
    if (!gesture) return null;
    /** @type {Required<Change>} */
    const change = { create: [], update: [], remove: [] };
    const possible = gesture.steps.filter((step) => this.#plan(turn(step), change));
    if (possible.length < gesture.steps.length) {
      this.onSkip(
        `Somebody else has changed ${gesture.steps.length - possible.length === 1 ? 'an object' : 'objects'} since "${gesture.name}", so that part was left as it is.`,
      );
    }
    if (possible.length) {
      this.store.apply(change, 'local');
      to.push({ name: gesture.name, steps: possible });
    }
    this.changed.emit(this);
    return possible.map(({ before, after }) => /** @type {Annotation} */ (before ?? after).id);
  }

  /** Adds what leads from `before` to `after` to the change; false when the object is no longer as `before` says.
   *  @param {Step} step @param {Required<Change>} change */
  #plan({ before, after }, change) {
    const now = this.store.get(/** @type {Annotation} */ (before ?? after).id);
    if (!before) return !now && change.create.push(/** @type {Annotation} */ (after)) > 0;
    if (!now) return false;
    if (!after) return sameFields(now, before, fieldsOf(before)) && change.remove.push(now.id) > 0;
    const touched = fieldsOf(before).filter((key) => !sameJson(before[key], after[key]));
    if (!sameFields(now, before, touched)) return false;
    change.update.push({ id: now.id, data: Object.fromEntries(touched.map((key) => [key, after[key]])) });
    return true;
  }
}

/** @param {ChangeSet} change @returns {Step[]} */
function stepsOf({ created, updated, deleted }) {
  return [
    ...created.map((after) => ({ before: null, after })),
    ...updated.filter(({ before, after }) => !sameFields(before, after, fieldsOf(after))),
    ...deleted.map((before) => ({ before, after: null })),
  ];
}

/** @param {Annotation} annotation @returns {(keyof Annotation)[]} */
function fieldsOf(annotation) {
  return /** @type {(keyof Annotation)[]} */ (Object.keys(annotation)).filter((key) => !BOOKKEEPING.has(key));
}

/** @param {Annotation} a @param {Annotation} b @param {(keyof Annotation)[]} keys */
function sameFields(a, b, keys) {
  return keys.every((key) => sameJson(a[key], b[key]));
}
