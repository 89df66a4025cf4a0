/** No-overlap mode: a new mask takes its pixels from the objects it covers. */

/** @import { Annotation } from '../types.js' */
/** @import { Runs } from '../core/runs.js' */
import { boxesOverlap } from '../core/geometry.js';
import { bounds, equal, subtract } from '../core/runs.js';
import { shapeOf } from '../view/shapes.js';

/**
 * What `cover` takes away from each object; locked objects keep their pixels.
 * @param {Annotation[]} objects
 * @param {Runs} cover
 * @param {number} height
 * @param {ReadonlySet<string>} [spared]
 * @returns {{ id: string, runs: Runs }[]} changed masks only
 */
export function takeFrom(objects, cover, height, spared = new Set()) {
  const box = bounds(cover, height);
  return objects.flatMap((object) => {
    const shape = shapeOf(object.rle);
    if (object.locked || spared.has(object.id) || !box || !boxesOverlap(shape.box, box)) return [];
    const left = subtract(shape.runs, cover);
    return equal(left, shape.runs) ? [] : [{ id: object.id, runs: left }];
  });
}
