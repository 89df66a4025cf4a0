/** Borders that follow the picture's edges: the twin of sam_backend/edges.py, held to the same answers by
 *  tests/fixtures/edges_golden.json. A package asks for it (`decoder.edge_radius`) and ships the picture at the size of the
 *  logits with the embedding. Four of these stand between a click and its masks: the maps that a step needs lie side by
 *  side, four numbers a cell, and all steps walk down the rows together, so that what they hand on stays in the cache. */
/** @import { LogitFrame } from '../types.js' */

import { inUse } from './tidy.js';

const { min, max } = Math;
const EPSILON = 3e-4;
const SURE = 4;
/** Numbers a cell. */
const FOUR = 4;
/** Entries of a symmetric 3 × 3 matrix: rr rg rb gg gb bb. */
const SIX = 6;

/** What the filter needs of one picture; made once, used for every mask. */
export class EdgeGuide {
  /** @param {Float32Array} guide [3, maskSize, maskSize], RGB 0 to 1 @param {LogitFrame} frame @param {number} radius in cells */
  constructor(guide, frame, radius) {
    this.side = frame.maskSize;
    this.rows = inUse(frame.scaledHeight, frame);
    this.columns = inUse(frame.scaledWidth, frame);
    this.radius = radius;
    /** 1, R, G, B of every cell, and the means of that over its window. */
    this.picture = this.#cut(guide);
    this.mean = new Float32Array(this.picture.length);
    this.inverse = this.#inverseCovariance();
  }

  /** Logits [maskSize²] to new ones; beyond the picture they stay as they are.
   *  @param {Float32Array} logits @param {number} [threshold] @returns {Float32Array} */
  refine(logits, threshold = 0) {
    const { rows, columns, side, radius, picture, mean, inverse } = this;
    const [weighed, lines] = [new WindowMeans(this), new WindowMeans(this)];
    const guided = new Float32Array(rows * columns);
    for (let y = -2 * radius; y < rows; y++) {
      const enters = y + 2 * radius;
      if (enters < rows)
        weigh(
          picture,
          logits.subarray(enters * side, enters * side + columns),
          weighed.enters,
          enters * columns,
          threshold,
        );
      weighed.step(y + radius);
      if (y + radius < 0) continue;
      if (y + radius < rows) fitLines(weighed.means, mean, inverse, lines.enters, (y + radius) * columns);
      lines.step(y);
      if (y >= 0) drawLines(lines.means, picture, guided, y * columns);
    }
    const result = logits.slice();
    for (let y = 0; y < rows; y++) medians(guided, result.subarray(y * side, y * side + columns), y, rows, threshold);
    return result;
  }

  /** The cells that the picture reaches. @param {Float32Array} guide */
  #cut(guide) {
    const sheet = new Float32Array(FOUR * this.rows * this.columns).fill(1);
    for (let channel = 0; channel < 3; channel++) {
      let to = channel + 1;
      for (let y = 0; y < this.rows; y++) {
        const from = (channel * this.side + y) * this.side;
        for (let x = from; x < from + this.columns; x++, to += FOUR) sheet[to] = single(guide, x);
      }
    }
    return sheet;
  }

  /** The kept entries, cell by cell, of the inverse of covariance + EPSILON; and the means on the way. */
  #inverseCovariance() {
    const { rows, columns, radius, picture, mean } = this;
    const inverse = new Float32Array(SIX * rows * columns);
    const plain = new WindowMeans(this);
    const products = [1, 2, 3].map((channel) => ({ channel, sums: new WindowMeans(this) }));
    const [red, green, blue] = /** @type {[Float64Array, Float64Array, Float64Array]} */ (
      products.map(({ sums }) => sums.means)
    );
    for (let y = -radius; y < rows; y++) {
      const entering = picture.subarray(FOUR * (y + radius) * columns, FOUR * (y + radius + 1) * columns);
      plain.enters.set(entering);
      plain.step(y);
      for (const { channel, sums } of products) {
        multiply(entering, channel, sums.enters);
        sums.step(y);
      }
      if (y < 0) continue;
      mean.set(plain.means, FOUR * y * columns);
      invert(plain.means, red, green, blue, inverse.subarray(SIX * y * columns));
    }
    return inverse;
  }
}

