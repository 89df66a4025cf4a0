/** Opens images: pixels, annotations and embedding side by side, neighbours ahead of time, and
 *  walks from one to the next without leaving the page. */

/** @import { Annotation, ImageInfo, Uuid } from '../types.js' */
/** @import { OpenImage } from '../editor.js' */
/** @import { OpenerParts } from '../parts.js' */
import { createEmitter } from '../core/events.js';
import { PhotoCache, fitsAhead } from '../view/photo.js';
import { ImageList } from './image_list.js';

/** @typedef {{ annotations: Annotation[], seq: number }} Rows */
/** @typedef {{ info: Promise<ImageInfo>, rows: Promise<Rows> }} Loading what is known of an image and its objects come apart */

/** @implements {OpenImage} */
export class ImageOpener {
  /** @type {ImageInfo | null} */
  info = null;
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
  /** The image that is open, or being opened. */
  id = '';

  /** @param {OpenerParts} parts */
  constructor(parts) {
    this.parts = parts;
    this.index = new ImageList((where) => parts.api.imageIndex(parts.config.project.id, where, parts.config.job?.id));
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
    this.id = id;
    store.reset([]);
    stage.masks.clear();
    stage.candidate.set(null);
    stage.photo.photo = null;
    stage.invalidate('photo', 'masks', 'candidate', 'overlay');
    this.#changes.emit();
    void this.#list(id);
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
      const pixels = await photo;
      if (turn !== this.#turn) return;
      stage.show(pixels, info);
      this.phase = 'ready';
      this.#changes.emit();
      this.#prefetch(id);
      void Promise.all([this.prepared, stage.settled()]).then(() =>
        performance.measure('maskwright-open', { start, detail: id }),
      );
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
    const rows = api
      .annotations(id)
      .then(({ results, seq }) => ({ annotations: results.filter((row) => 'rle' in row), seq }));
    rows.catch(() => undefined); // told to whoever waits for them, which may be nobody
    return { info: api.image(id), rows };
  }

  /** Knows the open image's neighbours. @param {Uuid} id */
  async #list(id) {
    try {
      await this.index.around(id);
      this.#changes.emit();
      if (this.info) this.#prefetch(this.info.id);
    } catch (error) {
      this.parts.unlisted(/** @type {Error} */ (error));
    }
  }

  /** The image so many steps away, or the last one that way. @param {number} step */
  neighbour(step) {
    return this.index.beside(this.id, step);
  }

  /** Notes locally what the server has confirmed. @param {Uuid} id @param {Partial<ImageInfo>} patch */
  note(id, patch) {
    if (this.info?.id === id) this.info = { ...this.info, ...patch };
    if (patch.state) this.index.note(id, patch.state);
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
    await this.parts.decoder.openImage(info).catch(() => undefined);
  }

  /** Fetches what the next key press will show. @param {Uuid} id */
  #prefetch(id) {
    const at = this.index.placeOf(id);
    if (at < 0) return;
    const wanted = [1, 2].flatMap((step) => this.index.entry(at + step)?.id ?? []);
    for (const known of this.#ahead.keys()) if (!wanted.includes(known)) this.#ahead.delete(known);
    for (const next of wanted) {
      if (this.#ahead.has(next)) continue;
      const loading = this.#load(next);
      this.#ahead.set(next, loading);
      loading.info.then(
        (info) => {
          if (fitsAhead(info)) void this.#photos.get(info.urls.full).catch(() => undefined);
        },
        () => this.#ahead.delete(next),
      );
      loading.rows.catch(() => this.#ahead.delete(next));
    }
    // Together: the decoder's worker takes a later wish for one in place of the first.
    void Promise.allSettled(wanted.map((next) => this.#ahead.get(next)?.info)).then((found) => {
      if (this.info?.id === id)
        this.parts.decoder.prefetch(
          found.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : [])),
        );
    });
  }
}
