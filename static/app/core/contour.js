/** Pixel-exact outlines. A ring runs along pixel edges with the mask on its right hand, so outer
 *  rings turn clockwise on screen and holes the other way. Pixels that touch at a corner belong
 *  together (8-connected), as in SAM's clean-up of small regions. Cost: the length of the outline. */

/** @import { Runs } from './runs.js' */
/** @import { Columns } from './columns.js' */
import { toColumns } from './columns.js';
import { at } from './typed.js';

/**
 * Vertical edges, left to right; edge e has corner 2e at its top and 2e + 1 at its bottom.
 * @typedef {object} Edges
 * @property {number[]} x
 * @property {number[]} top
 * @property {number[]} bottom
 * @property {boolean[]} down true: the mask is to the left, so the ring goes down
 */

/**
 * @param {Runs} runs
 * @param {number} height
 * @returns {Int32Array<ArrayBuffer>[]} rings of x, y, x, y, …
 */
export function contours(runs, height) {
  const edges = verticalEdges(toColumns(runs, height));
  return traceRings(edges, matchCorners(edges));
}

/**
 * @param {Columns} columns
 * @returns {Edges}
 */
function verticalEdges(columns) {
  /** @type {Edges} */
  const edges = { x: [], top: [], bottom: [], down: [] };
  for (let c = 0; c <= columns.count; c++) borderEdges(columns, c, edges);
  return edges;
}

/**
 * Edges between column c - 1 and column c: where exactly one of the two is in the mask.
 * @param {Columns} columns
 * @param {number} c
 * @param {Edges} edges
 */
function borderEdges(columns, c, edges) {
  const { first, tops, bottoms } = columns;
  let l = c === 0 ? 0 : 2 * at(first, c - 1);
  const lEnd = c === 0 ? 0 : 2 * at(first, c);
  let r = 2 * at(first, c);
  const rEnd = c === columns.count ? r : 2 * at(first, c + 1);
  /** @param {number} i */
  const event = (i) => (i % 2 === 0 ? at(tops, i >> 1) : at(bottoms, i >> 1));
  let [inLeft, inRight, previous] = [false, false, 0];
  while (l < lEnd || r < rEnd) {
    const y = Math.min(l < lEnd ? event(l) : Infinity, r < rEnd ? event(r) : Infinity);
    if (inLeft !== inRight) {
      edges.x.push(columns.x0 + c);
      edges.top.push(previous);
      edges.bottom.push(y);
      edges.down.push(inLeft);
    }
    if (l < lEnd && event(l) === y) { inLeft = !inLeft; l++; }
    if (r < rEnd && event(r) === y) { inRight = !inRight; r++; }
    previous = y;
  }
}

/**
 * Which corner each corner meets along its row: in every row the first with the second, the third
 * with the fourth, and so on, left to right.
 * @param {Edges} edges
 */
function matchCorners(edges) {
  const corners = edges.x.length * 2;
  /** @param {number} v */
  const row = (v) => /** @type {number} */ ((v % 2 === 0 ? edges.top : edges.bottom)[v >> 1]);
  // Only the rows that the mask covers: an image has thousands of small masks and thousands of rows.
  let [first, last] = [Infinity, -1];
  for (let v = 0; v < corners; v++) {
    first = Math.min(first, row(v));
    last = Math.max(last, row(v));
  }
  const start = new Uint32Array(Math.max(0, last - first) + 2);
  for (let v = 0; v < corners; v++) start[row(v) - first + 1] = whole(start, row(v) - first + 1) + 1;
  for (let y = 1; y < start.length; y++) start[y] = whole(start, y) + whole(start, y - 1);
  const order = new Uint32Array(corners);
  for (let v = 0; v < corners; v++) {
    const y = row(v) - first;
    order[whole(start, y)] = v;
    start[y] = whole(start, y) + 1;
  }
  joinDiagonals(order, edges, row);
  const mate = new Uint32Array(corners);
  for (let i = 0; i + 1 < corners; i += 2) {
    mate[whole(order, i)] = whole(order, i + 1);
    mate[whole(order, i + 1)] = whole(order, i);
  }
  return mate;
}

