/** One suggestion of the sample: its part of the photo with the mask over it, and what was said of it or can be. */
/** @import { Rle } from '../../types.js' */
/** @import { PreviewImage } from './preview.js' */
import { h, icon } from '../dom.js';
import { drawMasks } from './mask_canvas.js';

/** @typedef {{ id: string, image: string, rle: Rle, bbox: [number, number, number, number], iou: number | null, of_image: PreviewImage }} Item */
/** @typedef {'accept' | 'reject'} Verdict */

const CARD = 220;
/** Surroundings shown around a mask, as a share of its longer side: an outline is judged by what it leaves out. */
const MARGIN = 0.35;

/** The square part of the photo that a card shows, in image pixels. @param {Item} item @returns {[number, number, number, number]} */
function windowOf({ bbox: [x, y, w, h], of_image: { width, height } }) {
  const side = Math.min(Math.max(w, h) * (1 + 2 * MARGIN) + 8, Math.max(width, height));
  const clampTo = (/** @type {number} */ from, /** @type {number} */ limit) =>
    Math.max(Math.min(0, (limit - side) / 2), Math.min(from, Math.max(limit - side, (limit - side) / 2)));
  return [clampTo(x + w / 2 - side / 2, width), clampTo(y + h / 2 - side / 2, height), side, side];
}

/**
 * Makes cards; one decoded photo serves all of its cards.
 * @param {object} options
 * @param {string} options.editor address of the editor, with {image} as placeholder
 * @param {boolean} options.canJudge
 * @param {(item: Item, verdict: Verdict) => void} options.judge
 * @returns {(item: Item) => HTMLLIElement}
 */
export function createSampleCards({ editor, canJudge, judge }) {
  /** @type {Map<string, Promise<ImageBitmap>>} */
  const photos = new Map();

  /** @param {PreviewImage} picture */
  function photoOf({ urls: { full } }) {
    let loading = photos.get(full);
    if (!loading) {
      loading = fetch(full)
        .then((answer) => answer.blob())
        .then((blob) => createImageBitmap(blob));
      photos.set(full, loading);
    }
    return loading;
  }

  /** @param {Item} item @param {HTMLCanvasElement} below @param {HTMLCanvasElement} above */
  async function paint(item, below, above) {
    const [x, y, side] = windowOf(item);
    const bitmap = await photoOf(item.of_image);
    below.getContext('2d')?.drawImage(bitmap, x, y, side, side, 0, 0, below.width, below.height);
    drawMasks(above, [{ rle: item.rle, color: '#ffb340' }], { window: [x, y, side, side] });
  }

  /** @param {Item} item */
  function buttons(item) {
    const correct = `${editor.replace('{image}', item.image)}#suggestion=${item.id}`;
    const button = (/** @type {Verdict} */ verdict, /** @type {string} */ picture, /** @type {string} */ words) =>
      h(
        'button',
        { type: 'button', class: 'button button-small', onclick: () => judge(item, verdict) },
        icon(picture),
        words,
      );
    return h(
      'div',
      { class: 'verdicts' },
      button('accept', 'check', 'Good'),
      button('reject', 'x', 'Wrong'),
      h('a', { class: 'button button-small button-plain', href: correct }, 'Correct'),
    );
  }

  return (item) => {
    const { name } = item.of_image;
    const below = h('canvas', { width: CARD, height: CARD, 'aria-hidden': 'true' });
    const above = h('canvas', { width: CARD, height: CARD, role: 'img', 'aria-label': `A mask on ${name}` });
    paint(item, below, above).catch(() => undefined);
    return h(
      'li',
      { class: 'card sample-card', 'data-suggestion': item.id },
      h('div', { class: 'sample-picture' }, below, above),
      h('span', { class: 'truncate small muted', title: name }, name),
      item.iou === null ? canJudge && buttons(item) : verdict(item.iou),
    );
  };
}

/** What people made of a mask. @param {number} iou with what they left */
function verdict(iou) {
  const good = iou > 0.9;
  return h(
    'span',
    { class: `chip ${good ? 'chip-positive' : 'chip-negative'}` },
    icon(good ? 'circle-check' : 'ban'),
    iou === 0 ? 'Wrong' : iou === 1 ? 'Good' : `Corrected, IoU ${iou.toFixed(2)}`,
  );
}
