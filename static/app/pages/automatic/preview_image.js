/** The photo that was searched, and over it the masks that pass the limits. */
/** @import { PreviewImage, Preview } from './preview.js' */
/** @import { Thresholds } from './thresholds.js' */
import { find } from '../dom.js';
import { number, plural } from '../format.js';
import { colorOf, drawMasks } from './mask_canvas.js';
import { keep } from './thresholds.js';

export function createPreviewImage() {
  const photo = find('[data-preview-photo]', HTMLImageElement);
  const canvas = find('[data-preview-masks]', HTMLCanvasElement);
  const count = find('[data-preview-count]', HTMLElement);

  return {
    /** @param {PreviewImage} image */
    show({ urls, name }) {
      photo.src = urls.full;
      photo.alt = name;
    },
    /** The photo that is being searched, bare. @param {HTMLOptionElement | undefined} option of the choice of photos */
    showBare(option) {
      photo.src = option?.dataset.photo ?? '';
      photo.alt = option?.text ?? '';
      canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
      count.textContent = '';
    },
    /** @param {Preview} preview @param {Thresholds} limits */
    draw({ image, candidates = [], size }, limits) {
      if (!image || !size) return;
      const kept = keep(candidates, limits, image.width * image.height);
      [canvas.height, canvas.width] = [size[0] * 2, size[1] * 2];
      const masks = kept.map((one, index) => ({ rle: one.rle, color: colorOf(index), area: one.area }));
      const smallest = (limits.min_region * (size[0] * size[1])) / (image.width * image.height);
      drawMasks(
        canvas,
        masks.sort((a, b) => b.area - a.area),
        { smallest },
      );
      count.textContent = kept.length
        ? `${plural(kept.length, 'mask')} of ${number(candidates.length)} candidates`
        : `No mask passes: lower the limits (${number(candidates.length)} candidates)`;
    },
  };
}
