/** Verbs on objects. Every call is one gesture: one entry in the undo history, one place in the
 *  outbox, applied to the store before anything is sent. */

/** @import { Annotation, Box, Store } from '../types.js' */
/** @import { Runs } from '../core/runs.js' */
/** @import { Change, Objects } from '../editor.js' */
/** @import { ObjectsParts } from '../parts.js' */
import { blank } from '../core/annotation.js';
import { EMPTY, area, union } from '../core/runs.js';
import { boxContains } from '../core/geometry.js';
import { rleOf, shapeOf } from '../view/shapes.js';
import { takeFrom } from './overlap.js';

/** @param {ObjectsParts} parts @returns {Objects} */
export function createObjects({ store, session, image, config, perform }) {
  const ordered = () => store.all().sort(byOrder);
  let last = '';

  /** @type {Objects['commit']} */
  function commit(change, name) {
    perform(change, name);
    last = change.create?.at(-1)?.id ?? last;
    const gone = new Set(change.remove);
    const { selection } = session.state;
    if (selection.some((id) => gone.has(id))) session.set({ selection: selection.filter((id) => !gone.has(id)) });
  }

  return {
    commit,
    ordered,
    add(objects, name) {
      if (!image.info) return [];
      const top = store.all().reduce((most, a) => Math.max(most, a.z_order), 0);
      const create = objects.map((object, i) =>
        blank({ z_order: top + 1 + i, ...object }, { image: image.info?.id ?? '', author: config.user }),
      );
      const update = session.state.noOverlap ? carve(store, create) : { update: [], remove: [] };
      commit({ create, ...update }, name);
      return create.map(({ id }) => id);
    },
    update(ids, data, name) {
      const changed = ids.filter((id) => store.get(id));
      if (changed.length > 0) commit({ update: changed.map((id) => ({ id, data })) }, name);
    },
    reshape(masks, name) {
      const known = masks.filter(({ id }) => store.get(id));
      const change = maskChange(store, known);
      if (session.state.noOverlap && known.length > 0) takeBelow(store, known, change);
      commit(change, name);
    },
    remove(ids, name = ids.length === 1 ? 'Delete object' : `Delete ${ids.length} objects`) {
      const remove = ids.filter((id) => store.get(id) && !store.get(id)?.locked);
      if (remove.length > 0) commit({ remove }, name);
    },
    last: () => store.get(last),
    selected: () => session.state.selection.flatMap((id) => store.get(id) ?? []),
    at(point) {
      return ordered().findLast(
        (a) => !a.hidden && boxContains(boxOf(a), point) && shapeOf(a.rle).contains(point.x, point.y),
      );
    },
  };
}

/** Bottom first; equal orders by age, then id, so that the order is the same for everyone. @param {Annotation} a @param {Annotation} b */
export function byOrder(a, b) {
  return a.z_order - b.z_order || (a.created < b.created ? -1 : a.created > b.created ? 1 : a.id < b.id ? -1 : 1);
}

/** @param {Pick<Annotation, 'bbox'>} annotation @returns {Box} */
export function boxOf({ bbox: [x, y, w, h] }) {
  return [x, y, x + w, y + h];
}

/**
 * @param {Runs} runs
 * @param {{ width: number, height: number }} size
 */
export function maskFields(runs, size) {
  const rle = rleOf(runs, size);
  return { rle, ...measures(rle) };
}

/** @param {Annotation['rle']} rle @returns {Pick<Annotation, 'bbox' | 'area'>} */
export function measures(rle) {
  const {
    box: [x0, y0, x1, y1],
    runs,
  } = shapeOf(rle);
  return { bbox: [x0, y0, x1 - x0, y1 - y0], area: area(runs) };
}

/** @param {Store} store @param {string} id */
function sizeOf(store, id) {
  const [height, width] = store.get(id)?.rle.size ?? [1, 1];
  return { width, height };
}

/**
 * @param {Store} store
 * @param {Annotation[]} added
 * @returns {Required<Pick<Change, 'update' | 'remove'>>} what no-overlap mode does to the objects below
 */
function carve(store, added) {
  const cover = added.reduce((sum, { rle }) => union(sum, shapeOf(rle).runs), EMPTY);
  return maskChange(store, takeFrom(store.all(), cover, added[0]?.rle.size[0] ?? 1));
}

/**
 * @param {Store} store
 * @param {{ id: string, runs: Runs, shape?: Annotation['shape'] }[]} masks
 */
function maskChange(store, masks) {
  return {
    update: masks
      .filter(({ runs }) => runs.length > 0)
      .map(({ id, runs, shape = null }) => ({ id, data: { ...maskFields(runs, sizeOf(store, id)), shape } })),
    remove: masks.filter(({ runs }) => runs.length === 0).map(({ id }) => id),
  };
}

/**
 * No-overlap mode for changed masks: the others lose what these cover now.
 * @param {Store} store
 * @param {{ id: string, runs: Runs }[]} masks
 * @param {ReturnType<typeof maskChange>} change added to
 */
function takeBelow(store, masks, change) {
  const cover = masks.reduce((sum, { runs }) => union(sum, runs), EMPTY);
  const height = sizeOf(store, masks[0]?.id ?? '').height;
  const taken = maskChange(store, takeFrom(store.all(), cover, height, new Set(masks.map(({ id }) => id))));
  change.update.push(...taken.update);
  change.remove.push(...taken.remove);
}
