/** Prompt in, candidates out: the page's side of the decoder. A click's way is tools/prompt_session.js → `ask` → decoder.worker.js.
 *
 *  The worker is disposable (decoder_host.js): when it crashes, hangs or runs out of memory another is started, the images
 *  asked for are opened again and clicks that were on their way are decoded there. Who wants to know what happens listens
 *  to `news`: the status line (status.js), the recovery with nobody waiting (recovery.js), WebGPU's trial (gpu_later.js). */
/** @import { Candidate, Decoded, Decoder, ImageInfo, LogitFrame, Prompt, Uuid } from '../types.js' */
/** @import { Emitter } from '../core/events.js' */
/** @import { Body, RequestType, Results } from './protocol.js' */
/** @import { DecoderOptions, News } from './types.d.ts' */

import { createEmitter } from '../core/events.js';
import { later } from '../core/later.js';
import { DecodeQueue } from './decode_queue.js';
import { DecoderHost, TIMEOUT } from './decoder_host.js';
import { tryGpuLater } from './gpu_later.js';
import { recover } from './recovery.js';
import { RegionBook } from './regions.js';
import { StatusBoard } from './status.js';
import { DecoderError } from './worker_link.js';

const embeddingWait = later(() => import('./embedding_wait.js'));

/** Tries of a request, the first included: a click and an opening are worth another worker more than a preview. */
const TRIES = Object.freeze({ click: 3, other: 2 });

/** @param {DecoderOptions} options @returns {WorkerDecoder} */
export function createDecoder(options) {
  const decoder = new WorkerDecoder(options);
  recover(decoder);
  tryGpuLater(decoder);
  return decoder;
}