/**
 * Where two pixels meet at a corner only, two corners share the place; their order decides
 * whether the ring joins the pixels. Swapping them where the upper edge goes down joins.
 * @param {Uint32Array} order
 * @param {Edges} edges
 * @param {(v: number) => number} row
 */
function joinDiagonals(order, edges, row) {
  for (let i = 0; i + 1 < order.length; i++) {
    const upper = whole(order, i);
    const lower = whole(order, i + 1);
    const samePlace = edges.x[upper >> 1] === edges.x[lower >> 1] && row(upper) === row(lower);
    if (!samePlace || upper % 2 === 0) continue;
    if (edges.down[upper >> 1]) {
      order[i] = lower;
      order[i + 1] = upper;
    }
    i++;
  }
}

/**
 * @param {Edges} edges
 * @param {Uint32Array} mate
 */
function traceRings(edges, mate) {
  const visited = new Uint8Array(edges.x.length);
  /** @type {Int32Array<ArrayBuffer>[]} */
  const rings = [];
  for (let seed = 0; seed < visited.length; seed++) {
    if (visited[seed]) continue;
    /** @type {number[]} */
    const ring = [];
    for (let e = seed; !visited[e];) {
      visited[e] = 1;
      const [x, top, bottom] = [at(edges.x, e), at(edges.top, e), at(edges.bottom, e)];
      const down = edges.down[e];
      if (down) ring.push(x, top, x, bottom);
      else ring.push(x, bottom, x, top);
      e = whole(mate, 2 * e + (down ? 1 : 0)) >> 1;
    }
    rings.push(Int32Array.from(ring));
  }
  return rings;
}

/**
 * Twice the signed area of a ring: positive for outer rings, negative for holes (y points down).
 * @param {ArrayLike<number>} ring
 */
export function doubleArea(ring) {
  let sum = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    sum += at(ring, i) * at(ring, j + 1) - at(ring, j) * at(ring, i + 1);
  }
  return sum;
}

/** How many corners one straight piece may stand for: keeps the cost linear. */
const WINDOW = 24;

/**
 * A ring through the middles of its edges, with the corners left out that lie within `tolerance`
 * of the straight line. Rings of a pixel or two stay as they are.
 * @param {ArrayLike<number>} ring
 * @param {number} tolerance pixels
 * @returns {ArrayLike<number>}
 */
export function softened(ring, tolerance) {
  if (ring.length <= 16) return ring;
  const n = ring.length;
  const middles = new Float32Array(n);
  for (let i = 0; i < n; i += 2) {
    middles[i] = (at(ring, i) + at(ring, (i + 2) % n)) / 2;
    middles[i + 1] = (at(ring, i + 1) + at(ring, (i + 3) % n)) / 2;
  }
  const out = [at(middles, 0), at(middles, 1)];
  for (let from = 0; from < n - 2;) {
    let to = from + 2;
    while (to + 2 < n && to - from < 2 * WINDOW && straight(middles, from, to + 2, tolerance)) to += 2;
    out.push(at(middles, to), at(middles, to + 1));
    from = to;
  }
  return out.length >= 6 ? out : ring;
}

/**
 * Do all points between two lie within the tolerance of their chord?
 * @param {Float32Array} points
 * @param {number} from
 * @param {number} to
 * @param {number} tolerance
 */
function straight(points, from, to, tolerance) {
  const [ax, ay] = [real(points, from), real(points, from + 1)];
  const [dx, dy] = [real(points, to) - ax, real(points, to + 1) - ay];
  const length = Math.hypot(dx, dy);
  if (length === 0) return false;
  for (let i = from + 2; i < to; i += 2) {
    const off = Math.abs((real(points, i) - ax) * dy - (real(points, i + 1) - ay) * dx) / length;
    if (off > tolerance) return false;
  }
  return true;
}

/** Elements of one kind of array each; not the shared accessor, which the engine cannot specialise in these loops because
 *  others call it with arrays of other types. @param {Uint32Array} array @param {number} index */
function whole(array, index) {
  return /** @type {number} */ (array[index]);
}

/** @param {Float32Array} array @param {number} index */
function real(array, index) {
  return /** @type {number} */ (array[index]);
}
