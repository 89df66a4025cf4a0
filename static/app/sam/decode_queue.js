/** Order of prompts before one decoder: clicks one after another and all of them, of hovers only the newest. */
/** @import { Decoded, Prompt, Uuid } from '../types.js' */

/** @typedef {{ image: Uuid, prompt: Prompt, resolve: (decoded: Decoded | null) => void, reject: (error: unknown) => void }} Wish */

export class DecodeQueue {
  /** @param {(image: Uuid, prompt: Prompt, hover: boolean) => Promise<Decoded | null>} run */
  constructor(run) {
    this.run = run;
    /** @type {Wish[]} */
    this.clicks = [];
    /** @type {Wish | null} */
    this.hover = null;
    /** @type {Wish | null} the hover being decoded */
    this.running = null;
    this.busy = false;
  }

  /** Resolves to null for a hover that a newer prompt overtook.
   *  @param {Uuid} image @param {Prompt} prompt @param {boolean} hover @returns {Promise<Decoded | null>} */
  add(image, prompt, hover) {
    return new Promise((resolve, reject) => {
      const wish = { image, prompt, resolve, reject };
      this.dropHover();
      if (hover) this.hover = wish;
      else this.clicks.push(wish);
      if (!hover) this.running = null; // its answer would now be out of date
      void this.#pump();
    });
  }

  dropHover() {
    this.hover?.resolve(null);
    this.hover = null;
  }

  async #pump() {
    if (this.busy) return;
    const click = this.clicks.shift();
    const wish = click ?? this.hover;
    if (!wish) return;
    if (!click) this.hover = null;
    this.busy = true;
    this.running = click ? null : wish;
    try {
      const decoded = await this.run(wish.image, wish.prompt, !click);
      wish.resolve(click || this.running === wish ? decoded : null);
    } catch (error) {
      if (click) wish.reject(error);
      else wish.resolve(null);
    } finally {
      this.busy = false;
      void this.#pump();
    }
  }
}
