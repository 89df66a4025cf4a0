/** Borders that follow the picture's edges: the twin of sam_backend/edges.py, held to the same answers by
 *  tests/fixtures/edges_golden.json. A package asks for it (`decoder.edge_radius`) and ships the picture at the size of the
 *  logits with the embedding. */
/** @import { LogitFrame } from '../types.js' */

import { at } from '../core/typed.js';
import { inUse } from './tidy.js';

const EPSILON = 3e-4;
const SURE = 4;
/** Where entry (i, j) of a symmetric 3 × 3 matrix stands among the six that are kept. */
const PLACE = Object.freeze([0, 1, 2, 1, 3, 4, 2, 4, 5]);

/** What the filter needs of one picture; made once, used for every mask. Maps are Float64Array [rows × columns]. */
export class EdgeGuide {
  /** @param {Float32Array} guide [3, maskSize, maskSize], RGB 0 to 1 @param {LogitFrame} frame @param {number} radius in cells */
  constructor(guide, frame, radius) {
    this.side = frame.maskSize;
    this.rows = inUse(frame.scaledHeight, frame);
    this.columns = inUse(frame.scaledWidth, frame);
    this.radius = radius;
    const plane = this.side ** 2;
    /** @type {Float64Array[]} */
    this.picture = [0, 1, 2].map((channel) => this.#cut(guide.subarray(channel * plane, (channel + 1) * plane)));
    this.mean = this.picture.map((channel) => this.#box(channel));
    this.inverse = this.#inverseCovariance();
  }

  /** Logits [maskSize²] to new ones; beyond the picture they stay as they are.
   *  @param {Float32Array} logits @param {number} [threshold] @returns {Float32Array} */
  refine(logits, threshold = 0) {
    const inside = this.#cut(logits);
    for (let cell = 0; cell < inside.length; cell++) inside[cell] = Math.min(SURE, Math.max(-SURE, real(inside, cell) - threshold));
    const offset = this.#box(inside);
    const covariance = this.picture.map((channel, i) => {
      const both = this.#box(times(channel, inside));
      subtractProduct(both, map(this.mean, i), offset);
      return both;
    });
    const guided = new Float64Array(inside.length);
    for (let i = 0; i < 3; i++) {
      const slope = combine(this.inverse, i, covariance);
      subtractProduct(offset, slope, map(this.mean, i));
      addProduct(guided, this.#box(slope), map(this.picture, i));
    }
    const smooth = this.#box(offset);
    for (let cell = 0; cell < guided.length; cell++) guided[cell] = real(guided, cell) + real(smooth, cell);
    const result = logits.slice();
    const row = new Float64Array(this.columns);
    for (let y = 0; y < this.rows; y++) {
      medians(guided, row, y, this.rows);
      for (let x = 0; x < this.columns; x++) result[y * this.side + x] = real(row, x) + threshold;
    }
    return result;
  }

  /** The cells that the picture reaches. @param {Float32Array} plane [side²] */
  #cut(plane) {
    const cells = new Float64Array(this.rows * this.columns);
    for (let y = 0; y < this.rows; y++) cells.set(plane.subarray(y * this.side, y * this.side + this.columns), y * this.columns);
    return cells;
  }

  /** The six kept entries of the inverse of covariance + EPSILON. */
  #inverseCovariance() {
    const entries = Array.from({ length: 6 }, () => new Float64Array(this.rows * this.columns));
    for (let i = 0; i < 3; i++) {
      for (let j = i; j < 3; j++) {
        const both = this.#box(times(map(this.picture, i), map(this.picture, j)));
        subtractProduct(both, map(this.mean, i), map(this.mean, j));
        map(entries, at(PLACE, 3 * i + j)).set(i === j ? both.map((value) => value + EPSILON) : both);
      }
    }
    invert(entries);
    return entries;
  }

  /** Mean over the square window around every cell, which ends at the picture's border. @param {Float64Array} values */
  #box(values) {
    const { rows, columns, radius } = this;
    const result = new Float64Array(values.length);
    const sums = new Float64Array(columns);
    for (let y = 0; y < Math.min(radius, rows); y++) addRow(sums, values, y, 1);
    for (let y = 0; y < rows; y++) {
      if (y + radius < rows) addRow(sums, values, y + radius, 1);
      if (y > radius) addRow(sums, values, y - radius - 1, -1);
      const height = Math.min(rows - 1, y + radius) - Math.max(0, y - radius) + 1;
      windowMeans(sums, result.subarray(y * columns, (y + 1) * columns), radius, height);
    }
    return result;
  }
}

