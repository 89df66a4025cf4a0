/** What a refused operation came to, laid into the store of the open image. */
/** @import { Annotation } from '../types.js' */
/** @import { LiveImage } from './live.js' */
/** @import { Settled } from './types.d.ts' */

/** @param {LiveImage} live @param {Settled} settled */
export function layCopied(live, settled) {
  const row = /** @type {Annotation} */ (settled.row);
  live.sent.add(row.id);
  live.count(row.id, 1);
  live.store.apply({ create: [row] }, 'silent');
}

/** Their fields come in, ours stay. @param {LiveImage} live @param {Settled} settled */
export function layMerged({ base, store }, { operation: { id, data = {} }, row }) {
  const theirs = /** @type {Annotation} */ (row);
  base.set(id, theirs);
  const own = store.get(id);
  if (!own) return;
  const kept = Object.fromEntries(
    Object.keys(data).map((field) => [field, own[/** @type {keyof Annotation} */ (field)]]),
  );
  const measures = data.rle ? { area: own.area, bbox: own.bbox } : {};
  store.apply({ update: [{ id, data: { ...theirs, ...kept, ...measures } }] }, 'remote');
}

/** Ours is given up. @param {LiveImage} live @param {Settled} settled */
export function layTheirs({ base, store, unsettled }, { operation: { id }, row }) {
  unsettled.delete(id);
  const back = row ?? base.get(id); // nothing of theirs: a refused change is taken back
  if (!back || 'deleted' in back) {
    base.delete(id);
    store.apply({ remove: [id] }, 'remote');
    return;
  }
  base.set(id, back);
  store.apply(store.get(id) ? { update: [{ id, data: back }] } : { create: [back] }, 'remote');
}
