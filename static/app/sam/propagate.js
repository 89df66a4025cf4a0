/** From an object in one image to the same object in the next, by the embeddings of both and the decoder alone.
 *
 *  The object's box (padded and jittered), with and without its mask, is the prompt in the next image; of the answers the
 *  one most like the object is kept. Rules and constants are those of sam_backend/propagate.py, where they are measured:
 *  likeness leads, because a mask prompt alone makes the decoder repeat the old mask in any picture. */
/** @import { Box, Candidate, LogitFrame, Prompt, Rle } from '../types.js' */
/** @import { Engine, ReadyImage } from './engine.js' */

import { bbox } from '../core/rle.js';
import { at } from '../core/typed.js';
import { coverageOf } from './coverage.js';
import { logitsFromRle } from './mask_prompt.js';
import { rleFromLogits } from './postprocess.js';

// Held against the library's by tests/fixtures/propagate_golden.json.
export const BOX_PAD = 0.08;
export const JITTERS = Object.freeze(
  /** @type {const} */ ([
    [0, 0],
    [0.06, 0],
    [-0.06, 0],
    [0, 0.06],
    [0, -0.06],
  ]),
);
export const WEIGHT = Object.freeze({ overlap: 0.2, score: 0.3, likeness: 0.5 });
export const CONFIDENT = 0.82;
/** Likeness below which it is something else, however sure the rest. */
export const KINSHIP = 0.95;
/** IoU from which two masks are taken for the same thing. */
export const SAME_PLACE = 0.8;

/** @typedef {{ candidate: Candidate, confidence: number, sure: boolean }} Found */

/** @param {Engine} engine with both images open @param {Rle} rle @param {string} from @param {string} to @returns {Promise<Found | null>} */
export async function propagate(engine, rle, from, to) {
  const [source, target] = [engine.use(from), engine.use(to)];
  const [x, y, w, h] = bbox(rle);
  if (!w) return null;
  const template = meanFeature(source, source.frame, rle);
  // The old mask by relative position, whatever the size of the next image.
  const expected = logitsFromRle(rle, { ...target.frame, width: source.frame.width, height: source.frame.height });
  const kx = target.frame.width / source.frame.width;
  const ky = target.frame.height / source.frame.height;
  /** @type {Found | null} */
  let best = null;
  for (const [shiftX, shiftY] of JITTERS) {
    const box = shifted([x * kx, y * ky, (x + w) * kx, (y + h) * ky], shiftX, shiftY, target.frame);
    for (const maskLogits of [expected, null]) {
      const found = await answer(engine, to, { points: [], box, maskLogits }, expected, template);
      if (found && (!best || found.confidence > best.confidence)) best = found;
    }
  }
  return best;
}

/** @param {Engine} engine @param {string} to @param {Prompt} prompt @param {Float32Array} expected @param {Float32Array} template
 *  @returns {Promise<Found | null>} */
async function answer(engine, to, prompt, expected, template) {
  const { candidates } = await engine.decode(to, prompt);
  const candidate = /** @type {Candidate} */ (candidates[0]);
  const { frame } = engine.use(to);
  const threshold = engine.manifest.decoder.mask_threshold;
  const rle = rleFromLogits(candidate.logits, frame, { threshold });
  if (!bbox(rle)[2]) return null;
  const likeness = Math.max(0, cosine(meanFeature(engine.use(to), frame, rle), template));
  const confidence = confidenceOf(
    overlapOf(candidate.raw ?? candidate.logits, expected, threshold),
    candidate.score,
    likeness,
  );
  return { candidate, confidence, sure: isSure(confidence, likeness) };
}

/** @param {number} confidence @param {number} likeness */
export const isSure = (confidence, likeness) => confidence >= CONFIDENT && likeness >= KINSHIP;

/** How sure a match is, 0..1. @param {number} overlap @param {number} score predicted IoU, which may leave 0..1 @param {number} likeness */
export function confidenceOf(overlap, score, likeness) {
  return WEIGHT.overlap * overlap + WEIGHT.score * Math.min(1, Math.max(0, score)) + WEIGHT.likeness * likeness;
}

/** Mean feature [C] of the main embedding inside a mask; its length does not matter.
 *  @param {ReadyImage} image @param {LogitFrame} frame @param {Rle} rle @returns {Float32Array} */
function meanFeature(image, frame, rle) {
  const plane = /** @type {NonNullable<ReadyImage['planes'][string]>} */ (
    image.planes.embedding ?? Object.values(image.planes)[0]
  );
  const [, channels = 0, , cells = 0] = plane.dims;
  const features = /** @type {Float32Array} */ (plane.data);
  const weights = coverageOf(rle, frame, cells);
  const mean = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let cell = 0; cell < weights.length; cell++)
      sum += at(features, channel * weights.length + cell) * at(weights, cell);
    mean[channel] = sum;
  }
  return mean;
}

/** @param {Float32Array} a @param {Float32Array} b */
export function cosine(a, b) {
  let [dot, lengthA, lengthB] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    dot += at(a, index) * at(b, index);
    lengthA += at(a, index) ** 2;
    lengthB += at(b, index) ** 2;
  }
  return dot / (Math.sqrt(lengthA * lengthB) + 1e-9);
}

/** Intersection over union of two logit maps. @param {Float32Array} found @param {Float32Array} expected @param {number} threshold */
export function overlapOf(found, expected, threshold) {
  let [both, either] = [0, 0];
  for (let index = 0; index < found.length; index++) {
    const inFound = at(found, index) > threshold;
    const inExpected = at(expected, index) > 0;
    if (inFound && inExpected) both++;
    if (inFound || inExpected) either++;
  }
  return either ? both / either : 0;
}

/** @param {Box} box @param {number} shiftX share of the box's width @param {number} shiftY @param {LogitFrame} frame @returns {Box} */
export function shifted([x0, y0, x1, y1], shiftX, shiftY, { width, height }) {
  const [w, h] = [x1 - x0, y1 - y0];
  const clip = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ high) =>
    Math.min(Math.max(value, low), high);
  return [
    clip(x0 + (shiftX - BOX_PAD) * w, 0, width - 1),
    clip(y0 + (shiftY - BOX_PAD) * h, 0, height - 1),
    clip(x1 + (shiftX + BOX_PAD) * w, 1, width),
    clip(y1 + (shiftY + BOX_PAD) * h, 1, height),
  ];
}
