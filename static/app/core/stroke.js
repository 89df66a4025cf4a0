/** A hand's path to a smooth brush stroke. Pure. */

/** @import { Dab } from './raster.js' */

/** Pressure never thins the brush below this share. */
const THINNEST = 0.35;
const STEPS = 5;

/**
 * Radius under a pen's pressure; mice and fingers report 0.5 or nothing useful and draw full width.
 * @param {number} radius
 * @param {{ pointerType: string, pressure: number }} pointer
 */
export function pressedRadius(radius, { pointerType, pressure }) {
  if (pointerType !== 'pen' || pressure <= 0) return radius;
  return radius * (THINNEST + (1 - THINNEST) * Math.min(1, pressure * 1.4));
}

/**
 * Adds a place to a raw path unless it is too close to the last one to matter.
 * @param {Dab[]} path changed in place
 * @param {Dab} dab
 * @returns {boolean} whether it was added
 */
export function extendPath(path, dab) {
  const last = path.at(-1);
  const gap = last ? Math.hypot(dab.x - last.x, dab.y - last.y) : Infinity;
  if (gap < Math.max(0.25, dab.radius * 0.12)) return false;
  path.push(dab);
  return true;
}

/**
 * The path as quadratic curves through the middles of its pieces: no corners between samples.
 * @param {Dab[]} path
 * @returns {Dab[]}
 */
export function smoothPath(path) {
  const [first] = path;
  if (!first || path.length < 3) return path.slice();
  /** @type {Dab[]} */
  const out = [first];
  for (let i = 1; i + 1 < path.length; i++) {
    const control = /** @type {Dab} */ (path[i]);
    const from = i === 1 ? first : middle(/** @type {Dab} */ (path[i - 1]), control);
    const to =
      i + 2 === path.length ? /** @type {Dab} */ (path[i + 1]) : middle(control, /** @type {Dab} */ (path[i + 1]));
    for (let step = 1; step <= STEPS; step++) out.push(onCurve(from, control, to, step / STEPS));
  }
  return out;
}

/** @param {Dab} a @param {Dab} b @returns {Dab} */
function middle(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, radius: (a.radius + b.radius) / 2 };
}

/** @param {Dab} a @param {Dab} c @param {Dab} b @param {number} t @returns {Dab} */
function onCurve(a, c, b, t) {
  const [wa, wc, wb] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
  return {
    x: wa * a.x + wc * c.x + wb * b.x,
    y: wa * a.y + wc * c.y + wb * b.y,
    radius: wa * a.radius + wc * c.radius + wb * b.radius,
  };
}
