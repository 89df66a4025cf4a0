/** Page side of the decoder: prompt in, candidates out.
 *
 *  The worker is disposable (decoder_host.js). When it crashes, hangs or runs out of memory another is started, the images
 *  asked for are opened again and clicks that were on their way are decoded there; the person sees a sentence. */
/** @import { Candidate, Decoded, ImageInfo, LogitFrame, Prompt, Segmenter, SegmenterStatus, Uuid } from '../types.js' */
/** @import { Emitter } from '../core/events.js' */
/** @import { HostOptions } from './decoder_host.js' */
/** @import { Results } from './protocol.js' */

import { createEmitter } from '../core/events.js';
import { later } from '../core/later.js';
import { DecodeQueue } from './decode_queue.js';
import { DecoderHost, TIMEOUT } from './decoder_host.js';
import { createLatency } from './latency.js';
import { RegionBook } from './regions.js';
import { DecoderError } from './worker_link.js';

const embeddingWait = later(() => import('./embedding_wait.js'));
const gpuSwitch = later(() => import('./gpu_switch.js'));
const TRIAL_DELAY = 8000;

/** @typedef {HostOptions & {
 *    loadImage: (id: Uuid) => Promise<ImageInfo>,
 *    requestEmbedding?: (id: Uuid) => Promise<unknown>,
 *    sleep?: (ms: number) => Promise<void>,
 *  }} SegmenterOptions loadImage asks the server again, while an embedding is being made; requestEmbedding asks it to make one */

/** @param {SegmenterOptions} options @returns {Segmenter} */
export function createSegmenter(options) {
  return new WorkerSegmenter(options);
}

