/** Where copies go so that they are seen: not exactly on what they are copies of. Pure. */

/** @import { Annotation } from '../types.js' */
/** @import { Point } from '../core/geometry.js' */

/** So far apart, on screen, that both outlines are seen. */
const APART = 14;
const TRIES = 60;
/** Down and to the right first, as elsewhere; the others for objects that lie at a border. */
const WAYS = [
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
];

/** @typedef {Pick<Annotation, 'bbox' | 'area'>} Measured */

/** @param {Measured} object @param {number} dx @param {number} dy */
const place = ({ bbox: [x, y, w, h], area }, dx, dy) => [x + dx, y + dy, w, h, area].join();

/**
 * How copies are moved: not at all where no object like one of them lies, else to the first place beside it that is free
 * and inside the image. An object as large as the image stays where it is.
 * @param {readonly Measured[]} copies in image pixels
 * @param {readonly Measured[]} there what is on the image already
 * @param {{ width: number, height: number, scale: number }} image its size; screen pixels an image pixel
 * @returns {Point} whole image pixels
 */
export function beside(copies, there, { width, height, scale }) {
  const taken = new Set(there.map((object) => place(object, 0, 0)));
  const free = (/** @type {number} */ dx, /** @type {number} */ dy) =>
    !copies.some((copy) => taken.has(place(copy, dx, dy)));
  if (free(0, 0)) return { x: 0, y: 0 };
  const [left, top] = [0, 1].map((at) => Math.min(...copies.map(({ bbox }) => bbox[at] ?? 0)));
  const right = Math.max(...copies.map(({ bbox }) => bbox[0] + bbox[2]));
  const bottom = Math.max(...copies.map(({ bbox }) => bbox[1] + bbox[3]));
  const fits = (/** @type {number} */ dx, /** @type {number} */ dy) =>
    (left ?? 0) + dx >= 0 && (top ?? 0) + dy >= 0 && right + dx <= width && bottom + dy <= height;
  for (let step = Math.max(1, Math.round(APART / scale)); step >= 1; step = Math.floor(step / 2)) {
    for (const [x = 0, y = 0] of WAYS) {
      for (let n = step; n <= step * TRIES && fits(n * x, n * y); n += step)
        if (free(n * x, n * y)) return { x: n * x, y: n * y };
    }
  }
  return { x: 0, y: 0 };
}

/** Corners moved along. @param {Annotation['shape']} shape @param {Point} by @returns {Annotation['shape']} */
export function shapeMoved(shape, { x, y }) {
  return shape && { ...shape, rings: shape.rings.map((ring) => ring.map(([cx, cy]) => [cx + x, cy + y])) };
}
