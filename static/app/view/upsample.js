/** Decoder logits to a mask over any part of the image, by SAM's rule: bilinear to the padded
 *  square, crop, bilinear to the image, both with align_corners=False, threshold 0. The two steps
 *  are folded into four taps per axis; sampled at image pixels the mask equals the committed one. */

/** @import { LogitFrame } from '../types.js' */
/** @import { Runs } from '../core/runs.js' */
import { clamp } from '../core/geometry.js';
import { fromRanges } from '../core/runs.js';
import { at } from '../core/typed.js';

/**
 * A grid of cells over a part of the image; a cell is sampled at its centre.
 * @typedef {object} Grid
 * @property {number} x0 left edge, image pixels
 * @property {number} y0
 * @property {number} cell image pixels per cell
 * @property {number} columns
 * @property {number} rows
 */

/**
 * The mask over a grid. Along a column only the few cells whose logits lie on both sides of the threshold are computed,
 * so the cost grows with the outline and the grid's width, not with its area.
 * @param {Float32Array} logits
 * @param {LogitFrame} frame
 * @param {Grid} grid
 * @param {number} [threshold]
 * @returns {Runs} column-major positions in the grid
 */
export function sampleRuns(logits, frame, grid, threshold = 0) {
  const across = axisTaps(
    grid.x0 - (frame.region?.x ?? 0),
    grid.cell,
    grid.columns,
    frame.width,
    frame.scaledWidth,
    frame,
  );
  const down = axisTaps(
    grid.y0 - (frame.region?.y ?? 0),
    grid.cell,
    grid.rows,
    frame.height,
    frame.scaledHeight,
    frame,
  );
  const cells = firstCells(down, frame.maskSize);
  const column = new Float32Array(frame.maskSize);
  /** @type {[number, number][]} */
  const ranges = [];
  for (let c = 0; c < grid.columns; c++) {
    if (isOutside(across, c)) continue;
    mixColumn(logits, frame.maskSize, across, c, column);
    addColumn(column, down, cells, c * grid.rows, threshold, ranges);
  }
  return fromRanges(ranges);
}

/** A cell off the frame has no weights: there is no mask, whatever the threshold. @param {Taps} taps @param {number} cell */
function isOutside({ weight }, cell) {
  return (
    at(weight, 4 * cell) === 0 &&
    at(weight, 4 * cell + 1) === 0 &&
    at(weight, 4 * cell + 2) === 0 &&
    at(weight, 4 * cell + 3) === 0
  );
}

/**
 * For every logit the first cell that reads none before it; the last entry is the end of the frame.
 * @param {Taps} taps
 * @param {number} size logits along the axis
 */
function firstCells(taps, size) {
  const cells = taps.index.length / 4;
  let [start, end] = [0, cells];
  while (start < end && isOutside(taps, start)) start++;
  while (end > start && isOutside(taps, end - 1)) end--;
  const first = new Uint32Array(size + 1).fill(end);
  for (let cell = end - 1; cell >= start; cell--) first[at(taps.index, 4 * cell)] = cell;
  for (let logit = size - 1; logit >= 0; logit--) first[logit] = Math.min(at(first, logit), at(first, logit + 1));
  return first;
}

/**
 * Taps of one axis: four source indices and weights per cell.
 * @typedef {{ index: Uint16Array, weight: Float32Array }} Taps
 */

/**
 * @param {number} start
 * @param {number} cell
 * @param {number} count
 * @param {number} imageLength
 * @param {number} scaledLength
 * @param {LogitFrame} frame
 * @returns {Taps}
 */
function axisTaps(start, cell, count, imageLength, scaledLength, frame) {
  const index = new Uint16Array(count * 4);
  const weight = new Float32Array(count * 4);
  for (let i = 0; i < count; i++) {
    const centre = start + (i + 0.5) * cell;
    if (centre < 0 || centre > imageLength) continue; // no weight: outside the frame there is no mask
    const s = clamp((centre * scaledLength) / imageLength - 0.5, 0, scaledLength - 1);
    const s0 = Math.floor(s);
    innerTap(index, weight, i * 4, s0, 1 - (s - s0), frame);
    innerTap(index, weight, i * 4 + 2, Math.min(s0 + 1, scaledLength - 1), s - s0, frame);
  }
  return { index, weight };
}

/**
 * Where one pixel of the padded square comes from in the logits.
 * @param {Uint16Array} index
 * @param {Float32Array} weight
 * @param {number} slot
 * @param {number} pixel
 * @param {number} share
 * @param {LogitFrame} frame
 */
