/** Verbs that make masks from masks: merge, split, subtract, clean up, duplicate, convert, reorder. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor, NewObject } from '../editor.js' */
/** @import { Point } from '../core/geometry.js' */
/** @import { Runs } from '../core/runs.js' */
import { dropIslands, fillHoles, keepLargest, parts } from '../core/components.js';
import { simplifyRing } from '../core/simplify.js';
import { fillPolygon } from '../core/raster.js';
import { EMPTY, area, difference, equal, intersect, subtract, transplant, union } from '../core/runs.js';
import { smooth } from '../core/smooth.js';
import { beside, shapeMoved } from './beside.js';
import { measures } from './objects.js';
import { unlocked } from './object_verbs.js';
import { rleOf, shapeOf } from '../view/shapes.js';

/** @param {Annotation} annotation */
const runsOf = (annotation) => shapeOf(annotation.rle).runs;
/** @param {Annotation} annotation */
const sizeOf = ({
  rle: {
    size: [height, width],
  },
}) => ({ width, height });

/** Joins the selected objects into the topmost. @param {Editor} editor */
export function mergeSelected(editor) {
  const list = byOrder(editor, unlocked(editor));
  const target = list.at(-1);
  if (!target || list.length < 2) return editor.notify({ message: 'Select two or more unlocked objects to merge.' });
  const runs = list.reduce((sum, a) => union(sum, runsOf(a)), EMPTY);
  const rle = rleOf(runs, sizeOf(target));
  const sum = (/** @type {'seconds' | 'clicks'} */ key) => list.reduce((total, a) => total + a[key], 0);
  editor.objects.commit(
    {
      update: [
        {
          id: target.id,
          data: {
            rle,
            ...measures(rle),
            shape: null,
            seconds: sum('seconds'),
            clicks: sum('clicks'),
            prompts: list.flatMap((a) => a.prompts),
          },
        },
      ],
      remove: list.filter((a) => a !== target).map(({ id }) => id),
    },
    `Merge ${list.length} objects`,
  );
  editor.session.set({ selection: [target.id] });
}

/** Every connected part becomes an object of its own; the largest keeps the id. @param {Editor} editor */
export function splitSelected(editor) {
  const update = [];
  const create = [];
  for (const annotation of unlocked(editor)) {
    const [largest, ...rest] = parts(runsOf(annotation), sizeOf(annotation).height);
    if (!largest || rest.length === 0) continue;
    const rle = rleOf(largest.runs, sizeOf(annotation));
    update.push({ id: annotation.id, data: { rle, ...measures(rle), shape: null } });
    create.push(...rest.map(({ runs }) => sibling(annotation, runs)));
  }
  if (update.length === 0) return editor.notify({ message: 'The selection has no separate parts.' });
  editor.objects.commit({ update, create }, 'Split into parts');
  editor.session.set({ selection: [...update, ...create].map(({ id }) => id) });
  editor.notify({ message: `${update.length + create.length} objects, one for each part.`, kind: 'success' });
}

/** The selected objects take their pixels from all objects below them. @param {Editor} editor */
export function subtractFromBelow(editor) {
  const order = editor.objects.ordered();
  const chosen = unlocked(editor);
  /** @type {Map<string, Runs>} */
  const left = new Map();
  for (const top of chosen) {
    for (const below of order.slice(
      0,
      order.findIndex(({ id }) => id === top.id),
    )) {
      if (below.locked || chosen.includes(below)) continue;
      const before = left.get(below.id) ?? runsOf(below);
      const after = subtract(before, runsOf(top));
      if (!equal(before, after)) left.set(below.id, after);
    }
  }
  if (left.size === 0) return editor.notify({ message: 'The selection covers no unlocked object below it.' });
  editor.objects.reshape(
    [...left].map(([id, runs]) => ({ id, runs })),
    'Subtract from below',
  );
  const gone = [...left.values()].filter((runs) => runs.length === 0).length;
  if (gone > 0)
    editor.notify({
      message: `${gone === 1 ? 'One object was' : `${gone} objects were`} covered completely and ${gone === 1 ? 'is' : 'are'} gone. Ctrl+Z brings ${gone === 1 ? 'it' : 'them'} back.`,
      kind: 'warning',
    });
}

/** @param {Editor} editor */
export function duplicateSelected(editor) {
  const list = editor.objects.selected();
  const [first] = list;
  if (!first) return;
  const size = { ...sizeOf(first), scale: editor.stage.viewport.scale };
  const by = beside(list, editor.store.all(), size);
  const copies = list.map((a) => ({
    ...sibling(a, transplant(runsOf(a), size.height, { ...size, dx: by.x, dy: by.y })),
    shape: shapeMoved(a.shape, by),
  }));
  editor.objects.commit(
    { create: copies },
    copies.length === 1 ? 'Duplicate object' : `Duplicate ${copies.length} objects`,
  );
  editor.session.set({ selection: copies.map(({ id }) => id) });
}

/**
 * A new object like this one with another mask.
 * @param {Annotation} annotation
 * @param {Runs} runs
 * @returns {Annotation}
 */
