/** The project's images around the open one: a window of the list, asked for anew before walking leaves it. */

/** @import { ImageIndexEntry, ImageIndexPage, ImageInfo, Uuid } from '../types.js' */

/** So much is known to both sides of an image; no key goes farther. */
const NEAR = 40;

export class ImageList {
  count = 0;
  #start = 0;
  /** @type {ImageIndexEntry[]} */
  #entries = [];

  /** @param {(where: string) => Promise<ImageIndexPage>} ask */
  constructor(ask) {
    this.ask = ask;
  }

  /** Counted from 0; -1 while it is not known. @param {Uuid | undefined} id */
  placeOf(id) {
    const at = this.#entries.findIndex((entry) => entry.id === id);
    return at < 0 ? at : this.#start + at;
  }

  /** @param {number} place */
  entry(place) {
    return this.#entries[place - this.#start];
  }

  /** Knows what lies around an image from then on. @param {Uuid} id */
  async around(id) {
    const at = this.placeOf(id);
    if (at >= 0 && this.#within(at - NEAR) && this.#within(at + NEAR)) return;
    const page = await this.ask(`around=${id}`);
    [this.count, this.#start, this.#entries] = [page.count, page.start, page.results];
  }

  /** The image so many steps from another one, or the last one that way. @param {Uuid} id @param {number} step */
  async beside(id, step) {
    await this.around(id);
    const at = this.placeOf(id);
    return at < 0 ? undefined : this.#within(at + step);
  }

  /** @param {number} place */
  #within(place) {
    return this.entry(Math.min(this.count - 1, Math.max(0, place)));
  }

  /** @param {Uuid} id @param {ImageInfo['state']} state */
  note(id, state) {
    this.#entries = this.#entries.map((entry) => (entry.id === id ? { ...entry, state } : entry));
  }
}
