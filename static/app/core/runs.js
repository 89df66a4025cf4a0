/** Masks as runs: a flat, sorted Uint32Array [start, end, start, end, …] of half-open ranges of
 *  column-major pixel positions (x * height + y). Runs never touch each other, so equal masks are
 *  equal arrays. Everything here costs the number of runs, never the number of pixels, which is
 *  what lets a 100-megapixel photo be edited. */

/** @import { Box } from '../types.js' */
import { at } from './typed.js';

/** @typedef {Uint32Array<ArrayBuffer>} Runs */

export const EMPTY = new Uint32Array(0);

/** @param {ArrayLike<number>} counts COCO counts: lengths of zeros and ones in turn, zeros first @returns {Runs} */
export function fromCounts(counts) {
  const out = new Uint32Array(counts.length + 1);
  let n = 0;
  let position = 0;
  for (let i = 0; i < counts.length; i++) {
    const length = at(counts, i);
    if (i % 2 === 1 && length > 0) n = append(out, n, position, position + length);
    position += length;
  }
  return out.slice(0, n);
}

/** @param {Runs} runs @param {number} total pixels in the image @returns {number[]} COCO counts */
export function toCounts(runs, total) {
  /** @type {number[]} */
  const counts = [];
  let position = 0;
  for (let i = 0; i < runs.length; i++) {
    counts.push(at(runs, i) - position);
    position = at(runs, i);
  }
  if (position < total || counts.length === 0) counts.push(total - position);
  return counts;
}

/** Writes a run, joining it to the previous one when they touch.
 *  @param {Uint32Array} out @param {number} n values written so far @param {number} start @param {number} end
 *  @returns {number} values written after */
function append(out, n, start, end) {
  if (n > 0 && at(out, n - 1) >= start) {
    out[n - 1] = Math.max(at(out, n - 1), end);
    return n;
  }
  out[n] = start;
  out[n + 1] = end;
  return n + 2;
}

/** Runs from ranges in any order, overlapping or not. @param {[start: number, end: number][]} ranges @returns {Runs} */
export function fromRanges(ranges) {
  const sorted = ranges.filter(([start, end]) => end > start).sort((a, b) => a[0] - b[0]);
  const out = new Uint32Array(sorted.length * 2);
  let n = 0;
  for (const [start, end] of sorted) n = append(out, n, start, end);
  return out.slice(0, n);
}

/** @param {Runs} a @param {Runs} b @param {(inA: boolean, inB: boolean) => boolean} keep @returns {Runs} */
function combine(a, b, keep) {
  const out = new Uint32Array(a.length + b.length);
  let [i, j, n] = [0, 0, 0];
  let [inA, inB, inside] = [false, false, false];
  while (i < a.length || j < b.length) {
    const position = Math.min(i < a.length ? at(a, i) : Infinity, j < b.length ? at(b, j) : Infinity);
    while (i < a.length && a[i] === position) {
      inA = !inA;
      i++;
    }
    while (j < b.length && b[j] === position) {
      inB = !inB;
      j++;
    }
    const now = keep(inA, inB);
    if (now !== inside) out[n++] = position;
    inside = now;
  }
  return out.slice(0, n);
}

/** @param {Runs} a @param {Runs} b */
export const union = (a, b) => combine(a, b, (inA, inB) => inA || inB);
/** @param {Runs} a @param {Runs} b */
export const subtract = (a, b) => combine(a, b, (inA, inB) => inA && !inB);
/** @param {Runs} a @param {Runs} b */
export const intersect = (a, b) => combine(a, b, (inA, inB) => inA && inB);
/** @param {Runs} a @param {Runs} b */
export const difference = (a, b) => combine(a, b, (inA, inB) => inA !== inB);

/** @param {Runs} runs */
export function area(runs) {
  let sum = 0;
  for (let i = 0; i < runs.length; i += 2) sum += at(runs, i + 1) - at(runs, i);
  return sum;
}

/** Is the pixel at this position in the mask? @param {Runs} runs @param {number} position */
export function contains(runs, position) {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(runs, middle) <= position) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

/** Tight box, exclusive right and bottom; null when empty.
 *  @param {Runs} runs @param {number} height of the image @returns {Box | null} */
export function bounds(runs, height) {
  if (runs.length === 0) return null;
  let [top, bottom] = [height, 0];
  for (let i = 0; i < runs.length; i += 2) {
    const start = at(runs, i);
    const last = at(runs, i + 1) - 1;
    const oneColumn = Math.floor(start / height) === Math.floor(last / height);
    top = oneColumn ? Math.min(top, start % height) : 0;
    bottom = oneColumn ? Math.max(bottom, (last % height) + 1) : height;
    if (top === 0 && bottom === height) break;
  }
  const right = Math.floor((at(runs, runs.length - 1) - 1) / height) + 1;
  return [Math.floor(at(runs, 0) / height), top, right, bottom];
}

/** The runs cut at column borders.
 *  @param {Runs} runs @param {number} height
 *  @param {(x: number, top: number, bottom: number) => void} visit bottom is exclusive */
export function eachSegment(runs, height, visit) {
  for (let i = 0; i < runs.length; i += 2) {
    const end = at(runs, i + 1);
    for (let start = at(runs, i); start < end; ) {
      const x = Math.floor(start / height);
      const columnEnd = Math.min(end, (x + 1) * height);
      visit(x, start - x * height, columnEnd - x * height);
      start = columnEnd;
    }
  }
}

/** The mask on another image, moved by whole pixels; what falls outside is dropped.
 *  @param {Runs} runs @param {number} height of the image it is on
 *  @param {{ width: number, height: number, dx?: number, dy?: number }} target @returns {Runs} */
export function transplant(runs, height, target) {
  const { dx = 0, dy = 0 } = target;
  /** @type {[number, number][]} */
  const ranges = [];
  eachSegment(runs, height, (x, top, bottom) => {
    const column = x + dx;
    if (column < 0 || column >= target.width) return;
    const base = column * target.height;
    const from = Math.max(0, top + dy);
    const to = Math.min(target.height, bottom + dy);
    if (to > from) ranges.push([base + from, base + to]);
  });
  return fromRanges(ranges);
}

/** @param {Box} box @param {number} width @param {number} height
 *  @returns {Runs} the pixels whose centres lie in the box */
export function fromBox([x0, y0, x1, y1], width, height) {
  const top = Math.max(0, Math.ceil(y0 - 0.5));
  const bottom = Math.min(height, Math.ceil(y1 - 0.5));
  /** @type {[number, number][]} */
  const ranges = [];
  for (let x = Math.max(0, Math.ceil(x0 - 0.5)); x < Math.min(width, Math.ceil(x1 - 0.5)); x++) {
    ranges.push([x * height + top, x * height + bottom]);
  }
  return fromRanges(ranges);
}

/** @param {Runs} a @param {Runs} b */
export function equal(a, b) {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