function innerTap(index, weight, slot, pixel, share, frame) {
  const t = Math.max(0, ((pixel + 0.5) * frame.maskSize) / frame.inputSize - 0.5);
  const t0 = Math.min(Math.floor(t), frame.maskSize - 1);
  index[slot] = t0;
  index[slot + 1] = Math.min(t0 + 1, frame.maskSize - 1);
  weight[slot] = share * (1 - (t - t0));
  weight[slot + 1] = share * (t - t0);
}

/**
 * One column of the grid through all logit rows.
 * @param {Float32Array} logits
 * @param {number} size
 * @param {Taps} taps
 * @param {number} c
 * @param {Float32Array} out
 */
function mixColumn(logits, size, taps, c, out) {
  const k = c * 4;
  const [i0, i1, i2, i3] = [at(taps.index, k), at(taps.index, k + 1), at(taps.index, k + 2), at(taps.index, k + 3)];
  const [w0, w1, w2, w3] = [at(taps.weight, k), at(taps.weight, k + 1), at(taps.weight, k + 2), at(taps.weight, k + 3)];
  for (let row = 0; row < size; row++) {
    const base = row * size;
    out[row] =
      at(logits, base + i0) * w0 + at(logits, base + i1) * w1 + at(logits, base + i2) * w2 + at(logits, base + i3) * w3;
  }
}

/**
 * The cells of one column that are inside. A cell reads at most the three logits from its first one on.
 * @param {Float32Array} column at logit rows
 * @param {Taps} down
 * @param {Uint32Array} cells
 * @param {number} base position of the column's first cell
 * @param {number} threshold
 * @param {[number, number][]} ranges added to
 */
function addColumn(column, down, cells, base, threshold, ranges) {
  let done = at(cells, 0);
  let inside = at(column, 0) > threshold;
  for (let row = 1; row < column.length; row++) {
    if (at(column, row) > threshold === inside) continue;
    const begin = Math.max(at(cells, Math.max(row - 2, 0)), done);
    const end = Math.max(at(cells, row), begin);
    if (inside && begin > done) ranges.push([base + done, base + begin]);
    for (let cell = begin; cell < end; cell++)
      if (valueAt(column, down, cell) > threshold) ranges.push([base + cell, base + cell + 1]);
    done = end;
    inside = !inside;
  }
  const last = at(cells, column.length);
  if (inside && last > done) ranges.push([base + done, base + last]);
}

/** @param {Float32Array} column @param {Taps} taps @param {number} cell */
function valueAt(column, { index, weight }, cell) {
  const k = 4 * cell;
  return (
    at(column, at(index, k)) * at(weight, k) +
    at(column, at(index, k + 1)) * at(weight, k + 1) +
    at(column, at(index, k + 2)) * at(weight, k + 2) +
    at(column, at(index, k + 3)) * at(weight, k + 3)
  );
}

/**
 * Where a mask can be at all: the box of logits above the threshold in image pixels, with one logit of slack.
 * @param {Float32Array} logits
 * @param {LogitFrame} frame
 * @param {number} [threshold]
 * @returns {[x0: number, y0: number, x1: number, y1: number] | null}
 */
export function positiveBox(logits, frame, threshold = 0) {
  const n = frame.maskSize;
  let [left, top, right, bottom] = [n, n, -1, -1];
  for (let i = 0; i < logits.length; i++) {
    if (at(logits, i) <= threshold) continue;
    const x = i % n;
    const y = (i - x) / n;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  if (right < 0) return null;
  const sx = (frame.inputSize / n) * (frame.width / frame.scaledWidth);
  const sy = (frame.inputSize / n) * (frame.height / frame.scaledHeight);
  const { x, y } = frame.region ?? { x: 0, y: 0 };
  return [
    x + clamp(Math.floor((left - 1) * sx), 0, frame.width),
    y + clamp(Math.floor((top - 1) * sy), 0, frame.height),
    x + clamp(Math.ceil((right + 2) * sx), 0, frame.width),
    y + clamp(Math.ceil((bottom + 2) * sy), 0, frame.height),
  ];
}

/**
 * Whether the mask has any pixel of the image: a logit can stand between them, or beside the picture. A few pixels are
 * looked at first, for most masks are large.
 * @param {Float32Array} logits
 * @param {LogitFrame} frame
 * @param {number} [threshold]
 */
export function hasPixel(logits, frame, threshold = 0) {
  const [x0, y0, x1, y1] = positiveBox(logits, frame, threshold) ?? [0, 0, 0, 0];
  const [width, height] = [x1 - x0, y1 - y0];
  const coarse = 1 + 2 * (Math.max(width, height) >> 6); // odd: cells' centres are pixels' centres
  return [coarse, 1].some((cell) => {
    const grid = { x0, y0, cell, columns: Math.ceil(width / cell), rows: Math.ceil(height / cell) };
    return sampleRuns(logits, frame, grid, threshold).length > 0;
  });
}
