/** What is read from logits beside the preview: little pictures, and how sure the decoder was. */

/** @import { LogitFrame } from '../types.js' */
/** @import { Grid } from './upsample.js' */
import { at } from '../core/typed.js';
import { sampleRuns } from './upsample.js';

/**
 * The mask over a small grid as a bitmap.
 * @param {Float32Array} logits
 * @param {LogitFrame} frame
 * @param {Grid} grid
 * @param {number} [threshold]
 * @returns {Uint8Array<ArrayBuffer>} column-major, 1 inside
 */
export function sampleMask(logits, frame, grid, threshold = 0) {
  const mask = new Uint8Array(grid.columns * grid.rows);
  const runs = sampleRuns(logits, frame, grid, threshold);
  for (let i = 0; i < runs.length; i += 2) mask.fill(1, at(runs, i), at(runs, i + 1));
  return mask;
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
