/** The pages of images that a filter lets through, one after the other. An answer to an older filter is dropped. */
/** @import { ImagePage } from '../api/schema.d.ts' */
/** @import { Wish } from './image_wish.js' */
import { client, pathOf } from './http.js';
import { trimmed } from './image_wish.js';

const PAGE = 60;

/**
 * @param {string} listPath images/ of the project, below the API's address
 * @param {Wish | null} filter of the images that are there; null when those are all
 */
export function createImagePages(listPath, filter) {
  /** One filter's way through the pages: where the next one is, and whether an answer is on its way. */
  let walk = { next: filter && address(filter), busy: false };

  /** @param {Wish} wanted */
  function address(wanted) {
    return `${listPath}?${new URLSearchParams({ limit: `${PAGE}`, ...trimmed(wanted) })}`;
  }

  /** @param {string} path */
  async function ask(path) {
    const mine = walk;
    mine.busy = true;
    try {
      const page = /** @type {ImagePage} */ (await client.get(path));
      if (mine !== walk) return null;
      mine.next = page.next && pathOf(page.next);
      return page.results;
    } finally {
      mine.busy = false;
    }
  }

  return {
    /** Whether there is a page behind those that came. */
    get more() {
      return walk.next !== null;
    },
    /** The next page; null when there is none, when one is on its way already, or when the filter changed meanwhile. */
    async next() {
      const mine = walk;
      if (mine.next === null || mine.busy) return null;
      try {
        return await ask(mine.next);
      } catch (error) {
        // Not asked for again and again while the end of the list is in sight.
        mine.next = null;
        throw error;
      }
    },
    /** The first page of another filter; null when that changed again meanwhile. @param {Wish} wanted */
    async first(wanted) {
      walk = { next: walk.next, busy: false };
      return ask(address(wanted));
    },
  };
}
