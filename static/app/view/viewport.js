/** Where the photo lies on the screen. Pure: every function returns a new viewport.
 *  Screen coordinates are CSS pixels from the stage's top-left corner. */

/** @import { Box } from '../types.js' */
/** @import { Point } from '../core/geometry.js' */
import { clamp } from '../core/geometry.js';

/**
 * @typedef {object} Viewport
 * @property {number} scale CSS pixels per image pixel
 * @property {number} x screen x of the image's left edge
 * @property {number} y screen y of the image's top edge
 * @property {number} width of the stage
 * @property {number} height of the stage
 * @property {number} imageWidth
 * @property {number} imageHeight
 */

const MAX_SCALE = 64;
const MARGIN = 24;
/** At least this much of the photo stays in sight. */
const KEEP_VISIBLE = 48;

/** @type {Viewport} */
export const INITIAL = { scale: 1, x: 0, y: 0, width: 1, height: 1, imageWidth: 1, imageHeight: 1 };

/**
 * The whole photo, centred, never enlarged beyond 8×.
 * @param {Viewport} v
 * @returns {Viewport}
 */
export function fit(v) {
  const scale = clamp(fitScale(v), 1e-4, 8);
  return centred({ ...v, scale });
}

/** @param {Viewport} v */
export function fitScale(v) {
  return Math.min(Math.max(1, v.width - 2 * MARGIN) / v.imageWidth, Math.max(1, v.height - 2 * MARGIN) / v.imageHeight);
}

/**
 * @param {Viewport} v
 * @returns {Viewport}
 */
export function centred(v) {
  return { ...v, x: (v.width - v.imageWidth * v.scale) / 2, y: (v.height - v.imageHeight * v.scale) / 2 };
}

/**
 * Zooms by a factor; the image point under `anchor` stays under it.
 * @param {Viewport} v
 * @param {number} factor
 * @param {Point} anchor in screen pixels
 * @returns {Viewport}
 */
export function zoomAt(v, factor, anchor) {
  const smallest = Math.min(fitScale(v) / 2, 1);
  return scaleTo(v, clamp(v.scale * factor, smallest, MAX_SCALE), anchor);
}

/**
 * @param {Viewport} v
 * @param {number} scale
 * @param {Point} anchor
 * @returns {Viewport}
 */
export function scaleTo(v, scale, anchor) {
  const ratio = scale / v.scale;
  return kept({ ...v, scale, x: anchor.x - (anchor.x - v.x) * ratio, y: anchor.y - (anchor.y - v.y) * ratio });
}

/**
 * @param {Viewport} v
 * @param {number} dx
 * @param {number} dy
 * @returns {Viewport}
 */
export function pan(v, dx, dy) {
  return kept({ ...v, x: v.x + dx, y: v.y + dy });
}

/**
 * A new stage size; the image point at the centre stays there.
 * @param {Viewport} v
 * @param {number} width
 * @param {number} height
 * @returns {Viewport}
 */
export function resized(v, width, height) {
  return kept({ ...v, width, height, x: v.x + (width - v.width) / 2, y: v.y + (height - v.height) / 2 });
}

/**
 * Zooms and pans so that a box of the image fills most of the stage.
 * @param {Viewport} v
 * @param {Box} box
 * @returns {Viewport}
 */
export function showBox(v, [x0, y0, x1, y1]) {
  const room = 0.6;
  const wanted = room * Math.min(v.width / Math.max(1, x1 - x0), v.height / Math.max(1, y1 - y0));
  const scale = clamp(wanted, Math.min(fitScale(v), 1), 16);
  return kept({ ...v, scale, x: v.width / 2 - ((x0 + x1) / 2) * scale, y: v.height / 2 - ((y0 + y1) / 2) * scale });
}

/**
 * @param {Viewport} v
 * @param {Point} screen
 * @returns {Point}
 */
export function toImage(v, screen) {
  return { x: (screen.x - v.x) / v.scale, y: (screen.y - v.y) / v.scale };
}

/**
 * @param {Viewport} v
 * @param {Point} image
 * @returns {Point}
 */
export function toScreen(v, image) {
  return { x: image.x * v.scale + v.x, y: image.y * v.scale + v.y };
}

/**
 * The part of the image in sight, or null when none is.
 * @param {Viewport} v
 * @returns {Box | null}
 */
export function visibleBox(v) {
  const a = toImage(v, { x: 0, y: 0 });
  const b = toImage(v, { x: v.width, y: v.height });
  /** @type {Box} */
  const box = [Math.max(0, a.x), Math.max(0, a.y), Math.min(v.imageWidth, b.x), Math.min(v.imageHeight, b.y)];
  return box[2] > box[0] && box[3] > box[1] ? box : null;
}

/**
 * @param {Viewport} v
 * @param {Point} image
 */
export function insideImage(v, image) {
  return image.x >= 0 && image.y >= 0 && image.x < v.imageWidth && image.y < v.imageHeight;
}

/**
 * The viewport moved so that the photo cannot be lost off the stage.
 * @param {Viewport} v
 * @returns {Viewport}
 */
function kept(v) {
  return {
    ...v,
    x: clamp(v.x, KEEP_VISIBLE - v.imageWidth * v.scale, v.width - KEEP_VISIBLE),
    y: clamp(v.y, KEEP_VISIBLE - v.imageHeight * v.scale, v.height - KEEP_VISIBLE),
  };
}
