/** One axis of SAM's postprocess_masks as weights.
 *
 *  Two bilinear steps (mask → padded square, cropped → image; align_corners=False) are linear and separable, so along
 *  one axis an image pixel is a weighted sum of at most three neighbouring logits. The weights are not negative and sum
 *  to one: where the three agree in sign, so does the pixel. */

import { at } from '../core/typed.js';

/** @typedef {object} Axis
 *  @property {number} size image pixels
 *  @property {Int32Array} first [size] first of the three logits
 *  @property {Float64Array} weights [3 * size] */

/** Bilinear source of one output pixel, as PyTorch computes it.
 *  @param {number} index @param {number} scale input size / output size @param {number} inputSize
 *  @returns {[low: number, high: number, fraction: number]} */
function source(index, scale, inputSize) {
  const position = Math.max(scale * (index + 0.5) - 0.5, 0);
  const low = Math.min(Math.floor(position), inputSize - 1);
  return [low, Math.min(low + 1, inputSize - 1), position - low];
}

/** @param {number} size image pixels along the axis
 *  @param {number} scaled pixels the picture takes in the padded square
 *  @param {number} inputSize side of the padded square
 *  @param {number} maskSize side of the logits
 *  @returns {Axis} */
export function axisOf(size, scaled, inputSize, maskSize) {
  const axis = { size, first: new Int32Array(size), weights: new Float64Array(3 * size) };
  for (let index = 0; index < size; index++) {
    const [low, high, fraction] = source(index, scaled / size, scaled);
    const first = Math.min(source(low, maskSize / inputSize, maskSize)[0], Math.max(0, maskSize - 3));
    axis.first[index] = first;
    addStep(axis.weights, 3 * index - first, low, 1 - fraction, maskSize / inputSize, maskSize);
    addStep(axis.weights, 3 * index - first, high, fraction, maskSize / inputSize, maskSize);
  }
  return axis;
}

/** @param {Float64Array} weights @param {number} offset @param {number} square @param {number} weight
 *  @param {number} scale logits per pixel of the square @param {number} maskSize */
function addStep(weights, offset, square, weight, scale, maskSize) {
  const [low, high, fraction] = source(square, scale, maskSize);
  weights[offset + low] = at(weights, offset + low) + weight * (1 - fraction);
  weights[offset + high] = at(weights, offset + high) + weight * fraction;
}

/** For each logit row the first pixel whose three logits begin there or later; one entry more for the end.
 *  @param {Axis} axis @param {number} maskSize @returns {Int32Array} */
export function firstPixels(axis, maskSize) {
  const pixels = new Int32Array(maskSize + 1).fill(axis.size);
  for (let index = axis.size - 1; index >= 0; index--) pixels[at(axis.first, index)] = index;
  for (let row = maskSize - 1; row >= 0; row--) pixels[row] = Math.min(at(pixels, row), at(pixels, row + 1));
  return pixels;
}
