/** What is known of the open image's review and comments, and the verbs on them. No DOM. */

/** @import { Difference, Review, Thread, ThreadWriteRequest } from '../../api/schema.d.ts' */
/** @import { ReviewEndpoints } from '../../api/reviews.js' */
/** @import { Emitter } from '../../core/events.js' */
import { createEmitter } from '../../core/events.js';

/** A reviewer who looks at an image holds it for a quarter of an hour from the last of these on. */
const RENEW_MS = 5 * 60_000;

export class ReviewModel {
  /** @type {string | null} */
  image = null;
  /** @type {Review | null} */
  review = null;
  /** @type {readonly Thread[]} */
  threads = [];
  /** @type {readonly Difference[] | null} null until they are asked for */
  differences = null;
  since = 'submission';
  /** @type {Emitter<void>} */
  #changes = createEmitter();
  #held = 0;
  /** @type {Promise<readonly { username: string, name: string }[]> | null} */
  #people = null;

  /** @param {ReviewEndpoints} api */
  constructor(api) {
    this.api = api;
  }

  /** @param {() => void} listener */
  on(listener) {
    return this.#changes.on(listener);
  }

  /** Whether this person may decide on the open image now. */
  get decides() {
    return this.review?.review === 'waiting' && this.review.may_decide;
  }

  /** @param {string} image */
  async open(image) {
    this.close();
    this.image = image;
    await this.refresh();
  }

  /** The project's members, who may be mentioned; asked for once. @param {string} project */
  people(project) {
    this.#people ??= this.api.members(project).then(
      ({ results }) => results.map(({ username, user }) => ({ username, name: user.name })),
      (error) => {
        this.#people = null;
        throw error;
      },
    );
    return this.#people;
  }

  close() {
    clearInterval(this.#held);
    this.#held = 0;
    this.image = null;
    this.review = null;
    this.threads = [];
    this.differences = null;
    this.#changes.emit();
  }

  async refresh() {
    const { image } = this;
    if (!image) return;
    const [review, { results }] = await Promise.all([this.api.review(image), this.api.threads(image)]);
    if (this.image !== image) return;
    this.review = review;
    this.threads = results;
    this.#changes.emit();
  }

  async compare() {
    const { image } = this;
    if (!image) return;
    const { since, results } = await this.api.difference(image);
    if (this.image !== image) return;
    this.since = since;
    this.differences = results;
    this.#changes.emit();
  }

  /** Takes the image, and keeps it as long as it is open here. What another has is left alone. @param {string} me */
  async hold(me) {
    const { image, review } = this;
    if (!image || !this.decides || (review?.held_by && review.held_by.id !== me)) return;
    await this.#take(image);
    if (this.image !== image || this.#held) return;
    this.#held = window.setInterval(() => void this.#take(image).catch(() => undefined), RENEW_MS);
  }

  /** @param {string} image */
  async #take(image) {
    const review = await this.api.claim(image);
    if (this.image !== image) return;
    // Taking it changes none of its objects: what was compared stays.
    this.review = review;
    this.#changes.emit();
  }

  /** @param {string} image @param {Review} review */
  #set(image, review) {
    if (this.image !== image) return;
    this.review = review;
    this.differences = null;
    this.#changes.emit();
  }

  /** @param {number} seq */
  async accept(seq) {
    const image = this.#need();
    this.#set(image, await this.api.accept(image, seq));
  }

  /** @param {number} seq @param {string} text */
  async sendBack(seq, text) {
    const image = this.#need();
    this.#set(image, await this.api.sendBack(image, seq, text));
  }

  /** @param {string} image */
  async reopen(image) {
    this.#set(image, await this.api.reopen(image));
  }

  /** @param {ThreadWriteRequest} about */
  async say(about) {
    const thread = await this.api.say(this.#need(), about);
    this.#put(thread);
    return thread;
  }

  /** @param {string} thread @param {string} text */
  async answer(thread, text) {
    this.#put(await this.api.answer(thread, text));
  }

  /** @param {string} thread @param {boolean} resolved */
  async settle(thread, resolved) {
    this.#put(await this.api.settle(thread, resolved));
  }

  /** @param {string} comment */
  async takeBack(comment) {
    await this.api.takeBack(comment);
    await this.refresh();
  }

  /** @param {Thread} thread */
  #put(thread) {
    if (this.image !== thread.image) return;
    const known = this.threads.some(({ id }) => id === thread.id);
    this.threads = known ? this.threads.map((one) => (one.id === thread.id ? thread : one)) : [...this.threads, thread];
    this.#changes.emit();
  }

  #need() {
    if (!this.image) throw new Error('No image is open.');
    return this.image;
  }
}
