/** Smoothing of a mask's outline: every pixel takes the majority of the disc around it. */

/** @import { Runs } from './runs.js' */
import { bounds, eachSegment, fromRanges } from './runs.js';
import { at } from './typed.js';

/** Above this many pixels in the mask's box the work would stall the page. */
export const SMOOTH_LIMIT = 24_000_000;

/**
 * @param {Runs} runs
 * @param {{ width: number, height: number }} size
 * @param {number} radius of the window, in pixels
 * @returns {Runs}
 * @throws {RangeError} with a sentence when the mask's box is too large
 */
export function smooth(runs, size, radius) {
  const box = bounds(runs, size.height);
  if (!box || radius < 1) return runs;
  const pad = radius + 1;
  const [x0, y0] = [box[0] - pad, box[1] - pad];
  const [w, h] = [box[2] - x0 + pad, box[3] - y0 + pad];
  if (w * h > SMOOTH_LIMIT)
    throw new RangeError('This object is too large to smooth. Split it first, or use the brush.');
  const bitmap = new Uint8Array(w * h);
  eachSegment(runs, size.height, (x, top, bottom) =>
    bitmap.fill(1, (x - x0) * h + top - y0, (x - x0) * h + bottom - y0),
  );
  // Two box passes come close to a round window and keep straight edges straight.
  const once = majority(bitmap, w, h, radius);
  return toRuns(majority(once, w, h, Math.max(1, radius >> 1)), { x0, y0, w, h }, size);
}

/**
 * @param {Uint8Array} bitmap column-major
 * @param {number} w
 * @param {number} h
 * @param {number} radius
 */
function majority(bitmap, w, h, radius) {
  const sums = slide(slide(Float32Array.from(bitmap), w, h, 1, h, radius), h, w, h, 1, radius);
  const half = (2 * radius + 1) ** 2 / 2;
  return Uint8Array.from(sums, (sum) => (sum > half ? 1 : 0));
}

/**
 * Running sums over windows of 2 * radius + 1 along one axis; outside counts as empty.
 * @param {Float32Array} values
 * @param {number} lines
 * @param {number} length of a line
 * @param {number} step between values of a line
 * @param {number} stride between lines
 * @param {number} radius
 */
function slide(values, lines, length, step, stride, radius) {
  const out = new Float32Array(values.length);
  for (let line = 0; line < lines; line++) {
    const base = line * stride;
    let sum = 0;
    for (let i = 0; i < Math.min(radius, length); i++) sum += at(values, base + i * step);
    for (let i = 0; i < length; i++) {
      if (i + radius < length) sum += at(values, base + (i + radius) * step);
      if (i - radius - 1 >= 0) sum -= at(values, base + (i - radius - 1) * step);
      out[base + i * step] = sum;
    }
  }
  return out;
}

/**
 * @param {Uint8Array} bitmap
 * @param {{ x0: number, y0: number, w: number, h: number }} crop
 * @param {{ width: number, height: number }} size
 * @returns {Runs}
 */
function toRuns(bitmap, { x0, y0, w, h }, size) {
  /** @type {[number, number][]} */
  const ranges = [];
  for (let x = Math.max(0, -x0); x < Math.min(w, size.width - x0); x++) {
    const base = (x + x0) * size.height;
    for (let y = Math.max(0, -y0); y < Math.min(h, size.height - y0); y++) {
      if (!bitmap[x * h + y]) continue;
      const start = y;
      while (y < Math.min(h, size.height - y0) && bitmap[x * h + y]) y++;
      ranges.push([base + start + y0, base + y + y0]);
    }
  }
  return fromRanges(ranges);
}
