/** Shapes to runs, column by column and without a bitmap. A pixel belongs to a shape when its
 *  centre does. */

/** @import { Runs } from './runs.js' */
/** @import { Point } from './geometry.js' */
import { fromRanges } from './runs.js';

/** @typedef {{ width: number, height: number }} Size */
/** One place of a brush stroke. @typedef {{ x: number, y: number, radius: number }} Dab */

/**
 * Even-odd fill of closed rings.
 * @param {[number, number][][]} rings
 * @param {Size} size
 * @returns {Runs}
 */
export function fillPolygon(rings, size) {
  /** @type {Map<number, number[]>} column -> where its centre line crosses the outline */
  const crossings = new Map();
  for (const ring of rings) {
    for (const [i, from] of ring.entries())
      crossEdge(from, /** @type {[number, number]} */ (ring[(i + 1) % ring.length]), size, crossings);
  }
  /** @type {[number, number][]} */
  const ranges = [];
  for (const [x, ys] of crossings) {
    ys.sort((a, b) => a - b);
    for (let i = 0; i + 1 < ys.length; i += 2) pushRange(ranges, x, ys[i] ?? 0, ys[i + 1] ?? 0, size);
  }
  return fromRanges(ranges);
}

/**
 * @param {[number, number]} a
 * @param {[number, number]} b
 * @param {Size} size
 * @param {Map<number, number[]>} crossings
 */
function crossEdge(a, b, size, crossings) {
  const [left, right] = a[0] <= b[0] ? [a, b] : [b, a];
  const from = Math.max(0, Math.ceil(left[0] - 0.5));
  const to = Math.min(size.width, Math.ceil(right[0] - 0.5));
  const slope = (right[1] - left[1]) / (right[0] - left[0]);
  for (let x = from; x < to; x++) {
    const y = left[1] + (x + 0.5 - left[0]) * slope;
    const list = crossings.get(x);
    if (list) list.push(y);
    else crossings.set(x, [y]);
  }
}

/**
 * Adds the pixels of column x whose centres lie in [y0, y1).
 * @param {[number, number][]} ranges
 * @param {number} x
 * @param {number} y0
 * @param {number} y1
 * @param {Size} size
 */
function pushRange(ranges, x, y0, y1, size) {
  const top = Math.max(0, Math.ceil(y0 - 0.5));
  const bottom = Math.min(size.height, Math.ceil(y1 - 0.5));
  if (bottom > top) ranges.push([x * size.height + top, x * size.height + bottom]);
}

/**
 * A brush stroke: discs at the dabs and everything swept between neighbours.
 * @param {Dab[]} dabs
 * @param {Size} size
 * @returns {Runs}
 */
export function fillStroke(dabs, size) {
  /** @type {[number, number][]} */
  const ranges = [];
  for (const [i, dab] of dabs.entries()) sweep(dabs[Math.max(0, i - 1)] ?? dab, dab, size, ranges);
  return fromRanges(ranges);
}

/**
 * The convex shape between two discs: each column meets it in one range.
 * @param {Dab} a
 * @param {Dab} b
 * @param {Size} size
 * @param {[number, number][]} ranges
 */
function sweep(a, b, size, ranges) {
  const tangents = tangentEdges(a, b);
  const from = Math.max(0, Math.ceil(Math.min(a.x - a.radius, b.x - b.radius) - 0.5));
  const to = Math.min(size.width, Math.ceil(Math.max(a.x + a.radius, b.x + b.radius) - 0.5));
  for (let x = from; x < to; x++) {
    const range = [Infinity, -Infinity];
    includeDisc(range, a, x + 0.5);
    includeDisc(range, b, x + 0.5);
    for (const [p, q] of tangents) includeEdge(range, p, q, x + 0.5);
    pushRange(ranges, x, range[0] ?? 0, range[1] ?? 0, size);
  }
}

/**
 * @param {number[]} range low and high, widened in place
 * @param {Dab} disc
 * @param {number} x
 */
function includeDisc(range, disc, x) {
  const half = disc.radius ** 2 - (x - disc.x) ** 2;
  if (half < 0) return;
  range[0] = Math.min(range[0] ?? 0, disc.y - Math.sqrt(half));
  range[1] = Math.max(range[1] ?? 0, disc.y + Math.sqrt(half));
}

/**
 * @param {number[]} range
 * @param {Point} p
 * @param {Point} q
 * @param {number} x
 */
function includeEdge(range, p, q, x) {
  if (p.x === q.x || x < Math.min(p.x, q.x) || x > Math.max(p.x, q.x)) return;
  const y = p.y + ((x - p.x) / (q.x - p.x)) * (q.y - p.y);
  range[0] = Math.min(range[0] ?? 0, y);
  range[1] = Math.max(range[1] ?? 0, y);
}

/**
 * The two outer tangents of two discs; none when one disc lies in the other.
 * @param {Dab} a
 * @param {Dab} b
 * @returns {[Point, Point][]}
 */
function tangentEdges(a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const gap = Math.hypot(dx, dy);
  if (gap <= Math.abs(a.radius - b.radius)) return [];
  const along = (a.radius - b.radius) / gap;
  const across = Math.sqrt(1 - along * along);
  return [1, -1].map((side) => {
    const nx = (dx / gap) * along - side * (dy / gap) * across;
    const ny = (dy / gap) * along + side * (dx / gap) * across;
    return [
      { x: a.x + nx * a.radius, y: a.y + ny * a.radius },
      { x: b.x + nx * b.radius, y: b.y + ny * b.radius },
    ];
  });
}
