/** Example boxes on a photo, as [x, y, width, height] in its pixels. */

/** @typedef {[x: number, y: number, width: number, height: number]} Box */
/** @typedef {{ x: number, y: number }} Place */

const LEAST = 2;

/**
 * The box between two places, cut to a photo of this size; null where it has no area to speak of.
 * @param {Place} from @param {Place} to @param {{ width: number, height: number }} size @returns {Box | null}
 */
export function boxBetween(from, to, { width, height }) {
  const inside = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(Math.max(value, 0), most);
  const [left = 0, right = 0] = [from.x, to.x].map((x) => inside(x, width)).sort((a, b) => a - b);
  const [top = 0, bottom = 0] = [from.y, to.y].map((y) => inside(y, height)).sort((a, b) => a - b);
  if (right - left < LEAST || bottom - top < LEAST) return null;
  return /** @type {Box} */ ([left, top, right - left, bottom - top].map((value) => Math.round(value * 10) / 10));
}

/** Reads "x, y, width, height"; null where it says no such thing. @param {string} text @returns {Box | null} */
export function readBox(text) {
  const parts = text.trim().split(/[\s,;]+/);
  const numbers = parts.map(Number);
  if (parts.length !== 4 || parts.includes('') || !numbers.every(Number.isFinite)) return null;
  const [, , width = 0, height = 0] = numbers;
  return width > 0 && height > 0 ? /** @type {Box} */ (numbers) : null;
}
