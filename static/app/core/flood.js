/** Flood fill: the connected area whose colour is close to that of its seed. Pure. */

/** @import { Runs } from './runs.js' */
import { fromRanges } from './runs.js';
import { at } from './typed.js';

/** @typedef {{ data: ArrayLike<number>, width: number, height: number }} Pixels RGBA, row-major */

/**
 * @param {Pixels} pixels
 * @param {number} x
 * @param {number} y
 * @param {number} tolerance largest difference in any of red, green and blue, 0..255
 * @returns {Uint8Array<ArrayBuffer>} row-major, 1 inside
 */
export function flood(pixels, x, y, tolerance) {
  const { data, width, height } = pixels;
  const mask = new Uint8Array(width * height);
  const seed = (y * width + x) * 4;
  const [r, g, b] = [at(data, seed), at(data, seed + 1), at(data, seed + 2)];
  /** @param {number} p */
  const close = (p) =>
    mask[p] === 0 &&
    Math.abs(at(data, p * 4) - r) <= tolerance &&
    Math.abs(at(data, p * 4 + 1) - g) <= tolerance &&
    Math.abs(at(data, p * 4 + 2) - b) <= tolerance;
  const stack = [y * width + x];
  while (stack.length > 0) {
    const start = /** @type {number} */ (stack.pop());
    if (!close(start)) continue;
    const row = start - (start % width);
    let [left, right] = [start, start];
    while (left > row && close(left - 1)) left--;
    while (right < row + width - 1 && close(right + 1)) right++;
    mask.fill(1, left, right + 1);
    if (row > 0) seedRow(left - width, right - width, close, stack);
    if (row + width < width * height) seedRow(left + width, right + width, close, stack);
  }
  return mask;
}

/**
 * One seed for every stretch of fillable pixels.
 * @param {number} from
 * @param {number} to
 * @param {(p: number) => boolean} close
 * @param {number[]} stack
 */
function seedRow(from, to, close, stack) {
  let inside = false;
  for (let p = from; p <= to; p++) {
    const now = close(p);
    if (now && !inside) stack.push(p);
    inside = now;
  }
}

/**
 * A small bitmap's mask at the size of the image.
 * @param {Uint8Array} mask row-major
 * @param {{ width: number, height: number }} small
 * @param {{ width: number, height: number }} size
 * @returns {Runs}
 */
export function enlarge(mask, small, size) {
  /** @type {[number, number][]} */
  const ranges = [];
  const row = (/** @type {number} */ y) => Math.round((y * size.height) / small.height);
  for (let x = 0; x < size.width; x++) {
    const sx = Math.min(small.width - 1, Math.floor(((x + 0.5) * small.width) / size.width));
    for (let y = 0; y < small.height; y++) {
      if (!mask[y * small.width + sx]) continue;
      const start = y;
      while (y < small.height && mask[y * small.width + sx]) y++;
      ranges.push([x * size.height + row(start), x * size.height + row(y)]);
    }
  }
  return fromRanges(ranges);
}