/** @param {Float64Array} sums one number per column @param {Float64Array} values @param {number} row @param {1 | -1} sign */
function addRow(sums, values, row, sign) {
  const start = row * sums.length;
  for (let x = 0; x < sums.length; x++) sums[x] = real(sums, x) + sign * real(values, start + x);
}

/** A row of means from the sums of its columns. @param {Float64Array} sums @param {Float64Array} row @param {number} radius @param {number} height */
function windowMeans(sums, row, radius, height) {
  const { length } = sums;
  let sum = 0;
  for (let x = 0; x < Math.min(radius, length); x++) sum += real(sums, x);
  for (let x = 0; x < length; x++) {
    if (x + radius < length) sum += real(sums, x + radius);
    if (x > radius) sum -= real(sums, x - radius - 1);
    row[x] = sum / ((Math.min(length - 1, x + radius) - Math.max(0, x - radius) + 1) * height);
  }
}

/** In place, cell by cell: six entries of a symmetric matrix to those of its inverse. @param {Float64Array[]} entries */
function invert(entries) {
  const [aa, ab, ac, bb, bc, cc] = /** @type {[Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]} */ (entries);
  for (let i = 0; i < aa.length; i++) {
    const a = real(aa, i), b = real(ab, i), c = real(ac, i), d = real(bb, i), e = real(bc, i), f = real(cc, i);
    const determinant = a * (d * f - e * e) - b * (b * f - c * e) + c * (b * e - c * d);
    aa[i] = (d * f - e * e) / determinant;
    ab[i] = (c * e - b * f) / determinant;
    ac[i] = (b * e - c * d) / determinant;
    bb[i] = (a * f - c * c) / determinant;
    bc[i] = (b * c - a * e) / determinant;
    cc[i] = (a * d - b * b) / determinant;
  }
}

/** Row y of the medians of every cell and its eight neighbours: single cells of another colour than those around them would
 *  become specks. The median of nine is the middle of three: of the largest of the columns' low values, the middle one of
 *  their middle values, the smallest of their high values.
 *  @param {Float64Array} values @param {Float64Array} result one row @param {number} y @param {number} rows */
function medians(values, result, y, rows) {
  const columns = result.length;
  const above = Math.max(0, y - 1) * columns, here = y * columns, below = Math.min(rows - 1, y + 1) * columns;
  const [low, mid, high] = [result.slice(), result.slice(), result.slice()];
  for (let x = 0; x < columns; x++) {
    const a = real(values, above + x), b = real(values, here + x), c = real(values, below + x);
    low[x] = Math.min(a, b, c);
    mid[x] = middle(a, b, c);
    high[x] = Math.max(a, b, c);
  }
  for (let x = 0; x < columns; x++) {
    const left = Math.max(0, x - 1), right = Math.min(columns - 1, x + 1);
    result[x] = middle(
      Math.max(real(low, left), real(low, x), real(low, right)),
      middle(real(mid, left), real(mid, x), real(mid, right)),
      Math.min(real(high, left), real(high, x), real(high, right)),
    );
  }
}

/** @param {number} a @param {number} b @param {number} c */
function middle(a, b, c) {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** Row `row` of the inverse times the covariance. @param {Float64Array[]} inverse @param {number} row @param {Float64Array[]} covariance */
function combine(inverse, row, covariance) {
  const result = new Float64Array(map(covariance, 0).length);
  for (let j = 0; j < 3; j++) addProduct(result, map(inverse, at(PLACE, 3 * row + j)), map(covariance, j));
  return result;
}

/** @param {Float64Array} a @param {Float64Array} b */
function times(a, b) {
  const result = new Float64Array(a.length);
  addProduct(result, a, b);
  return result;
}

/** @param {Float64Array} target @param {Float64Array} a @param {Float64Array} b */
function addProduct(target, a, b) {
  for (let i = 0; i < target.length; i++) target[i] = real(target, i) + real(a, i) * real(b, i);
}

/** @param {Float64Array} target @param {Float64Array} a @param {Float64Array} b */
function subtractProduct(target, a, b) {
  for (let i = 0; i < target.length; i++) target[i] = real(target, i) - real(a, i) * real(b, i);
}

/** @param {Float64Array[]} maps @param {number} index */
function map(maps, index) {
  return /** @type {Float64Array} */ (maps[index]);
}

/** Element of a map; its own accessor, so that the engine specialises it (see postprocess.js). @param {Float64Array} values @param {number} index */
function real(values, index) {
  return /** @type {number} */ (values[index]);
}
