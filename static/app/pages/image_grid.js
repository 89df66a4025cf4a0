/** The grid of images: the server's first page, then further pages as the end comes near; narrowed and sorted. */
/** @import {ImageInfo} from '../types.js' */
/** @import {Wish} from './image_wish.js' */
import { find } from './dom.js';
import { fillImageCard, makeImageCard } from './image_card.js';
import { createImagePages } from './image_pages.js';
import { matches, narrows, standsBefore } from './image_wish.js';
import { toastError } from './toast.js';

/** @typedef {ReturnType<typeof createImageGrid>} ImageGrid */

/**
 * @param {object} options
 * @param {string} options.listPath images/ of the project, below the API's address
 * @param {string} options.editUrl editor page with {image} as placeholder
 * @param {ImageInfo[]} options.first what the server has rendered already
 * @param {boolean} options.more whether there is more than that
 * @param {Wish} options.filter
 * @param {(tag: string) => string | undefined} options.tagName of a tag's id
 */
export function createImageGrid({ listPath, editUrl, first, more, filter, tagName }) {
  const list = find('[data-grid]', HTMLUListElement);
  const foot = find('[data-more]', HTMLElement);
  const nothing = find('[data-nothing-found]', HTMLElement);
  const empty = find('[data-empty]', HTMLElement);
  /** @type {Map<string, ImageInfo>} */
  const images = new Map(first.map((image) => [image.id, image]));
  /** @type {Wish} */
  let current = filter;
  /** @type {() => void} */
  let shown = () => undefined;
  const pages = createImagePages(listPath, more ? filter : null);

  /** @param {string} id */
  const cardOf = (id) => list.querySelector(`[data-image="${id}"]`);

  /** Shows an image where it belongs. @param {ImageInfo} image */
  function add(image) {
    images.set(image.id, image);
    const old = cardOf(image.id);
    const card = old ?? makeImageCard(image, editUrl);
    fillImageCard(card, image);
    if (!old) insert(card, image);
  }

  /** An image that belongs behind what is loaded so far comes with its page. @param {ImageInfo} image */
  function put(image) {
    if (cardOf(image.id) || !pages.more || standsBefore(current, image, last())) add(image);
  }

  function last() {
    return images.get(list.lastElementChild?.getAttribute('data-image') ?? '');
  }

  /** Most come at the end, so the place is looked for from there. @param {Element} card @param {ImageInfo} image */
  function insert(card, image) {
    let behind = list.lastElementChild;
    while (behind && standsBefore(current, image, images.get(behind.getAttribute('data-image') ?? '')))
      behind = behind.previousElementSibling;
    if (behind) behind.after(card);
    else list.prepend(card);
  }

  function settle() {
    const some = images.size > 0 || pages.more;
    const filtered = narrows(current);
    foot.hidden = !pages.more;
    nothing.hidden = some || !filtered;
    empty.hidden = some || filtered;
  }

  async function loadMore() {
    try {
      const page = await pages.next();
      if (!page) return;
      page.forEach(add);
    } catch (error) {
      toastError(error);
    }
    settle();
    // The end of the page may still be in sight: an observer speaks only when that changes.
    if (pages.more && foot.getBoundingClientRect().top < innerHeight + 600) await loadMore();
  }

  new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting)) void loadMore();
    },
    { rootMargin: '600px' },
  ).observe(foot);
  for (const [id, image] of images) {
    const card = cardOf(id);
    if (card) fillImageCard(card, image);
  }
  settle();

  return {
    images,
    put,
    settle,
    /** @param {string} id */
    get: (id) => images.get(id),
    /** @param {string[]} ids */
    remove(ids) {
      for (const id of ids) {
        images.delete(id);
        cardOf(id)?.remove();
      }
      settle();
    },
    /** @param {Wish} wanted */
    async show(wanted) {
      current = wanted;
      shown();
      const page = await pages.first(wanted);
      if (!page) return;
      images.clear();
      list.replaceChildren();
      page.forEach(add);
      settle();
    },
    /** @param {() => void} follower told when other images are asked for */
    onShow(follower) {
      shown = follower;
    },
    /** Asks for the same pictures again. */
    reload() {
      this.show(current).catch(toastError);
    },
    /** What is shown, and in what order. */
    get wish() {
      return current;
    },
    matches: (/** @type {ImageInfo} */ image) => matches(current, image, tagName, images.has(image.id)),
  };
}
