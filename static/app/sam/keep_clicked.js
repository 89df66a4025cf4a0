/** Only the clicked part: a small model often answers a click with look-alikes elsewhere in the picture, which nobody asked
 *  for. The twin of sam_backend/clicked.py (about 0.03 IoU at one click, measured there), done on the decoder's small map: what
 *  is measured, shown and stored come from the same logits, so they cannot differ.
 *
 *  A part is 8-connected cells above the threshold. The four cells round a point, between which the upsampling mixes, are
 *  neighbours of each other, so a point lies on one part at most. Cells of the other parts are mirrored at the threshold;
 *  all cells next to them are below it already, so no mix of them comes above it: nothing remains, not even a rim. */
/** @import { LogitFrame, PromptPoint } from '../types.js' */

import { at } from '../core/typed.js';
import { change, kept, runsOf } from './tidy.js';

/** The logits without the parts that hold no positive point; the same array when nothing has to go, or when no point lies
 *  on any part. @param {Float32Array} logits [maskSize²] @param {PromptPoint[]} points in image pixels
 *  @param {LogitFrame} frame @param {number} [threshold] @returns {Float32Array} */
export function keepClicked(logits, points, frame, threshold = 0) {
  const seeds = points
    .filter((point) => point.label === 1)
    .flatMap((point) => cellsUnder(logits, point, frame, threshold));
  if (seeds.length === 0) return logits;
  const map = {
    side: frame.maskSize,
    rows: cellsInUse(frame.scaledHeight, frame),
    columns: cellsInUse(frame.scaledWidth, frame),
  };
  const parts = runsOf(map, logits, threshold, true);
  const result = logits.slice();
  const mirror = (/** @type {number} */ cell) => {
    result[cell] = 2 * threshold - at(result, cell);
  };
  return change(parts, Infinity, kept(parts, seeds), mirror) ? result : logits;
}

/** Cells along an axis that any pixel of the picture is mixed from; those after them are padding, where parts that have
 *  nothing to do with each other may meet. @param {number} scaled @param {LogitFrame} frame */
function cellsInUse(scaled, { maskSize, inputSize }) {
  return Math.min(maskSize, Math.floor(((scaled - 0.5) * maskSize) / inputSize - 0.5) + 2);
}

/** The cells above the threshold among the four round a point; none when the point is outside the mask.
 *  @param {Float32Array} logits @param {PromptPoint} point @param {LogitFrame} frame @param {number} threshold */
function cellsUnder(logits, { x, y }, frame, threshold) {
  const { width, height, scaledWidth, scaledHeight, region } = frame;
  const [left, right, shareX] = between((x - (region?.x ?? 0)) * (scaledWidth / width), frame);
  const [top, bottom, shareY] = between((y - (region?.y ?? 0)) * (scaledHeight / height), frame);
  const cells = [
    [top, left],
    [top, right],
    [bottom, left],
    [bottom, right],
  ].map(([row = 0, column = 0]) => row * frame.maskSize + column);
  const weights = [(1 - shareY) * (1 - shareX), (1 - shareY) * shareX, shareY * (1 - shareX), shareY * shareX];
  const value = cells.reduce((sum, cell, index) => sum + at(logits, cell) * (weights[index] ?? 0), 0);
  return value > threshold ? cells.filter((cell) => at(logits, cell) > threshold) : [];
}

/** @param {number} position in the padded square @param {LogitFrame} frame
 *  @returns {[low: number, high: number, share: number]} */
function between(position, { maskSize, inputSize }) {
  const cell = Math.min(Math.max((position * maskSize) / inputSize - 0.5, 0), maskSize - 1);
  const low = Math.floor(cell);
  return [low, Math.min(low + 1, maskSize - 1), cell - low];
}