/** Means over the square window around every cell, which ends at the picture's border: row by row, as rows come in. */
class WindowMeans {
  /** @param {{ rows: number, columns: number, radius: number }} size */
  constructor({ rows, columns, radius }) {
    this.rows = rows;
    this.radius = radius;
    this.turn = 0;
    const side = 2 * radius + 1;
    /** The row to put in next. */
    this.enters = new Float32Array(FOUR * columns);
    /** The rows that are in. */
    this.inside = Array.from({ length: side }, () => new Float32Array(FOUR * columns));
    /** Of every column, with room for windows that reach beyond the first and the last. */
    this.sums = new Float64Array(FOUR * (columns + side - 1));
    this.means = new Float64Array(FOUR * columns);
    this.shares = Float64Array.from({ length: columns }, (_, x) => 1 / reach(x, columns, radius));
  }

  /** `enters` goes in, unless it lies below the picture; then `means` are those of row y. @param {number} y */
  step(y) {
    const { enters, inside, sums, means, shares, radius, rows } = this;
    if (y + radius >= rows) enters.fill(0);
    const leaves = /** @type {Float32Array} */ (inside[this.turn++ % inside.length]);
    slide(sums, enters, leaves, means, shares, 1 / reach(Math.max(0, Math.min(y, rows - 1)), rows, radius));
  }
}

/** Cells of a window along an axis. @param {number} at @param {number} length @param {number} radius */
function reach(at, length, radius) {
  return Math.min(length - 1, at + radius) - Math.max(0, at - radius) + 1;
}

/** The row that enters takes the place of the one that leaves; means of four maps from the sums of their columns.
 *  @param {Float64Array} sums with `radius` cells of nothing before and after @param {Float32Array} enters @param {Float32Array} leaves
 *  @param {Float64Array} means @param {Float64Array} shares one over a window's width @param {number} share one over its height */
function slide(sums, enters, leaves, means, shares, share) {
  const cells = shares.length,
    reach = (sums.length - enters.length) / 2;
  let a = 0,
    b = 0,
    c = 0,
    d = 0;
  for (let i = 0, x = -reach / FOUR; x < cells; i += FOUR, x++) {
    if (i < enters.length) {
      const to = i + reach;
      const p = single(enters, i),
        q = single(enters, i + 1),
        r = single(enters, i + 2),
        s = single(enters, i + 3);
      const e = real(sums, to) + p - single(leaves, i),
        f = real(sums, to + 1) + q - single(leaves, i + 1);
      const g = real(sums, to + 2) + r - single(leaves, i + 2),
        h = real(sums, to + 3) + s - single(leaves, i + 3);
      leaves[i] = p;
      leaves[i + 1] = q;
      leaves[i + 2] = r;
      leaves[i + 3] = s;
      sums[to] = e;
      sums[to + 1] = f;
      sums[to + 2] = g;
      sums[to + 3] = h;
      a += e;
      b += f;
      c += g;
      d += h;
    }
    if (x < 0) continue;
    const factor = share * real(shares, x),
      j = FOUR * x;
    means[j] = a * factor;
    means[j + 1] = b * factor;
    means[j + 2] = c * factor;
    means[j + 3] = d * factor;
    a -= real(sums, j);
    b -= real(sums, j + 1);
    c -= real(sums, j + 2);
    d -= real(sums, j + 3);
  }
}

/** A row of logits, cut off where they are sure, times 1, R, G, B. @param {Float32Array} picture @param {Float32Array} logits
 *  @param {Float32Array} row @param {number} start first cell @param {number} threshold */
function weigh(picture, logits, row, start, threshold) {
  for (let x = 0, to = 0, i = FOUR * start; x < logits.length; x++, to += FOUR, i += FOUR) {
    const value = Math.min(SURE, Math.max(-SURE, single(logits, x) - threshold));
    row[to] = value;
    row[to + 1] = value * single(picture, i + 1);
    row[to + 2] = value * single(picture, i + 2);
    row[to + 3] = value * single(picture, i + 3);
  }
}

/** Offset and slopes of the line through every window of a row. @param {Float64Array} row means of what `weigh` made
 *  @param {Float32Array} mean @param {Float32Array} inverse @param {Float32Array} lines @param {number} start first cell */
function fitLines(row, mean, inverse, lines, start) {
  for (let x = 0, i = FOUR * start, k = SIX * start; x < row.length; x += FOUR, i += FOUR, k += SIX) {
    const value = real(row, x),
      r = single(mean, i + 1),
      g = single(mean, i + 2),
      b = single(mean, i + 3);
    const u = real(row, x + 1) - r * value,
      v = real(row, x + 2) - g * value,
      w = real(row, x + 3) - b * value;
    const rg = single(inverse, k + 1),
      rb = single(inverse, k + 2),
      gb = single(inverse, k + 4);
    const red = single(inverse, k) * u + rg * v + rb * w;
    const green = rg * u + single(inverse, k + 3) * v + gb * w;
    const blue = rb * u + gb * v + single(inverse, k + 5) * w;
    lines[x] = value - red * r - green * g - blue * b;
    lines[x + 1] = red;
    lines[x + 2] = green;
    lines[x + 3] = blue;
  }
}

