/** What a grid of images is narrowed and sorted by, as the address and the API have it. Pure. */
/** @import {ImageInfo} from '../types.js' */
import { imagePath } from '../core/image_path.js';

/** Words of the address; what is not there asks for nothing. @typedef {Record<string, string>} Wish */

/** What narrows beside the buttons of the toolbar. */
export const IN_PANEL = ['assignee', 'with_label', 'tag', 'min_objects', 'max_objects', 'added_from', 'added_to'];

/** Without what is blank, and without the order that is usual. @param {Wish} wish @returns {Wish} */
export function trimmed(wish) {
  return Object.fromEntries(
    Object.entries(wish).filter(([name, value]) => value && !(name === 'sort' && value === 'name')),
  );
}

/** @param {Wish} wish */
export function asQuery(wish) {
  return new URLSearchParams(trimmed(wish)).toString();
}

/** Whether anything is left out at all. @param {Wish} wish */
export function narrows(wish) {
  return Object.keys(trimmed(wish)).some((name) => name !== 'sort');
}

/** Whether two ask for the same. @param {Wish} one @param {Wish} other */
export function alike(one, other) {
  const sorted = (/** @type {Wish} */ wish) => Object.entries(trimmed(wish)).sort().join();
  return sorted(one) === sorted(other);
}

/**
 * Whether an image matches, as far as the page can tell: who has it and which labels are on it only the server knows.
 * @param {Wish} wish @param {ImageInfo} image
 * @param {(tag: string) => string | undefined} tagName of a tag's id
 * @param {boolean} shown it was let through before; what a page cannot tell is as it was then
 */
export function matches(wish, image, tagName, shown) {
  const { state, review, search = '', tag, assignee, with_label: label } = wish;
  if (state && image.state !== state) return false;
  if (review && image.review !== review) return false;
  if (!imagePath(image).toLowerCase().includes(search.toLowerCase())) return false;
  if (tag && !(tag === 'none' ? image.tags.length === 0 : image.tags.includes(tagName(tag) ?? ''))) return false;
  if (!counted(wish, image.annotations) || !dated(wish, image.created)) return false;
  return shown || (!label && !wish.only && (!assignee || assignee === 'nobody'));
}

/** @param {Wish} wish @param {number} objects */
function counted({ min_objects: least, max_objects: most }, objects) {
  return (!least || objects >= Number(least)) && (!most || objects <= Number(most));
}

/** Days are those of UTC. @param {Wish} wish @param {string} created */
function dated({ added_from: from, added_to: to }, created) {
  const day = new Date(created).toISOString().slice(0, 10);
  return (!from || day >= from) && (!to || day <= to);
}

/** @param {string | number} a @param {string | number} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
/** @type {(a: ImageInfo, b: ImageInfo) => number} */
const byName = (a, b) => compare(a.place, b.place) || compare(a.id, b.id);
/** @type {(a: ImageInfo, b: ImageInfo) => number} */
const byTime = (a, b) => compare(Date.parse(a.created), Date.parse(b.created));

/** How the server sorts, by the words of the address. @type {Record<string, (a: ImageInfo, b: ImageInfo) => number>} */
const ORDERS = {
  name: byName,
  newest: (a, b) => byTime(b, a) || compare(a.id, b.id),
  oldest: (a, b) => byTime(a, b) || compare(a.id, b.id),
  most: (a, b) => b.annotations - a.annotations || byName(a, b),
  fewest: (a, b) => a.annotations - b.annotations || byName(a, b),
};

/** Whether an image stands before another one. @param {Wish} wish @param {ImageInfo} image @param {ImageInfo | undefined} other */
export function standsBefore(wish, image, other) {
  return other !== undefined && (ORDERS[wish.sort ?? 'name'] ?? byName)(image, other) < 0;
}
