/** Masks as run lengths to bitmaps and back. */
/** @import { Rle } from '../types.js' */
import { RleError, RunWriter, forEachColumnPiece } from './rle.js';

/** Columns walked at once: a cache line of the row-major bitmap serves many columns. */
const BLOCK = 32;

/** Row-major bitmap [height × width], anything but 0 is foreground, to Rle.
 *  @param {ArrayLike<number>} mask @param {number} width @param {number} height @returns {Rle} */
export function encode(mask, width, height) {
  if (mask.length !== width * height || mask.length === 0) {
    throw new RleError(`A mask of ${width} × ${height} has ${width * height} pixels, not ${mask.length}.`);
  }
  const writer = new RunWriter();
  const block = new Uint8Array(BLOCK * height);
  for (let x0 = 0; x0 < width; x0 += BLOCK) {
    const columns = Math.min(BLOCK, width - x0);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < columns; x++) block[x * height + y] = mask[y * width + x0 + x] ? 1 : 0;
    }
    addColumns(writer, block.subarray(0, columns * height), x0 * height);
  }
  return writer.finish(height, width);
}

/** Adds the foreground of a column-major piece that begins at `offset`.
 *  @param {RunWriter} writer @param {Uint8Array} pixels values 0 and 1 @param {number} offset */
function addColumns(writer, pixels, offset) {
  let start = pixels.indexOf(1);
  while (start >= 0) {
    let end = pixels.indexOf(0, start);
    if (end < 0) end = pixels.length;
    writer.add(offset + start, offset + end);
    start = end < pixels.length ? pixels.indexOf(1, end) : -1;
  }
}

/** Row-major bitmap (0 and 1) of a window of the mask; the whole mask when no window is given.
 *  @param {Rle} rle @param {{ x: number, y: number, width: number, height: number }} [window] whole pixels inside the image
 *  @returns {Uint8Array} */
export function decode(rle, window) {
  const area = window ?? { x: 0, y: 0, width: rle.size[1], height: rle.size[0] };
  const mask = new Uint8Array(area.width * area.height);
  forEachColumnPiece(rle, (column, y0, y1) => {
    const x = column - area.x;
    if (x < 0 || x >= area.width) return;
    const last = Math.min(y1 - area.y, area.height);
    for (let y = Math.max(y0 - area.y, 0); y < last; y++) mask[y * area.width + x] = 1;
  });
  return mask;
}
