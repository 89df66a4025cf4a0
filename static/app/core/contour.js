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
 * @property {number} count
 * @property {Int32Array} x
 * @property {Int32Array} rows of the corners
 * @property {Uint8Array} down 1: the mask is to the left, so the ring goes down
 */

/** Every mask is traced in the same memory: an image has thousands of small ones. */
let scratch = { x: new Int32Array(0), rows: new Int32Array(0), down: new Uint8Array(0), ring: new Int32Array(0) };

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
  // Each segment has two borders, to the column before and the column after; another's segment may cut them once more.
  const most = 4 * columns.tops.length;
  if (scratch.x.length < most) {
    scratch = {
      x: new Int32Array(most),
      rows: new Int32Array(2 * most),
      down: new Uint8Array(most),
      ring: new Int32Array(4 * most),
    };
  }
  const edges = { count: 0, ...scratch };
  for (let c = 0; c <= columns.count; c++) borderEdges(columns, c, edges);
  return edges;
}

const END = 2 ** 31 - 1;

/**
 * Edges between column c - 1 and column c: where exactly one of the two is in the mask.
 * @param {Columns} columns
 * @param {number} c
 * @param {Edges} edges
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: the hottest loop of the page, walked in one piece.
function borderEdges({ first, tops, bottoms, count, x0 }, c, edges) {
  const { x, rows, down } = edges;
  // Ends of segments, counted from an even number: inside at the odd ones.
  let l = c === 0 ? 0 : 2 * whole(first, c - 1);
  const lEnd = c === 0 ? 0 : 2 * whole(first, c);
  let r = 2 * whole(first, c);
  const rEnd = c === count ? r : 2 * whole(first, c + 1);
  let left = l < lEnd ? whole(tops, l >> 1) : END;
  let right = r < rEnd ? whole(tops, r >> 1) : END;
  let { count: e } = edges;
  for (let previous = 0; left !== END || right !== END; ) {
    const y = Math.min(left, right);
    if ((l ^ r) & 1) {
      x[e] = x0 + c;
      rows[2 * e] = previous;
      rows[2 * e + 1] = y;
      down[e++] = l & 1;
    }
    if (left === y) left = ++l < lEnd ? whole(l & 1 ? bottoms : tops, l >> 1) : END;
    if (right === y) right = ++r < rEnd ? whole(r & 1 ? bottoms : tops, r >> 1) : END;
    previous = y;
  }
  edges.count = e;
}

/**
 * Which corner each corner meets along its row: in every row the first with the second, the third
 * with the fourth, and so on, left to right.
 * @param {Edges} edges
 */