/** @implements {Decoder} */
export class WorkerDecoder {
  /** @param {DecoderOptions} options */
  constructor(options) {
    this.options = options;
    this.news = /** @type {Emitter<News>} */ (createEmitter());
    this.host = new DecoderHost(options, {
      onStart: () => this.news.emit({ kind: 'running', ...this.#runsOn() }),
      onCrash: (sentence, final) => {
        this.opened.clear();
        this.news.emit({ kind: 'lost', sentence, final, ...this.#runsOn() });
      },
    });
    this.board = new StatusBoard(this.news, { ...this.#runsOn(), model: options.model.name });
    this.queue = new DecodeQueue((image, prompt, hover) => this.#decode(image, prompt, hover));
    /** @type {LogitFrame | null} */
    this.frame = null;
    /** @type {Map<Uuid, ImageInfo>} every image opened so far, to open it again in a new worker */
    this.images = new Map();
    /** @type {Map<Uuid, Promise<Results['open']>>} opened in the present worker */
    this.opened = new Map();
    this.regions = new RegionBook();
    /** @type {WeakMap<Candidate, LogitFrame>} */
    this.frames = new WeakMap();
    /** @type {ImageInfo | null} */
    this.current = null;
    this.opening = new AbortController();
  }

  get status() {
    return this.board.status;
  }

  /** @type {Decoder['onStatus']} */
  onStatus(listener) {
    return this.board.on(listener);
  }

  /** Clicks are decoded one after another and all of them, of hovers only the newest.
   *  @param {Prompt} prompt @param {{ hover?: boolean, image?: ImageInfo }} [options] image: another than the current one
   *  @returns {Promise<Decoded | null>} null for a hover that a newer prompt overtook */
  ask(prompt, { hover = false, image } = {}) {
    const target = image ?? this.current;
    if (!target)
      return hover
        ? Promise.resolve(null)
        : Promise.reject(new DecoderError('not_open', 'The photo is not ready for clicks yet.'));
    this.images.set(target.id, target);
    return this.queue.add(target.id, prompt, hover);
  }

  /** @param {Uuid} id @param {Prompt} prompt @param {boolean} hover @returns {Promise<Decoded>} */
  async #decode(id, prompt, hover) {
    const tries = hover ? TRIES.other : TRIES.click;
    const { result, frame } = await this.#request('decode', { image: id, prompt, hover }, [id], tries);
    for (const candidate of result.candidates) this.frames.set(candidate, /** @type {LogitFrame} */ (frame));
    const { ms, path, plainMs } = result;
    this.news.emit({ kind: 'answered', ms, path, plainMs, corrects: !hover && !!prompt.maskLogits });
    return result;
  }

  /** One question to the worker, about images that it has open by then; after a crash it is put to a new worker.
   *  @template {RequestType} T @param {T} type @param {Body<T>} body @param {Uuid[]} [images] @param {number} [tries]
   *  @returns {Promise<{ result: Results[T], frame: LogitFrame | null }>} frame: of the last of the images */
  #request(type, body, images = [], tries = TRIES.other) {
    const work = async () => {
      /** @type {LogitFrame | null} */
      let frame = null;
      for (const id of images) ({ frame } = await this.hold(id));
      return { result: await this.host.ask(type, body, TIMEOUT.work), frame };
    };
    const letGo = () => {
      for (const id of images) this.opened.delete(id);
    };
    return this.host.persist(tries, work, images.length > 0 ? letGo : undefined);
  }

  /** Has an image open in the present worker: once, whoever asks. @param {Uuid} id @returns {Promise<Results['open']>} */
  hold(id) {
    const known = this.opened.get(id);
    if (known) return known;
    const image = this.regions.wire(/** @type {ImageInfo} */ (this.images.get(id)));
    const opened = this.host.ask('open', { image }, TIMEOUT.open);
    this.opened.set(id, opened);
    opened.then(
      () => this.news.emit({ kind: 'held' }),
      () => {
        if (this.opened.get(id) === opened) this.opened.delete(id);
      },
    );
    return opened;
  }

  /** Makes an image the current one. A newer call ends an older one, which then rejects with an AbortError.
   *  @param {ImageInfo} image */
  async openImage(image) {
    this.opening.abort();
    this.opening = new AbortController();
    const { signal } = this.opening;
    this.queue.dropHover();
    this.current = null;
    this.frame = null;
    this.host.forgive();
    this.news.emit({ kind: 'loading' });
    try {
      const ready = image.embedding.state === 'ready' ? image : await this.#embedded(image, signal);
      this.images.set(ready.id, ready);
      const { frame, path } = await this.host.persist(TRIES.click, () => this.hold(ready.id));
      signal.throwIfAborted();
      this.current = ready;
      this.frame = frame;
      this.news.emit({ kind: 'ready', path });
    } catch (error) {
      if (!signal.aborted) this.news.emit({ kind: 'failed', error });
      throw error;
    }
  }

  /** The image once the server has made its embedding. @param {ImageInfo} image @param {AbortSignal} signal */
  async #embedded(image, signal) {
    const { waitForEmbedding } = await embeddingWait();
    signal.throwIfAborted();
    return waitForEmbedding(image, this.options, signal, (message) => this.news.emit({ kind: 'waiting', message }));
  }

  /** Puts the embeddings of likely next images into the cache, and the first one into the decoder. @param {ImageInfo[]} images */
  prefetch(images) {
    const wanted = images
      .filter(({ embedding }) => embedding.state === 'ready' && embedding.url)
      .map((image) => this.regions.wire(image));
    const urls = wanted.map(({ embedding }) => embedding.url ?? '');
    this.host.ask('prefetch', { urls, next: wanted[0] ?? null }, TIMEOUT.open).catch(() => {}); // only a convenience
  }

  /** Image-size mask of a candidate. @type {Decoder['toRle']} */
  async toRle(candidate) {
    const frame = this.frames.get(candidate) ?? this.frame;
    if (!frame) throw new DecoderError('not_open', 'The photo is not ready yet, so its mask has no size.');
    const threshold = this.options.model.manifest.decoder.mask_threshold;
    return (await this.#request('rle', { frame, logits: candidate.logits, threshold })).result.rle;
  }

  /** @type {Decoder['logitsFromRle']} */
  async logitsFromRle(rle) {
    const { frame } = this;
    if (!frame) throw new DecoderError('not_open', 'The photo is not ready yet, so a mask cannot be refined.');
    return (await this.#request('logits', { frame, rle })).result.logits;
  }

  /** @type {Decoder['openRegion']} */
  async openRegion(region, url) {
    const whole = this.current && this.regions.wholeOf(this.current);
    if (!whole) throw new DecoderError('not_open', 'The photo is not ready yet, so no part of it can be enlarged.');
    await this.openImage(region ? this.regions.part(whole, region, url ?? null) : whole);
  }

  /** @type {Decoder['propagate']} */
  async propagate(rle, from, to) {
    const ids = [from, to].map((image) => image.id);
    for (const image of [from, to]) this.images.set(image.id, image);
    const asked = { rle, from: from.id, to: to.id };
    const { result, frame } = await this.#request('propagate', asked, ids, TRIES.click);
    const { found } = result;
    if (!found) return null;
    this.frames.set(found.candidate, /** @type {LogitFrame} */ (frame));
    return { ...found, rle: await this.toRle(found.candidate) };
  }

  #runsOn() {
    return { backend: this.host.running, threads: this.host.threads };
  }

  dispose() {
    this.opening.abort();
    this.host.dispose();
  }
}
