/** COCO run lengths: masks on the wire and on disk.
 *
 *  Pixels are counted column by column (top to bottom, then the next column to the right); runs alternate background,
 *  foreground, ..., the first may be 0, together they make height × width. One mask has exactly one spelling here: no
 *  run but the first is 0. A run is written in base 32, least significant digit first, five bits a character: bit 5
 *  says that more follow, bit 4 of the last is the sign, 48 is added. From the fourth run on, the difference to the
 *  run two before is written. tests/fixtures/rle_golden.json holds this file and export/rle.py to the same bytes. */
/** @import { Rle } from '../types.js' */
import { at } from './typed.js';

/** A gigapixel, as on the server: every run and difference fits 32 bits. */
const MAX_PIXELS = 1 << 30;
const MAX_DIGITS = 7;

/** A mask that cannot be trusted; the message is a sentence. */
export class RleError extends Error {}

/** Collects foreground intervals [start, end) of the column-major pixel index, in rising order, and joins those that
 *  touch. */
export class RunWriter {
  constructor() {
    this.borders = new Int32Array(1024);
    this.length = 0;
  }

  /** @param {number} start @param {number} end */
  add(start, end) {
    if (end <= start) return;
    if (this.length && this.borders[this.length - 1] === start) {
      this.borders[this.length - 1] = end;
      return;
    }
    if (this.length + 2 > this.borders.length) this.#grow();
    this.borders[this.length++] = start;
    this.borders[this.length++] = end;
  }

  #grow() {
    const larger = new Int32Array(this.borders.length * 2);
    larger.set(this.borders);
    this.borders = larger;
  }

  /** @param {number} height @param {number} width @returns {Rle} */
  finish(height, width) {
    const total = height * width;
    const borders = this.borders.subarray(0, this.length);
    const closed = this.length > 0 && borders[this.length - 1] === total;
    const runs = new Int32Array(this.length + (closed ? 0 : 1));
    let before = 0;
    for (let index = 0; index < this.length; index++) {
      runs[index] = at(borders, index) - before;
      before = at(borders, index);
    }
    if (!closed) runs[this.length] = total - before;
    return { size: [height, width], counts: pack(runs) };
  }
}

/** Runs to COCO's compressed text. @param {ArrayLike<number>} runs @returns {string} */
export function pack(runs) {
  const bytes = new Uint8Array(runs.length * MAX_DIGITS);
  let written = 0;
  for (let index = 0; index < runs.length; index++) {
    let value = at(runs, index) - (index > 2 ? at(runs, index - 2) : 0);
    for (let more = true; more; ) {
      const digit = value & 31;
      value >>= 5;
      more = digit & 16 ? value !== -1 : value !== 0;
      bytes[written++] = (more ? digit | 32 : digit) + 48;
    }
  }
  return new TextDecoder().decode(bytes.subarray(0, written));
}

/** COCO's compressed text to runs; throws RleError when it is not of that form. @param {string} text */
export function unpack(text) {
  const runs = new Int32Array(text.length);
  let count = 0;
  for (let position = 0; position < text.length; count++) {
    const from = position;
    let value = 0,
      unit = 1; // not <<: the seventh digit passes 32 bits
    for (let digit = 32; digit & 32; unit *= 32) {
      if (position - from === MAX_DIGITS)
        throw new RleError(`The mask holds a number of more than ${MAX_DIGITS} digits.`);
      if (position === text.length)
        throw new RleError('The mask ends in the middle of a number: part of it is missing.');
      digit = text.charCodeAt(position++) - 48;
      if (digit < 0 || digit > 63) {
        throw new RleError(
          `The mask holds "${text[position - 1]}" at position ${position - 1}; only "0" to "o" may occur.`,
        );
      }
      value += (digit & 31) * unit;
      if ((digit & 48) === 16) value -= unit * 32;
    }
    runs[count] = count > 2 ? value + at(runs, count - 2) : value;
  }
  return runs.subarray(0, count);
}

/** Run lengths of a mask, background first. Throws RleError unless they are non-negative and make height × width.
 *  @param {Rle} rle @returns {Int32Array} */
export function runsOf(rle) {
  const runs = unpack(rle.counts);
  const pixels = rle.size[0] * rle.size[1];
  if (pixels > MAX_PIXELS)
    throw new RleError(`A mask of ${pixels} pixels is larger than the ${MAX_PIXELS} that can be stored.`);
  let total = 0;
  for (const run of runs) {
    if (run < 0) throw new RleError(`The mask has a negative run (${run}).`);
    total += run;
  }
  if (total !== pixels)
    throw new RleError(`The mask's runs make ${total} pixels, but ${rle.size[0]} × ${rle.size[1]} are ${pixels}.`);
  return runs;
}

/** Calls back with each foreground interval [start, end) of the column-major index.
 *  @param {Rle} rle @param {(start: number, end: number) => void} visit */
export function forEachInterval(rle, visit) {
  let position = 0;
  runsOf(rle).forEach((run, index) => {
    if (index & 1 && run > 0) visit(position, position + run);
    position += run;
  });
}

/** Calls back with each foreground piece of a column: x, first y, one past the last y.
 *  @param {Rle} rle @param {(x: number, y0: number, y1: number) => void} visit */
export function forEachColumnPiece(rle, visit) {
  const height = rle.size[0];
  forEachInterval(rle, (start, end) => {
    for (let x = Math.floor(start / height); x * height < end; x++) {
      visit(x, Math.max(start - x * height, 0), Math.min(end - x * height, height));
    }
  });
}

/** Any runs (zero runs inside allowed) to the one spelling used here.
 *  @param {number} height @param {number} width @param {ArrayLike<number>} runs @returns {Rle} */
export function fromRuns(height, width, runs) {
  const writer = new RunWriter();
  let position = 0;
  for (let index = 0; index < runs.length; index++) {
    const run = at(runs, index);
    if (run < 0) throw new RleError(`The mask has a negative run (${run}).`);
    if (index & 1) writer.add(position, position + run);
    position += run;
  }
  if (position !== height * width)
    throw new RleError(`The mask's runs make ${position} pixels, but ${height} × ${width} are ${height * width}.`);
  return writer.finish(height, width);
}

/** Number of foreground pixels. @param {Rle} rle */
export function area(rle) {
  let sum = 0;
  forEachInterval(rle, (start, end) => {
    sum += end - start;
  });
  return sum;
}

/** Smallest box around the foreground, whole pixels; [0, 0, 0, 0] for an empty mask.
 *  @param {Rle} rle @returns {[x: number, y: number, w: number, h: number]} */
export function bbox(rle) {
  const height = rle.size[0];
  let [x0, y0, x1, y1] = [Infinity, Infinity, -1, -1];
  forEachInterval(rle, (start, end) => {
    const first = Math.floor(start / height);
    const last = Math.floor((end - 1) / height);
    const wraps = last > first; // a run round a column's end touches both borders
    x0 = Math.min(x0, first);
    x1 = Math.max(x1, last);
    y0 = wraps ? 0 : Math.min(y0, start - first * height);
    y1 = wraps ? height - 1 : Math.max(y1, end - 1 - first * height);
  });
  return x1 < 0 ? [0, 0, 0, 0] : [x0, y0, x1 - x0 + 1, y1 - y0 + 1];
}