/** @implements {Segmenter} */
export class WorkerSegmenter {
  /** @param {SegmenterOptions} options */
  constructor(options) {
    this.options = options;
    this.host = new DecoderHost(options, { onStart: () => this.#showHost(), onCrash: (sentence, final) => this.#onCrash(sentence, final) });
    this.latency = createLatency();
    this.changed = /** @type {Emitter<SegmenterStatus>} */ (createEmitter());
    this.queue = new DecodeQueue((image, prompt, hover) => this.#decodeNow(image, prompt, hover));
    /** @type {SegmenterStatus} */
    this.status = {
      state: 'idle', message: '', backend: this.host.backend, threads: this.host.threads, model: options.model.name, restarts: 0, ...this.latency.read(),
    };
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
    this.gpuAsked = false;
    this.crashed = false;
    this.restarting = false;
  }

  /** @param {(status: SegmenterStatus) => void} listener */
  onStatus(listener) {
    return this.changed.on(listener);
  }

  /** @param {Partial<SegmenterStatus>} change */
  #setStatus(change) {
    this.status = { ...this.status, ...change };
    this.changed.emit(this.status);
  }

  #showHost() {
    this.#setStatus({ backend: this.host.running, threads: this.host.threads });
  }

  /** Makes an image the current one. A newer call ends an older one, which then rejects with an AbortError.
   *  @param {ImageInfo} image */
  async openImage(image) {
    this.opening.abort();
    const { signal } = this.opening = new AbortController();
    this.queue.dropHover();
    this.current = null;
    this.frame = null;
    this.host.forgive();
    this.#setStatus({ state: 'loading', message: 'Loading the photo into the mask decoder.' });
    try {
      const ready = image.embedding.state === 'ready' ? image : await this.#embedded(image, signal);
      this.images.set(ready.id, ready);
      const { frame, path } = await this.host.persist(3, () => this.#open(ready.id));
      signal.throwIfAborted();
      this.current = ready;
      this.frame = frame;
      this.#setStatus({ state: 'ready', message: '', path });
      this.#tryGpuLater();
    } catch (error) {
      if (!signal.aborted) this.#setStatus({ state: 'failed', message: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  /** The image once the server has made its embedding. @param {ImageInfo} image @param {AbortSignal} signal */
  async #embedded(image, signal) {
    const { waitForEmbedding } = await embeddingWait();
    signal.throwIfAborted();
    return waitForEmbedding(image, this.options, signal, (message) => this.#setStatus({ state: 'waiting', message }));
  }

  /** Puts the embeddings of likely next images into the cache, and the first one into the decoder. @param {ImageInfo[]} images */
  prefetch(images) {
    const wanted = images.filter(({ embedding }) => embedding.state === 'ready' && embedding.url).map((image) => this.regions.wire(image));
    const urls = wanted.map(({ embedding }) => embedding.url ?? '');
    this.host.ask('prefetch', { urls, next: wanted[0] ?? null }, TIMEOUT.open).catch(() => {});  // only a convenience
  }

  /** @param {Prompt} prompt @param {{ hover?: boolean, image?: ImageInfo }} [options] image: another than the current one */
  decode(prompt, { hover = false, image } = {}) {
    const target = image ?? this.current;
    if (!target) return hover ? Promise.resolve(null) : Promise.reject(new DecoderError('not_open', 'The photo is not ready for clicks yet.'));
    this.images.set(target.id, target);
    return this.queue.add(target.id, prompt, hover);
  }

  /** @param {Uuid} id @param {Prompt} prompt @param {boolean} hover @returns {Promise<Decoded>} */
  async #decodeNow(id, prompt, hover) {
    const { result, frame } = await this.host.persist(hover ? 2 : 3, async () => {
      const { frame } = await this.#open(id);
      return { frame, result: await this.host.ask('decode', { image: id, prompt, hover }, TIMEOUT.work) };
    }, () => this.opened.delete(id));
    for (const candidate of result.candidates) this.frames.set(candidate, frame);
    this.latency.add(result.ms);
    this.#setStatus({ ...this.latency.read(), path: result.path, plainMs: result.plainMs, message: '' });
    return result;
  }

  /** Once a worker; after a crash whoever asks again opens it in the next one, together with all others.
   *  @param {Uuid} id @returns {Promise<Results['open']>} */
  #open(id) {
    const known = this.opened.get(id);
    if (known) return known;
    const image = this.regions.wire(/** @type {ImageInfo} */ (this.images.get(id)));
    const opened = this.host.ask('open', { image }, TIMEOUT.open);
    this.opened.set(id, opened);
    opened.then(() => this.#recovered(), () => { if (this.opened.get(id) === opened) this.opened.delete(id); });
    return opened;
  }

  /** Image-size mask of a candidate. @type {Segmenter['toRle']} */
  async toRle(candidate) {
    const frame = this.frames.get(candidate) ?? this.frame;
    if (!frame) throw new DecoderError('not_open', 'The photo is not ready yet, so its mask has no size.');
    const threshold = this.options.model.manifest.decoder.mask_threshold;
    const ask = () => this.host.ask('rle', { frame, logits: candidate.logits, threshold }, TIMEOUT.work);
    return (await this.host.persist(2, ask)).rle;
  }

  /** @type {Segmenter['logitsFromRle']} */
  async logitsFromRle(rle) {
    const { frame } = this;
    if (!frame) throw new DecoderError('not_open', 'The photo is not ready yet, so a mask cannot be refined.');
    return (await this.host.persist(2, () => this.host.ask('logits', { frame, rle }, TIMEOUT.work))).logits;
  }

  /** @type {Segmenter['openRegion']} */
  async openRegion(region, url) {
    const whole = this.current && this.regions.wholeOf(this.current);
    if (!whole) throw new DecoderError('not_open', 'The photo is not ready yet, so no part of it can be enlarged.');
    await this.openImage(region ? this.regions.part(whole, region, url ?? null) : whole);
  }

  /** @type {Segmenter['propagate']} */
  async propagate(rle, from, to) {
    for (const image of [from, to]) this.images.set(image.id, image);
    const { found, frame } = await this.host.persist(3, async () => {
      await this.#open(from.id);
      const { frame } = await this.#open(to.id);
      return { frame, ...await this.host.ask('propagate', { rle, from: from.id, to: to.id }, TIMEOUT.work) };
    }, () => { for (const { id } of [from, to]) this.opened.delete(id); });
    if (!found) return null;
    this.frames.set(found.candidate, frame);
    return { ...found, rle: await this.toRle(found.candidate) };
  }

  /** @param {string} sentence @param {boolean} final */
  #onCrash(sentence, final) {
    console.warn(sentence);
    this.opened.clear();
    this.crashed = true;
    this.#setStatus({ message: sentence, backend: this.host.running, threads: this.host.threads, ...(final ? { state: 'failed' } : {}) });
    void this.#restart();
  }

  /** Also with nobody waiting for an answer, so that the next click finds a warm worker. */
  async #restart() {
    if (this.restarting) return;
    this.restarting = true;
    while (this.crashed && this.current && !this.host.gaveUp) {
      try {
        await this.#open(this.current.id);
      } catch (error) {
        if (error instanceof DecoderError && error.code === 'crashed') continue;
        this.crashed = false;
        this.#setStatus({ state: 'failed', message: error instanceof Error ? error.message : String(error) });
      }
    }
    this.restarting = false;
  }

  /** The worker has an image again. */
  #recovered() {
    if (!this.crashed || this.status.state === 'failed') return;
    this.crashed = false;
    this.#setStatus({ restarts: this.status.restarts + 1, ...(this.status.state === 'ready' ? { message: '' } : {}) });
  }

  /** The trial waits for a quiet moment after the first photo. */
  #tryGpuLater() {
    if (this.gpuAsked || !('gpu' in (globalThis.navigator ?? {}))) return;
    this.gpuAsked = true;
    setTimeout(() => { void this.tryGpu(); }, TRIAL_DELAY);
  }

  /** Measures WebGPU against wasm on the open image, once a browser and model, and keeps the better one.
   *  @param {{ software?: boolean }} [options] software: also a software renderer counts as a GPU
   *  @returns {Promise<string>} the backend in use */
  async tryGpu({ software = false } = {}) {
    const { current, frame, host } = this;
    if (!current || !frame) return host.backend;
    const { switchToGpu } = await gpuSwitch();
    const ask = { image: this.regions.wire(current), frame, software, stillOpen: () => this.current === current };
    const { switched, gpu } = await switchToGpu(host, ask);
    if (switched) this.opened.clear();
    this.#setStatus({ backend: host.running, threads: host.threads, gpu });
    return host.backend;
  }

  dispose() {
    this.opening.abort();
    this.host.dispose();
  }
}
