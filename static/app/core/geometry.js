/** Plane geometry in image pixels. Pure: no DOM, no state. */

/** @import { Box } from '../types.js' */
/** @typedef {{ x: number, y: number }} Point */

/** @param {number} value @param {number} low @param {number} high */
export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

/** @param {Point} a @param {Point} b */
export function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** The box spanned by two corners, inside the image.
 *  @param {Point} a @param {Point} b @param {number} width @param {number} height @returns {Box} */
export function boxFromCorners(a, b, width, height) {
  return [
    clamp(Math.min(a.x, b.x), 0, width),
    clamp(Math.min(a.y, b.y), 0, height),
    clamp(Math.max(a.x, b.x), 0, width),
    clamp(Math.max(a.y, b.y), 0, height),
  ];
}

/** @param {Box} a @param {Box} b */
export function boxesOverlap(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/** @param {Box} box @param {Point} point */
export function boxContains(box, point) {
  return point.x >= box[0] && point.x < box[2] && point.y >= box[1] && point.y < box[3];
}

/** The eight handles of a box: four corners, then the middles of top, right, bottom and left. */
export const HANDLES = /** @type {const} */ (['nw', 'ne', 'se', 'sw', 'n', 'e', 's', 'w']);
/** @typedef {typeof HANDLES[number]} Handle */

/** @param {Box} box @param {Handle} handle @returns {Point} */
export function handlePoint(box, handle) {
  const x = handle.includes('w') ? box[0] : handle.includes('e') ? box[2] : (box[0] + box[2]) / 2;
  const y = handle.includes('n') ? box[1] : handle.includes('s') ? box[3] : (box[1] + box[3]) / 2;
  return { x, y };
}

/** The handle within `reach` of the point, nearest first.
 *  @param {Box} box @param {Point} point @param {number} reach @returns {Handle | null} */
export function handleAt(box, point, reach) {
  /** @type {Handle | null} */
  let best = null;
  let bestDistance = reach;
  for (const handle of HANDLES) {
    const d = distance(handlePoint(box, handle), point);
    if (d <= bestDistance) [best, bestDistance] = [handle, d];
  }
  return best;
}

/** The box after one of its handles went to `point`; corners may cross.
 *  @param {Box} box @param {Handle} handle @param {Point} point @param {number} width @param {number} height
 *  @returns {Box} */
export function resizeBox(box, handle, point, width, height) {
  let [x0, y0, x1, y1] = box;
  if (handle.includes('w')) x0 = point.x;
  if (handle.includes('e')) x1 = point.x;
  if (handle.includes('n')) y0 = point.y;
  if (handle.includes('s')) y1 = point.y;
  return boxFromCorners({ x: x0, y: y0 }, { x: x1, y: y1 }, width, height);
}

/** Distance from a point to the segment a–b. @param {Point} p @param {Point} a @param {Point} b */
export function segmentDistance(p, a, b) {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length2 = dx * dx + dy * dy;
  const t = length2 === 0 ? 0 : clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length2, 0, 1);
  return Math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}
