/** The grid of images: the server's first page, then further pages as the end comes near; search and state filter. */
/** @import {ImageInfo} from '../types.js' */
import { find } from './dom.js';
import { client, pathOf } from './http.js';
import { imageChips } from './image_chips.js';
import { toastError } from './toast.js';

/** @typedef {{ search: string, state: string }} Filter */

/**
 * @param {object} options
 * @param {string} options.listPath images/ of the project, below the API's address
 * @param {string} options.editUrl editor page with {image} as placeholder
 * @param {ImageInfo[]} options.first what the server has rendered already
 * @param {boolean} options.more whether there is more than that
 * @param {Filter} options.filter
 */
export function createImageGrid({ listPath, editUrl, first, more, filter }) {
  const list = find('[data-grid]', HTMLUListElement);
  const template = find('#image-card', HTMLTemplateElement);
  const foot = find('[data-more]', HTMLElement);
  const nothing = find('[data-nothing-found]', HTMLElement);
  const empty = find('[data-empty]', HTMLElement);
  /** @type {Map<string, ImageInfo>} */
  const images = new Map(first.map((image) => [image.id, image]));
  /** @type {string | null} */
  let next = more ? address(filter) : null;
  let loading = false;
  /** @type {Filter} */
  let current = filter;
  let generation = 0;

  /** @param {Filter} wanted */
  function address({ search, state }) {
    const query = new URLSearchParams({ limit: '60', ...(search && { search }), ...(state && { state }) });
    return `${listPath}?${query}`;
  }

  /** @param {string} id */
  const cardOf = (id) => list.querySelector(`[data-image="${id}"]`);

  /** @param {ImageInfo} image */
  function makeCard(image) {
    const card = /** @type {HTMLLIElement} */ (find('li', HTMLLIElement, template.content).cloneNode(true));
    card.dataset['image'] = image.id;
    find('[data-thumb]', HTMLImageElement, card).src = image.urls.thumb;
    const name = find('[data-name]', HTMLAnchorElement, card);
    name.href = editUrl.replace('{image}', image.id);
    const pick = card.querySelector('[data-pick]');
    if (pick instanceof HTMLInputElement) {
      pick.value = image.id;
      find('[data-pick-name]', HTMLElement, card).textContent = `Select ${image.name}`;
    }
    return card;
  }

  /** @param {Element} card @param {ImageInfo} image */
  function fill(card, image) {
    const name = find('[data-name]', HTMLElement, card);
    name.textContent = name.title = image.name;
    const overlay = find('[data-overlay]', HTMLImageElement, card);
    overlay.hidden = image.annotations === 0;
    if (image.annotations) overlay.src = `/images/${image.id}/overlay/${image.annotation_seq}.png`;
    find('[data-chips]', HTMLElement, card).replaceChildren(...imageChips(image));
  }

  /** @param {ImageInfo} image */
  function put(image) {
    images.set(image.id, image);
    const old = cardOf(image.id);
    const card = old ?? makeCard(image);
    fill(card, image);
    if (!old) list.append(card);
  }

  function settle() {
    foot.hidden = !next;
    nothing.hidden = images.size > 0 || Boolean(next) || !(current.search || current.state);
    empty.hidden = images.size > 0 || Boolean(next) || Boolean(current.search || current.state);
  }

  async function loadMore() {
    if (!next || loading) return;
    loading = true;
    const mine = generation;
    try {
      const page = await client.get(next);
      if (mine !== generation) return;
      page.results.forEach(put);
      next = page.next && pathOf(page.next);
    } catch (error) {
      next = null;
      toastError(error);
    } finally {
      loading = false;
      if (mine === generation) settle();
    }
    // The end of the page may still be in sight: an observer speaks only when that changes.
    if (next && foot.getBoundingClientRect().top < innerHeight + 600) await loadMore();
  }

  new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) void loadMore(); }, { rootMargin: '600px' }).observe(foot);
  for (const [id, image] of images) { const card = cardOf(id); if (card) fill(card, image); }
  settle();

  return {
    images, put, settle,
    /** @param {string} id */
    get: (id) => images.get(id),
    /** @param {string[]} ids */
    remove(ids) {
      for (const id of ids) { images.delete(id); cardOf(id)?.remove(); }
      settle();
    },
    /** @param {Filter} wanted */
    async show(wanted) {
      current = wanted;
      generation += 1;
      loading = false;
      const mine = generation;
      const page = await client.get(address(wanted));
      if (mine !== generation) return;
      images.clear();
      list.replaceChildren();
      page.results.forEach(put);
      next = page.next && pathOf(page.next);
      settle();
    },
    /** Asks for the same pictures again. */
    reload() { this.show(current).catch(toastError); },
    matches: (/** @type {ImageInfo} */ image) => (!current.state || image.state === current.state)
      && image.name.toLowerCase().includes(current.search.toLowerCase()),
  };
}