/** @param {Float64Array} row means of lines @param {Float32Array} picture @param {Float32Array} guided @param {number} start first cell */
function drawLines(row, picture, guided, start) {
  for (let x = 0, to = start, i = FOUR * start; x < row.length; x += FOUR, to++, i += FOUR) {
    guided[to] =
      real(row, x) +
      real(row, x + 1) * single(picture, i + 1) +
      real(row, x + 2) * single(picture, i + 2) +
      real(row, x + 3) * single(picture, i + 3);
  }
}

/** @param {Float32Array} picture a row @param {number} channel @param {Float32Array} row */
function multiply(picture, channel, row) {
  for (let i = 0; i < picture.length; i++) row[i] = single(picture, i) * single(picture, (i & ~3) + channel);
}

/** A row of inverses of covariance + EPSILON. @param {Float64Array} mean of 1, R, G, B @param {Float64Array} red of red times
 *  these @param {Float64Array} green @param {Float64Array} blue @param {Float32Array} inverse */
function invert(mean, red, green, blue, inverse) {
  for (let i = 0, k = 0; i < mean.length; i += FOUR, k += SIX) {
    const r = real(mean, i + 1),
      g = real(mean, i + 2),
      b = real(mean, i + 3);
    const rr = real(red, i + 1) - r * r + EPSILON,
      rg = real(red, i + 2) - r * g,
      rb = real(red, i + 3) - r * b;
    const gg = real(green, i + 2) - g * g + EPSILON,
      gb = real(green, i + 3) - g * b,
      bb = real(blue, i + 3) - b * b + EPSILON;
    const share = 1 / (rr * (gg * bb - gb * gb) - rg * (rg * bb - rb * gb) + rb * (rg * gb - rb * gg));
    inverse[k] = (gg * bb - gb * gb) * share;
    inverse[k + 1] = (rb * gb - rg * bb) * share;
    inverse[k + 2] = (rg * gb - rb * gg) * share;
    inverse[k + 3] = (rr * bb - rb * rb) * share;
    inverse[k + 4] = (rg * rb - rr * gb) * share;
    inverse[k + 5] = (rr * gg - rg * rg) * share;
  }
}

/** Row y of the medians of every cell and its eight neighbours: single cells of another colour than those around them would
 *  become specks. The median of nine is the middle of three: of the largest of the columns' low values, the middle one of
 *  their middle values, the smallest of their high values. @param {Float32Array} values @param {Float32Array} result one row @param {number} y @param {number} rows @param {number} threshold */
function medians(values, result, y, rows, threshold) {
  const columns = result.length;
  const above = Math.max(0, y - 1) * columns,
    here = y * columns,
    below = Math.min(rows - 1, y + 1) * columns;
  let low0 = 0,
    mid0 = 0,
    high0 = 0,
    low1 = 0,
    mid1 = 0,
    high1 = 0,
    low2 = 0,
    mid2 = 0,
    high2 = 0;
  for (let x = -1; x < columns; x++) {
    const next = x + 1 < columns ? x + 1 : x;
    const a = single(values, above + next),
      b = single(values, here + next),
      c = single(values, below + next);
    const less = min(a, b),
      more = max(a, b);
    low0 = low1;
    mid0 = mid1;
    high0 = high1;
    low1 = low2;
    mid1 = mid2;
    high1 = high2;
    low2 = min(less, c);
    mid2 = max(less, min(more, c));
    high2 = max(more, c);
    if (x < 0) {
      low1 = low2;
      mid1 = mid2;
      high1 = high2;
      continue;
    }
    result[x] = threshold + middle(max(max(low0, low1), low2), middle(mid0, mid1, mid2), min(min(high0, high1), high2));
  }
}

/** @param {number} a @param {number} b @param {number} c */
function middle(a, b, c) {
  return max(min(a, b), min(max(a, b), c));
}

/** Elements of maps; own accessors, one for each kind, so that the engine specialises them (see postprocess.js).
 *  @param {Float64Array} values @param {number} index */
function real(values, index) {
  return /** @type {number} */ (values[index]);
}

/** @param {Float32Array} values @param {number} index */
function single(values, index) {
  return /** @type {number} */ (values[index]);
}
