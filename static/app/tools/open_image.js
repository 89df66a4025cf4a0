/** Opens images: pixels, annotations and embedding side by side, neighbours ahead of time, and
 *  walks from one to the next without leaving the page. */

/** @import { Annotation, EditorConfig, ImageIndexEntry, ImageInfo, Segmenter, Store, Uuid } from '../types.js' */
/** @import { Endpoints } from '../api/endpoints.js' */
/** @import { LiveImage } from '../sync/live.js' */
/** @import { OpenImage } from '../editor.js' */
/** @import { Stage } from '../view/stage.js' */
import { createEmitter } from '../core/events.js';
import { PhotoCache, fitsAhead } from '../view/photo.js';

/** @typedef {{ annotations: Annotation[], seq: number }} Rows */
/** @typedef {{ info: Promise<ImageInfo>, rows: Promise<Rows> }} Loading what is known of an image and its objects come apart */
const AHEAD = 2;

/** @implements {OpenImage} */
export class ImageOpener {
  /** @type {ImageInfo | null} */
  info = null;
  /** @type {ImageIndexEntry[]} */
  index = [];
  /** @type {OpenImage['phase']} */
  phase = 'loading';
  message = '';
  /** @type {Promise<unknown>} */
  prepared = Promise.resolve();
  /** @type {ReturnType<typeof createEmitter<void>>} */
  #changes = createEmitter();
  #photos = new PhotoCache(4);
  /** @type {Map<Uuid, Loading>} */
  #ahead = new Map();
  #turn = 0;

  /**
   * @param {object} parts
   * @param {EditorConfig} parts.config
   * @param {Pick<Endpoints, 'image' | 'annotations' | 'imageIndex' | 'embed'>} parts.api
   * @param {Stage} parts.stage
   * @param {Store} parts.store
   * @param {Segmenter} parts.segmenter
   * @param {Pick<LiveImage, 'open' | 'follow' | 'close'>} parts.live puts unsent local changes on top of the server's rows
   */
  constructor(parts) {
    this.parts = parts;
  }

  /** @param {() => void} listener */
  on(listener) {
    return this.#changes.on(listener);
  }

  /** @param {Uuid} id */
  async open(id) {
    const turn = ++this.#turn;
    const start = performance.now();
    const { stage, store, live } = this.parts;
    live.close();
    this.phase = 'loading';
    this.message = '';
    this.info = null;
    store.reset([]);
    stage.masks.clear();
    stage.candidate.set(null);
    stage.photo.photo = null;
    stage.invalidate('photo', 'masks', 'candidate', 'overlay');
    this.#changes.emit();
    try {
      const loading = this.#ahead.get(id) ?? this.#load(id);
      const info = await loading.info;
      if (turn !== this.#turn) return;
      // The decoder and the photo need not wait for thousands of objects.
      this.prepared = this.#prepare(info);
      const photo = this.#photos.open(info.urls.full);
      const rows = await loading.rows;
      const annotations = await live.open(id, rows.annotations, rows.seq);
      if (turn !== this.#turn) return;
      this.info = info;
      stage.show(null, info);
      store.reset(annotations);
      live.follow();
      stage.show(await photo, info);
      if (turn !== this.#turn) return;
      this.phase = 'ready';
      this.#changes.emit();
      this.#prefetch(id);
      void Promise.all([this.prepared, stage.settled()]).then(() => performance.measure('maskwright-open', { start, detail: id }));
    } catch (error) {
      if (turn !== this.#turn) return;
      this.phase = 'failed';
      this.message = error instanceof Error ? error.message : String(error);
      this.#changes.emit();
    } finally {
      this.#ahead.delete(id);
    }
  }

  /** @param {Uuid} id @returns {Loading} */
  #load(id) {
    const { api } = this.parts;
    const rows = api.annotations(id).then(({ results, seq }) => ({ annotations: results.filter((row) => 'rle' in row), seq }));
    rows.catch(() => undefined);  // told to whoever waits for them, which may be nobody
    return { info: api.image(id), rows };
  }

  async loadIndex() {
    const { api, config } = this.parts;
    this.index = (await api.imageIndex(config.project.id)).results;
    this.#changes.emit();
    if (this.info) this.#prefetch(this.info.id);
  }

  /** The image so many steps away, if there is one. @param {number} step */
  neighbour(step) {
    const at = this.index.findIndex(({ id }) => id === this.info?.id);
    if (at < 0) return undefined;
    return this.index[Math.min(this.index.length - 1, Math.max(0, at + step))];
  }

  /** The next image that is not done, starting over at the end. */
  nextUnfinished() {
    const at = this.index.findIndex(({ id }) => id === this.info?.id);
    return [...this.index.slice(at + 1), ...this.index.slice(0, Math.max(0, at))].find(({ state }) => state !== 'done');
  }

  /** Notes locally what the server has confirmed. @param {Uuid} id @param {Partial<ImageInfo>} patch */
  note(id, patch) {
    if (this.info?.id === id) this.info = { ...this.info, ...patch };
    const { state } = patch;
    if (state) this.index = this.index.map((entry) => (entry.id === id ? { ...entry, state } : entry));
    this.#changes.emit();
  }

  /** Asks again for an embedding that failed, or for a decoder that did. */
  async retryEmbedding() {
    const { api } = this.parts;
    if (!this.info) return;
    const { id } = this.info;
    if ((await api.image(id)).embedding.state === 'failed') await api.embed(id);
    const info = await api.image(id);
    if (this.info?.id !== id) return;
    this.note(id, { embedding: info.embedding });
    this.prepared = this.#prepare(info);
    await this.prepared;
  }

  /** Hands the image to the decoder, which waits for the embedding; the status line tells how it goes. @param {ImageInfo} info */
  async #prepare(info) {
    if (!this.parts.config.model) return;
    await this.parts.segmenter.openImage(info).catch(() => undefined);
  }

  /** Fetches what the next key press will show. @param {Uuid} id */
  #prefetch(id) {
    const at = this.index.findIndex((entry) => entry.id === id);
    if (at < 0) return;
    const wanted = this.index.slice(at + 1, at + 1 + AHEAD).map((entry) => entry.id);
    for (const known of this.#ahead.keys()) if (!wanted.includes(known)) this.#ahead.delete(known);
    for (const next of wanted) {
      if (this.#ahead.has(next)) continue;
      const loading = this.#load(next);
      this.#ahead.set(next, loading);
      loading.info.then((info) => {
        if (fitsAhead(info)) void this.#photos.get(info.urls.full).catch(() => undefined);
      }, () => this.#ahead.delete(next));
      loading.rows.catch(() => this.#ahead.delete(next));
    }
    // Together: the decoder's worker takes a later wish for one in place of the first.
    void Promise.allSettled(wanted.map((next) => this.#ahead.get(next)?.info)).then((found) => {
      if (this.info?.id === id) this.parts.segmenter.prefetch(found.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : [])));
    });
  }
}
