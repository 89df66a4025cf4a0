/** How much of each cell of the padded square a mask covers: what a finished mask looks like to the decoder. */
/** @import { LogitFrame, Rle } from '../types.js' */

import { forEachColumnPiece } from '../core/rle.js';
import { at } from '../core/typed.js';

/** Share 0..1 of each of cells × cells cells, row-major; the padding is 0. In a frame of a region only what lies in the
 *  region counts.
 *  @param {Rle} rle of the whole image @param {LogitFrame} frame @param {number} cells @returns {Float32Array} */
export function coverageOf(rle, frame, cells) {
  checkSize(rle, frame);
  const cover = new Float32Array(cells * cells);
  const { x: left, y: top } = frame.region ?? { x: 0, y: 0 };
  const unitX = (frame.scaledWidth / frame.width) * (cells / frame.inputSize);
  const unitY = (frame.scaledHeight / frame.height) * (cells / frame.inputSize);
  forEachColumnPiece(rle, (column, y0, y1) => {
    const x = column - left;
    if (x < 0 || x >= frame.width) return;
    const [from, to] = [Math.max(y0 - top, 0) * unitY, Math.min(y1 - top, frame.height) * unitY];
    forEachCell(x * unitX, (x + 1) * unitX, cells, (cellX, share) => {
      forEachCell(from, to, cells, (cellY, length) => {
        const cell = cellY * cells + cellX;
        cover[cell] = at(cover, cell) + share * length;
      });
    });
  });
  return cover.map((share) => Math.min(share, 1));
}

/** @param {Rle} rle @param {LogitFrame} frame */
function checkSize(rle, { width, height, region }) {
  const [wide, high] = region ? [region.imageWidth, region.imageHeight] : [width, height];
  if (rle.size[0] === high && rle.size[1] === wide) return;
  throw new RangeError(`The mask is ${rle.size[1]} × ${rle.size[0]}, but the image is ${wide} × ${high}.`);
}

/** The unit cells that [from, to) meets, with the length of each meeting.
 *  @param {number} from @param {number} to @param {number} limit @param {(cell: number, length: number) => void} visit */
function forEachCell(from, to, limit, visit) {
  for (let cell = Math.floor(from); cell < Math.min(to, limit); cell++) {
    const length = Math.min(to, cell + 1) - Math.max(from, cell);
    if (length > 0) visit(cell, length);
  }
}