function matchCorners(edges) {
  const corners = edges.count * 2;
  const { rows } = edges;
  // Only the rows that the mask covers: an image has thousands of small masks and thousands of rows.
  let [first, last] = [END, -1];
  for (let v = 0; v < corners; v++) {
    const y = row(rows, v);
    if (y < first) first = y;
    if (y > last) last = y;
  }
  const start = new Uint32Array(Math.max(0, last - first) + 2);
  for (let v = 0; v < corners; v++) start[row(rows, v) - first + 1] = whole(start, row(rows, v) - first + 1) + 1;
  for (let y = 1; y < start.length; y++) start[y] = whole(start, y) + whole(start, y - 1);
  const order = new Uint32Array(corners);
  for (let v = 0; v < corners; v++) {
    const y = row(rows, v) - first;
    order[whole(start, y)] = v;
    start[y] = whole(start, y) + 1;
  }
  joinDiagonals(order, edges);
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
 */
function joinDiagonals(order, { x, rows, down }) {
  for (let i = 0; i + 1 < order.length; i++) {
    const upper = whole(order, i);
    const lower = whole(order, i + 1);
    const samePlace = x[upper >> 1] === x[lower >> 1] && rows[upper] === rows[lower];
    if (!samePlace || upper % 2 === 0) continue;
    if (down[upper >> 1]) {
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
function traceRings({ count, x, rows, down }, mate) {
  const visited = new Uint8Array(count);
  const { ring } = scratch;
  /** @type {Int32Array<ArrayBuffer>[]} */
  const rings = [];
  for (let seed = 0; seed < count; seed++) {
    if (visited[seed]) continue;
    let n = 0;
    for (let e = seed; !visited[e]; ) {
      visited[e] = 1;
      const leaves = 2 * e + (down[e] ? 1 : 0);
      ring[n] = ring[n + 2] = row(x, e);
      ring[n + 1] = row(rows, leaves ^ 1);
      ring[n + 3] = row(rows, leaves);
      n += 4;
      e = whole(mate, leaves) >> 1;
    }
    rings.push(ring.slice(0, n));
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
/** From two device pixels per image pixel on, the pixels of a mask are to be seen, and drawn as they are. */
const EXACT_FROM = 2;
/** The finest tolerance where image pixels are smaller than device pixels: a line of two pixels keeps its width. */
const FINE = 0.75;

/** How far a drawn outline may lie from the exact one: between a half and one device pixel. 0 says exact. Few values, so that
 *  few outlines are made. @param {number} scale device pixels per image pixel @returns {number} image pixels */
export function toleranceAt(scale) {
  if (scale >= EXACT_FROM) return 0;
  return scale * FINE > 1 ? 0.5 : FINE * 2 ** Math.floor(Math.log2(1 / (scale * FINE)));
}

/** A ring without its staircase: straight pieces through middles of its edges, all corners within `tolerance` of them. A
 *  corner that no such piece can pass stays, so straight edges keep their shape. Rings of a pixel or two stay as they are.
 *  @param {ArrayLike<number>} ring @param {number} tolerance pixels @returns {ArrayLike<number>} */
export function softened(ring, tolerance) {
  if (ring.length <= 16 || tolerance <= 0) return ring;
  const corners = cornersOf(ring);
  const n = corners.length - 2;
  const middles = new Float64Array(n + 2);
  for (let i = 0; i < n; i++) middles[i] = (real(corners, i) + real(corners, i + 2)) / 2;
  middles.copyWithin(n, 0, 2);
  /** @type {number[]} */
  const out = [];
  for (let from = 0, [x, y] = [real(middles, 0), real(middles, 1)]; from < n; ) {
    out.push(x, y);
    let to = from;
    while (to < n && to - from < 2 * WINDOW && straight(corners, from + 2, to + 2, x, y, middles, to + 2, tolerance))
      to += 2;
    // Not even the next middle: the corner before it stays, and from there the next middle is on the same edge.
    if (to === from) {
      out.push(real(corners, from + 2), real(corners, from + 3));
      to += 2;
    }
    from = to;
    x = real(middles, to);
    y = real(middles, to + 1);
  }
  return out.length >= 6 ? out : ring;
}

/** Where a ring turns, the first one again at the end. @param {ArrayLike<number>} ring */
function cornersOf(ring) {
  const n = ring.length;
  const corners = new Float64Array(n + 2);
  let count = 0;
  for (let i = 0; i < n; i += 2) {
    const [x, y] = [at(ring, i), at(ring, i + 1)];
    const [before, after] = [i === 0 ? n - 2 : i - 2, i + 2 === n ? 0 : i + 2];
    // Along a straight edge, and where two pieces of one meet, it does not turn.
    if (at(ring, before) === x && at(ring, after) === x) continue;
    if (at(ring, before + 1) === y && at(ring, after + 1) === y) continue;
    corners[count++] = x;
    corners[count++] = y;
  }
  corners.copyWithin(count, 0, 2);
  return corners.subarray(0, count + 2);
}

/** Do all corners from `first` to `last` lie within the tolerance of the piece from (x, y) to a middle?
 *  @param {Float64Array} corners @param {number} first @param {number} last @param {number} x @param {number} y
 *  @param {Float64Array} middles @param {number} to @param {number} tolerance */
function straight(corners, first, last, x, y, middles, to, tolerance) {
  const dx = real(middles, to) - x,
    dy = real(middles, to + 1) - y;
  const length = Math.sqrt(dx * dx + dy * dy); // not hypot, which is careful and slow
  if (length === 0) return false;
  const limit = tolerance * length + 1e-9,
    square = tolerance * tolerance + 1e-9,
    end = length * length;
  for (let i = first; i <= last; i += 2) {
    const px = real(corners, i) - x,
      py = real(corners, i + 1) - y;
    if (Math.abs(px * dy - py * dx) > limit) return false;
    // Beyond an end the end is nearest: a thin part goes out and comes back along the same line.
    const along = px * dx + py * dy;
    if (along < 0 && px * px + py * py > square) return false;
    if (along > end && (px - dx) * (px - dx) + (py - dy) * (py - dy) > square) return false;
  }
  return true;
}

/** Elements of one kind of array each; not the shared accessor, which the engine cannot specialise in these loops because
 *  others call it with arrays of other types. @param {Uint32Array} array @param {number} index */
function whole(array, index) {
  return /** @type {number} */ (array[index]);
}

/** @param {Int32Array} array @param {number} index */
function row(array, index) {
  return /** @type {number} */ (array[index]);
}

/** @param {Float64Array} array @param {number} index */
function real(array, index) {
  return /** @type {number} */ (array[index]);
}
