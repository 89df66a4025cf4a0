/** Logits to a mask at image size: SAM's postprocess_masks without ever holding the picture as a bitmap.
 *  The twin of sam_backend/postprocess.py; tests/fixtures/postprocess_golden.json holds both to the same masks. */
/** @import { LogitFrame, Rle } from '../types.js' */
/** @import { Axis } from './resample.js' */

import { RunWriter, fromRuns, runsOf } from '../core/rle.js';
import { fromCounts, toCounts, transplant } from '../core/runs.js';
import { at } from '../core/typed.js';
import { axisOf, firstPixels } from './resample.js';

/** Logits [maskSize²] to the image-size mask (of the whole image, also in the frame of a region). Column by column; along
 *  a column only the few pixels whose three logits disagree in sign are computed, so the cost grows with the outline and
 *  not with the picture.
 *  @param {Float32Array} logits @param {LogitFrame} frame
 *  @param {{ threshold?: number }} [options] @returns {Rle} */
export function rleFromLogits(logits, frame, { threshold = 0 } = {}) {
  const { width, height, inputSize, maskSize } = frame;
  if (logits.length !== maskSize * maskSize) {
    throw new RangeError(`The decoder gave ${logits.length} logits; ${maskSize} × ${maskSize} were expected.`);
  }
  const across = axisOf(width, frame.scaledWidth, inputSize, maskSize);
  const down = axisOf(height, frame.scaledHeight, inputSize, maskSize);
  const pixels = firstPixels(down, maskSize);
  const columns = transpose(logits, maskSize, threshold);
  const column = new Float64Array(Math.max(maskSize, 3));
  const writer = new RunWriter();
  for (let x = 0; x < width; x++) {
    mixColumn(columns, across, x, maskSize, column);
    addColumn(writer, column, down, pixels, x * height);
  }
  const own = writer.finish(height, width);
  return frame.region ? inImage(own, frame.region) : own;
}

/** Column-major copy with the threshold at 0. @param {Float32Array} logits @param {number} size @param {number} threshold */
function transpose(logits, size, threshold) {
  const columns = new Float64Array(size * size + 2 * size); // two spare columns: maps narrower than three logits
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) columns[x * size + y] = at(logits, y * size + x) - threshold;
  }
  return columns;
}

/** Element of an array; not the shared accessor, which the engine cannot specialise in these loops because others call
 *  it with arrays of other types (measured: five times slower). @param {Float64Array} array @param {number} index */
function real(array, index) {
  return /** @type {number} */ (array[index]);
}

/** The logits of image column x, at mask height, into `column`.
 *  @param {Float64Array} columns @param {Axis} across @param {number} x @param {number} size @param {Float64Array} column */
function mixColumn(columns, across, x, size, column) {
  const [a, b, c] = [real(across.weights, 3 * x), real(across.weights, 3 * x + 1), real(across.weights, 3 * x + 2)];
  const left = at(across.first, x) * size;
  for (let y = 0; y < size; y++) {
    column[y] =
      a * real(columns, left + y) + b * real(columns, left + y + size) + c * real(columns, left + y + 2 * size);
  }
}

/** Adds one image column. Between changes of sign whole stretches are known; only pixels whose three logits span a
 *  change are computed.
 *  @param {RunWriter} writer @param {Float64Array} column @param {Axis} down @param {Int32Array} pixels
 *  @param {number} offset index of the column's first pixel */
function addColumn(writer, column, down, pixels, offset) {
  let done = 0;
  let inside = real(column, 0) > 0;
  for (let row = 1; row < column.length; row++) {
    if (real(column, row) > 0 === inside) continue;
    const begin = Math.max(at(pixels, Math.max(row - 2, 0)), done);
    const end = Math.max(at(pixels, Math.min(row, pixels.length - 1)), begin);
    if (inside) writer.add(offset + done, offset + begin);
    addComputed(writer, column, down, begin, end, offset);
    done = end;
    inside = !inside;
  }
  if (inside) writer.add(offset + done, offset + down.size);
}

/** @param {RunWriter} writer @param {Float64Array} column @param {Axis} down @param {number} begin @param {number} end
 *  @param {number} offset */
function addComputed(writer, column, { first, weights }, begin, end, offset) {
  for (let y = begin; y < end; y++) {
    const from = at(first, y);
    const value =
      real(weights, 3 * y) * real(column, from) +
      real(weights, 3 * y + 1) * real(column, from + 1) +
      real(weights, 3 * y + 2) * real(column, from + 2);
    if (value > 0) writer.add(offset + y, offset + y + 1);
  }
}

/** A region's mask laid into its whole image. @param {Rle} rle @param {NonNullable<LogitFrame['region']>} region @returns {Rle} */
function inImage(rle, { x, y, imageWidth: width, imageHeight: height }) {
  const runs = transplant(fromCounts(runsOf(rle)), rle.size[0], { width, height, dx: x, dy: y });
  return fromRuns(height, width, toCounts(runs, width * height));
}
