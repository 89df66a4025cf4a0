/** What is drawn of a mask: runs, box, outline paths. Cached by the RLE itself, so a changed mask
 *  is a new entry and an unchanged one is never traced twice. */

/** @import { Box, Rle } from '../types.js' */
/** @import { Runs } from '../core/runs.js' */
import { contours, softened, toleranceAt } from '../core/contour.js';
import { fromRuns, runsOf } from '../core/rle.js';
import { at } from '../core/typed.js';
import { bounds, contains, fromCounts, toCounts } from '../core/runs.js';

/** @type {WeakMap<Rle, MaskShape>} */
const cache = new WeakMap();

/** One mask, traced when first drawn. */
export class MaskShape {
  /** @type {Map<number, Path2D>} */
  #paths = new Map();
  /** @type {Int32Array<ArrayBuffer>[] | null} */
  #rings = null;

  /**
   * @param {Runs} runs
   * @param {number} height of the image
   */
  constructor(runs, height) {
    this.runs = runs;
    this.height = height;
    /** @type {Box} */
    this.box = bounds(runs, height) ?? [0, 0, 0, 0];
  }

  get rings() {
    this.#rings ??= contours(this.runs, this.height);
    return this.#rings;
  }

  /**
   * @param {number} x
   * @param {number} y image pixels
   */
  contains(x, y) {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const [x0, y0, x1, y1] = this.box;
    return column >= x0 && column < x1 && row >= y0 && row < y1 && contains(this.runs, column * this.height + row);
  }

  /**
   * The outline in image pixels: exact where pixels can be seen; elsewhere without the staircase, at most one device
   * pixel off, and with far fewer corners.
   * @param {number} scale device pixels per image pixel
   */
  path(scale) {
    const tolerance = toleranceAt(scale);
    let path = this.#paths.get(tolerance);
    if (!path) {
      path = exactPath(this.rings.map((ring) => softened(ring, tolerance)));
      this.#paths.set(tolerance, path);
    }
    return path;
  }
}

/** @param {Rle} rle */
export function shapeOf(rle) {
  let shape = cache.get(rle);
  if (!shape) {
    shape = new MaskShape(fromCounts(runsOf(rle)), rle.size[0]);
    cache.set(rle, shape);
  }
  return shape;
}

/**
 * @param {Runs} runs
 * @param {{ width: number, height: number }} size
 * @returns {Rle}
 */
export function rleOf(runs, size) {
  return fromRuns(size.height, size.width, toCounts(runs, size.width * size.height));
}

/** @param {ArrayLike<number>[]} rings */
export function exactPath(rings) {
  const path = new Path2D();
  for (const ring of rings) {
    path.moveTo(at(ring, 0), at(ring, 1));
    for (let i = 2; i < ring.length; i += 2) path.lineTo(at(ring, i), at(ring, i + 1));
    path.closePath();
  }
  return path;
}
