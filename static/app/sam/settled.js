/** What earlier points settled: the twin of sam_backend/settled.py, which says why. */
/** @import { LogitFrame } from '../types.js' */

import { at } from '../core/typed.js';
import { inUse } from './tidy.js';

const EVIDENCE = 3;

/** @param {Float32Array} logits [maskSize²] @param {Float32Array} before what the decoder was given @param {LogitFrame} frame
 *  @param {Float32Array} fresh x, y of the new points in the padded square @param {Float32Array} labels theirs
 *  @param {number} threshold @returns {Float32Array} */
export function settle(logits, before, frame, fresh, labels, threshold) {
  const { maskSize: side, inputSize } = frame;
  const [rows, columns] = [inUse(frame.scaledHeight, frame), inUse(frame.scaledWidth, frame)];
  const places = fresh.map((place) => place * (side / inputSize));
  let area = 0;
  for (let cell = 0; cell < rows * side; cell++) if (cell % side < columns && at(before, cell) > threshold) area++;
  const size = Math.max(1, Math.sqrt(area));
  const result = logits.slice();
  for (let cell = 0; cell < rows * side; cell++) {
    const old = at(before, cell) - threshold;
    if (cell % side >= columns || at(logits, cell) > threshold === old > 0) continue;
    let [square, label] = [Infinity, 0];
    for (let i = 0; i < labels.length; i++) {
      const x = (cell % side) + 0.5 - at(places, 2 * i);
      const y = Math.floor(cell / side) + 0.5 - at(places, 2 * i + 1);
      if (x * x + y * y < square) [square, label] = [x * x + y * y, at(labels, i)];
    }
    if ((label === 1) === old > 0)
      result[cell] = at(logits, cell) + old * EVIDENCE * Math.min(1, Math.sqrt(square) / size);
  }
  return result;
}
