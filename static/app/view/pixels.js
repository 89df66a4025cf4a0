/** A photo's pixels as numbers, for tools that look at colours. */

/** @import { Photo } from './photo.js' */
import { SMALL } from './photo.js';

/** @type {WeakMap<Photo, ImageData>} */
const pixelsOf = new WeakMap();

/**
 * The photo's pixels, of the largest copy of at most four megapixels.
 * @param {Photo} photo
 * @returns {ImageData}
 */
export function readPixels(photo) {
  let pixels = pixelsOf.get(photo);
  if (!pixels) {
    const level = /** @type {ImageBitmap} */ (
      photo.levels.find(({ width, height }) => width * height <= SMALL) ?? photo.levels.at(-1)
    );
    const canvas = new OffscreenCanvas(level.width, level.height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
      canvas.getContext('2d', { willReadFrequently: true })
    );
    context.drawImage(level, 0, 0);
    pixels = context.getImageData(0, 0, level.width, level.height);
    pixelsOf.set(photo, pixels);
  }
  return pixels;
}
