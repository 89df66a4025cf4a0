/** Order of prompts before one decoder: clicks one after another and all of them, of hovers only the newest. */
/** @import { Decoded, Prompt, Uuid } from '../types.js' */

/** @typedef {{ image: Uuid, prompt: Prompt, resolve: (decoded: Decoded | null) => void, reject: (error: unknown) => void }} Job */

export class DecodeQueue {
  /** @param {(image: Uuid, prompt: Prompt, hover: boolean) => Promise<Decoded | null>} run */
  constructor(run) {
    this.run = run;
    /** @type {Job[]} */
    this.clicks = [];
    /** @type {Job | null} */
    this.hover = null;
    /** @type {Job | null} the hover being decoded */
    this.running = null;
    this.busy = false;
  }

  /** Resolves to null for a hover that a newer prompt overtook.
   *  @param {Uuid} image @param {Prompt} prompt @param {boolean} hover @returns {Promise<Decoded | null>} */
  add(image, prompt, hover) {
    return new Promise((resolve, reject) => {
      const job = { image, prompt, resolve, reject };
      this.dropHover();
      if (hover) this.hover = job;
      else this.clicks.push(job);
      if (!hover) this.running = null;  // its answer would now be out of date
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
    const job = click ?? this.hover;
    if (!job) return;
    if (!click) this.hover = null;
    this.busy = true;
    this.running = click ? null : job;
    try {
      const decoded = await this.run(job.image, job.prompt, !click);
      job.resolve(click || this.running === job ? decoded : null);
    } catch (error) {
      if (click) job.reject(error);
      else job.resolve(null);
    } finally {
      this.busy = false;
      void this.#pump();
    }
  }
}
