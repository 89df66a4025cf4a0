/** Decoder logits to a mask over any part of the image, by SAM's rule: bilinear to the padded
 *  square, crop, bilinear to the image, both with align_corners=False, threshold 0. The two steps
 *  are folded into four taps per axis; sampled at image pixels the mask equals the committed one. */

/** @import { LogitFrame } from '../types.js' */
import { clamp } from '../core/geometry.js';
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
 * @param {Float32Array} logits
 * @param {LogitFrame} frame
 * @param {Grid} grid
 * @param {number} [threshold]
 * @returns {Uint8Array<ArrayBuffer>} column-major, 1 inside
 */
export function sampleMask(logits, frame, grid, threshold = 0) {
  const across = axisTaps(grid.x0 - (frame.region?.x ?? 0), grid.cell, grid.columns, frame.width, frame.scaledWidth, frame);
  const down = axisTaps(grid.y0 - (frame.region?.y ?? 0), grid.cell, grid.rows, frame.height, frame.scaledHeight, frame);
  const mask = new Uint8Array(grid.columns * grid.rows);
  const column = new Float32Array(frame.maskSize);
  for (let c = 0; c < grid.columns; c++) {
    mixColumn(logits, frame.maskSize, across, c, column);
    fillColumn(column, down, mask, c * grid.rows, grid.rows, threshold);
  }
  return mask;
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
    out[row] = at(logits, base + i0) * w0 + at(logits, base + i1) * w1 + at(logits, base + i2) * w2 + at(logits, base + i3) * w3;
  }
}

/**
 * @param {Float32Array} column
 * @param {Taps} taps
 * @param {Uint8Array} mask
 * @param {number} base
 * @param {number} rows
 * @param {number} threshold
 */
function fillColumn(column, { index, weight }, mask, base, rows, threshold) {
  for (let r = 0, k = 0; r < rows; r++, k += 4) {
    const value = at(column, at(index, k)) * at(weight, k) + at(column, at(index, k + 1)) * at(weight, k + 1)
      + at(column, at(index, k + 2)) * at(weight, k + 2) + at(column, at(index, k + 3)) * at(weight, k + 3);
    if (value > threshold) mask[base + r] = 1;
  }
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
    x + clamp(Math.floor((left - 1) * sx), 0, frame.width), y + clamp(Math.floor((top - 1) * sy), 0, frame.height),
    x + clamp(Math.ceil((right + 2) * sx), 0, frame.width), y + clamp(Math.ceil((bottom + 2) * sy), 0, frame.height),
  ];
}

/**
 * Stability of a candidate: IoU of its masks at the threshold ± offset (paper, section 4).
 * @param {Float32Array} logits
 * @param {{ threshold?: number, offset?: number }} [options]
 */
export function stabilityScore(logits, { threshold = 0, offset = 1 } = {}) {
  let [inner, outer] = [0, 0];
  for (const value of logits) {
    if (value > threshold + offset) inner++;
    if (value > threshold - offset) outer++;
  }
  return outer === 0 ? 0 : inner / outer;
}