function sibling(annotation, runs) {
  const rle = rleOf(runs, sizeOf(annotation));
  const now = new Date().toISOString();
  return {
    ...annotation,
    id: crypto.randomUUID(),
    rle,
    ...measures(rle),
    shape: null,
    locked: false,
    seconds: 0,
    clicks: 0,
    status: 'open',
    revision: 0,
    seq: 0,
    created: now,
    updated: now,
    z_order: annotation.z_order + 1,
  };
}

/**
 * Moves the selection to the front or the back, keeping its own order.
 * @param {Editor} editor
 * @param {'front' | 'back'} where
 */
export function reorderSelected(editor, where) {
  const all = editor.objects.ordered();
  const chosen = new Set(unlocked(editor).map(({ id }) => id));
  const moving = all.filter(({ id }) => chosen.has(id));
  const resting = all.filter(({ id }) => !chosen.has(id));
  if (moving.length === 0 || resting.length === 0) return;
  const orders = resting.map((a) => a.z_order);
  const start = where === 'front' ? Math.max(...orders) + 1 : Math.min(...orders) - moving.length;
  editor.objects.commit(
    { update: moving.map((a, i) => ({ id: a.id, data: { z_order: start + i } })) },
    where === 'front' ? 'To front' : 'To back',
  );
}

/** @param {Editor} editor @param {Annotation[]} list */
function byOrder(editor, list) {
  return editor.objects.ordered().filter((a) => list.includes(a));
}

/**
 * @typedef {object} CleanUp
 * @property {number} holes fill holes under so many pixels
 * @property {number} islands drop parts under so many pixels
 * @property {boolean} largest keep the largest part only
 * @property {number} smooth radius in pixels
 */

/**
 * @param {Annotation} annotation
 * @param {CleanUp} options
 * @returns {Runs}
 * @throws {RangeError} with a sentence
 */
export function cleanedUp(annotation, options) {
  const size = sizeOf(annotation);
  let runs = runsOf(annotation);
  if (options.smooth > 0) runs = smooth(runs, size, options.smooth);
  if (options.holes > 0) runs = fillHoles(runs, size.height, options.holes);
  if (options.islands > 0) runs = dropIslands(runs, size.height, options.islands);
  return options.largest ? keepLargest(runs, size.height) : runs;
}

/** What a clean-up would add and remove, in pixels. @param {Runs} before @param {Runs} after */
export function changedPixels(before, after) {
  const changed = difference(before, after);
  return { added: area(intersect(changed, after)), removed: area(intersect(changed, before)) };
}

/**
 * The selected masks as polygons with editable corners; says how many pixels that changes.
 * @param {Editor} editor
 * @param {number} tolerance pixels
 */
export function toPolygons(editor, tolerance = 1) {
  let lost = 0;
  const masks = unlocked(editor)
    .filter((a) => !a.shape)
    .map((a) => {
      const rings = shapeOf(a.rle)
        .rings.map((ring) => simplifyRing(pairs(ring), tolerance))
        .filter((ring) => ring.length > 2);
      const runs = fillPolygon(rings, sizeOf(a));
      lost += area(difference(runs, runsOf(a)));
      return { id: a.id, runs, shape: { type: /** @type {const} */ ('polygon'), rings } };
    })
    .filter(({ runs }) => runs.length > 0);
  if (masks.length === 0) return editor.notify({ message: 'Select a mask that is not a polygon yet.' });
  editor.objects.reshape(masks, 'Convert to polygon');
  editor.notify({
    message: `Now a polygon: ${lost.toLocaleString('en')} pixels at the outline changed. Undo brings the exact mask back.`,
    kind: lost > 0 ? 'warning' : 'success',
  });
}

/** @param {ArrayLike<number>} ring @returns {[number, number][]} */
function pairs(ring) {
  return Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i] ?? 0, ring[2 * i + 1] ?? 0]);
}

/** Forgets the corners; the pixels stay as they are. @param {Editor} editor */
export function toMasks(editor) {
  const ids = unlocked(editor)
    .filter((a) => a.shape)
    .map(({ id }) => id);
  if (ids.length === 0) return editor.notify({ message: 'Select an object that was drawn as a polygon.' });
  editor.objects.update(ids, { shape: null }, 'Convert to mask');
  editor.notify({ message: 'Now plain masks: no pixel changed, the corners are gone. Undo brings them back.' });
}

/**
 * Objects as they can be pasted on any image.
 * @param {Annotation[]} list
 * @param {{ width: number, height: number }} target
 * @param {Point} [by] image pixels that they are moved by
 * @returns {NewObject[]} what fits on the target; empty masks are left out
 */
export function pasted(list, { width, height }, by = { x: 0, y: 0 }) {
  const target = { width, height };
  return list.flatMap((a) => {
    const runs = transplant(runsOf(a), sizeOf(a).height, { ...target, dx: by.x, dy: by.y });
    if (runs.length === 0) return [];
    // Corners stay where no pixel was cut off.
    const shape = area(runs) === area(runsOf(a)) ? shapeMoved(a.shape, by) : null;
    return [
      {
        rle: rleOf(runs, target),
        shape,
        label: a.label,
        attributes: a.attributes,
        predicted_iou: null,
        stability_score: null,
      },
    ];
  });
}
