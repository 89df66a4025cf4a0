/** One image of the grid: its thumbnail with the masks over it, its name and folder, its chips. */
/** @import {ImageInfo} from '../types.js' */
import { imagePath } from '../core/image_path.js';
import { find } from './dom.js';
import { imageChips } from './image_chips.js';

/** A card with what of an image never changes. @param {ImageInfo} image @param {string} editUrl editor page with {image} as placeholder */
export function makeImageCard(image, editUrl) {
  const template = find('#image-card', HTMLTemplateElement);
  const card = /** @type {HTMLLIElement} */ (find('li', HTMLLIElement, template.content).cloneNode(true));
  card.dataset.image = image.id;
  find('[data-thumb]', HTMLImageElement, card).src = image.urls.thumb;
  const name = find('[data-name]', HTMLAnchorElement, card);
  name.href = editUrl.replace('{image}', image.id);
  find('[data-past]', HTMLAnchorElement, card).href = editUrl.replace('{image}/edit/', `${image.id}/history/`);
  const pick = card.querySelector('[data-pick]');
  if (pick instanceof HTMLInputElement) {
    pick.value = image.id;
    find('[data-pick-name]', HTMLElement, card).textContent = `Select ${imagePath(image)}`;
  }
  return card;
}

/** Shows an image as it is now. @param {Element} card @param {ImageInfo} image */
export function fillImageCard(card, image) {
  const name = find('[data-name]', HTMLElement, card);
  name.textContent = image.name;
  name.title = imagePath(image);
  find('[data-past-name]', HTMLElement, card).textContent = `History of ${imagePath(image)}`;
  const folder = find('[data-folder-name]', HTMLElement, card);
  folder.textContent = image.folder;
  folder.hidden = !image.folder;
  find('[data-tags]', HTMLElement, card).hidden = image.tags.length === 0;
  find('[data-tag-names]', HTMLElement, card).textContent = image.tags.join(', ');
  const overlay = find('[data-overlay]', HTMLImageElement, card);
  overlay.hidden = image.annotations === 0;
  if (image.annotations) overlay.src = `/images/${image.id}/overlay/${image.annotation_seq}.png`;
  find('[data-chips]', HTMLElement, card).replaceChildren(...imageChips(image));
}
