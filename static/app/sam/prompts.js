/** From what a person asked (image pixels) to the decoder's prompt tensors; the twin of sam_backend/prompts.py.
 *
 *  A point is scaled by the ratio of the scaled picture to the original, x and y apart; the half pixel that SAM adds is
 *  the decoder's business. Order: points, then the box as its two corners (labels 2 and 3). Without a box
 *  one padding point (0, 0) with label -1 ends the list. */
/** @import { Box, LogitFrame, ModelManifest, Prompt } from '../types.js' */
import { at } from '../core/typed.js';

/** Far more than a person clicks. */
export const MAX_POINTS = 256;
export const LABEL = Object.freeze({ padding: -1, negative: 0, positive: 1, topLeft: 2, bottomRight: 3 });

/** How a picture (or a region of one) lies in a model's square, padded or stretched; sizes round half up.
 *  @param {number} width @param {number} height @param {ModelManifest} manifest @returns {LogitFrame} */
export function frameOf(width, height, { input, decoder: { point_frame: inputSize, mask_size: maskSize } }) {
  const scale = inputSize / Math.max(width, height);
  const [scaledWidth = 1, scaledHeight = 1] = [width, height].map((side) =>
    input.fit === 'stretch' ? inputSize : Math.max(1, Math.floor(side * scale + 0.5)),
  );
  return { width, height, inputSize, scaledWidth, scaledHeight, maskSize };
}

/** Number of prompt tokens, the padding included. @param {Prompt} prompt */
export function tokenCount(prompt) {
  return prompt.points.length + (prompt.box ? 2 : 1);
}

/** Prompt tensors of one prompt: coords [N, 2] in the padded square's pixels, labels [N]. Throws a RangeError with a
 *  sentence when nothing is asked or something lies outside the image.
 *  @param {Prompt} prompt @param {LogitFrame} frame @returns {{ coords: Float32Array, labels: Float32Array }} */
export function promptTensors(prompt, frame) {
  checkPrompt(prompt, frame);
  const { x: left, y: top } = originOf(frame);
  /** @type {[x: number, y: number, label: number][]} */
  const tokens = prompt.points.map((point) => [point.x - left, point.y - top, point.label]);
  if (prompt.box) {
    const [x0, y0, x1, y1] = prompt.box;
    tokens.push([x0 - left, y0 - top, LABEL.topLeft], [x1 - left, y1 - top, LABEL.bottomRight]);
  } else {
    tokens.push([0, 0, LABEL.padding]);
  }
  const scaleX = frame.scaledWidth / frame.width;
  const scaleY = frame.scaledHeight / frame.height;
  return {
    coords: Float32Array.from(tokens.flatMap(([x, y]) => [x * scaleX, y * scaleY])),
    labels: Float32Array.from(tokens, ([, , label]) => label),
  };
}

/** @param {Prompt} prompt @param {LogitFrame} frame */
function checkPrompt({ points, box, maskLogits }, frame) {
  if (!points.length && !box) throw new RangeError('There is nothing to decode: give at least one point or a box.');
  if (points.length > MAX_POINTS)
    throw new RangeError(`A prompt may have at most ${MAX_POINTS} points; this one has ${points.length}.`);
  for (const { x, y, label } of points) {
    checkInside(x, y, frame);
    if (label !== 0 && label !== 1) throw new RangeError(`A point is positive (1) or negative (0), not ${label}.`);
  }
  if (box) checkBox(box, frame);
  const cells = frame.maskSize ** 2;
  if (maskLogits && maskLogits.length !== cells) {
    throw new RangeError(`A mask prompt has ${cells} logits; this one has ${maskLogits.length}.`);
  }
}

/** @param {Box} box @param {LogitFrame} frame */
function checkBox([x0, y0, x1, y1], frame) {
  checkInside(x0, y0, frame);
  checkInside(x1, y1, frame);
  if (!(x0 < x1 && y0 < y1))
    throw new RangeError(`The box from (${x0}, ${y0}) to (${x1}, ${y1}) covers no area; it must go right and down.`);
}

/** @param {number} x @param {number} y @param {LogitFrame} frame */
function checkInside(x, y, frame) {
  const { x: left, y: top } = originOf(frame);
  const { width, height } = frame;
  if (x >= left && y >= top && x <= left + width && y <= top + height) return; // false for what is no number
  throw new RangeError(
    `The prompt leaves the ${frame.region ? 'enlarged region' : 'image'} of ${width} × ${height} pixels: (${x}, ${y}).`,
  );
}

/** @param {LogitFrame} frame */
function originOf(frame) {
  return frame.region ?? { x: 0, y: 0 };
}

/** Which of the four masks to show first: the best-scored candidate for one positive point and nothing else, otherwise
 *  token 0, made for prompts that leave no ambiguity (paper, section 3).
 *  @param {Prompt} prompt @param {ArrayLike<number>} scores predicted IoU by token @returns {number} */
export function bestToken(prompt, scores) {
  if (!isAmbiguous(prompt)) return 0;
  let best = 1;
  for (let token = 2; token < scores.length; token++) {
    if (at(scores, token) > at(scores, best)) best = token;
  }
  return best;
}

/** @param {Prompt} prompt */
export function isAmbiguous({ points, box, maskLogits }) {
  return points.length === 1 && points[0]?.label === 1 && !box && !maskLogits;
}
