/** What a clean-up would make of masks: the new ones, what is added and removed, and how that looks on the photo. */

/** @import { Annotation } from '../types.js' */
/** @import { CleanUp } from '../tools/mask_verbs.js' */
/** @import { Runs } from '../core/runs.js' */
/** @import { Viewport } from '../view/viewport.js' */
import { intersect, subtract } from '../core/runs.js';
import { changedPixels, cleanedUp } from '../tools/mask_verbs.js';
import { MaskShape, shapeOf } from '../view/shapes.js';

const ADDED = 'rgb(53 194 123 / 0.85)';
const REMOVED = 'rgb(255 97 97 / 0.85)';

/** @typedef {{ added: MaskShape, removed: MaskShape }} Difference */
/** @typedef {{ masks: { id: string, runs: Runs }[], differences: Difference[], added: number, removed: number }} Outcome
 *    one mask and one difference per object; `added` and `removed` are pixels of all of them */

/** @type {Readonly<Outcome>} */
export const NOTHING = { masks: [], differences: [], added: 0, removed: 0 };

/**
 * @param {Annotation[]} list
 * @param {CleanUp} options
 * @returns {Outcome}
 * @throws {Error} where a mask would be left with no pixel
 */
export function outcomeOf(list, options) {
  const masks = list.map((annotation) => ({ id: annotation.id, runs: cleanedUp(annotation, options) }));
  const sum = { added: 0, removed: 0 };
  const differences = list.map(({ rle }, i) => {
    const before = shapeOf(rle).runs;
    const after = masks[i]?.runs ?? before;
    const pixels = changedPixels(before, after);
    sum.added += pixels.added;
    sum.removed += pixels.removed;
    return {
      added: new MaskShape(subtract(after, before), rle.size[0]),
      removed: new MaskShape(subtract(before, intersect(after, before)), rle.size[0]),
    };
  });
  return { masks, differences, ...sum };
}

/** @param {CanvasRenderingContext2D} context @param {Viewport} v @param {Difference[]} differences */
export function paintDifferences(context, v, differences) {
  context.save();
  context.translate(v.x, v.y);
  context.scale(v.scale, v.scale);
  for (const { added, removed } of differences) {
    context.fillStyle = ADDED;
    context.fill(added.path(v.scale), 'evenodd');
    context.fillStyle = REMOVED;
    context.fill(removed.path(v.scale), 'evenodd');
  }
  context.restore();
}
