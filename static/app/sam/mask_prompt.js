/** A finished mask as the decoder's mask prompt: the way back from postprocess.js. */
/** @import { LogitFrame, Rle } from '../types.js' */

import { coverageOf } from './coverage.js';

/** Logit of a pixel that is surely inside when a finished mask becomes a prompt (sigmoid 0.998); as in
 *  sam_backend/propagate.py. */
export const MASK_LOGIT = 6;

/** Logits [maskSize²] that stand for a finished mask, to be refined with clicks: each is the share of its cell that the
 *  mask covers, from -MASK_LOGIT (none) to MASK_LOGIT (all).
 *  @param {Rle} rle of the whole image @param {LogitFrame} frame @returns {Float32Array} */
export function logitsFromRle(rle, frame) {
  return coverageOf(rle, frame, frame.maskSize).map((share) => MASK_LOGIT * (2 * share - 1));
}
