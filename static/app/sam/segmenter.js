/** Page side of the decoder worker: prompt in, candidates out.
 *
 *  The worker is disposable. When it crashes, hangs or runs out of memory another is started, the images asked for are
 *  opened again and clicks that were on their way are decoded there; the person sees a sentence in the status. */
/** @import { Candidate, Decoded, EditorConfig, ImageInfo, LogitFrame, ModelInfo, Prompt, Segmenter, SegmenterStatus, Uuid } from '../types.js' */
/** @import { Emitter } from '../core/events.js' */
/** @import { isBetter } from './gpu_trial.js' */
/** @import { Body, RequestType, Results, WorkerImage } from './protocol.js' */
/** @import { WorkerLike } from './worker_link.js' */

import { createEmitter } from '../core/events.js';
import { later } from '../core/later.js';
import { DecodeQueue } from './decode_queue.js';
import { waitForEmbedding } from './embedding_wait.js';
import { trialMemory } from './gpu_memory.js';
import { createLatency } from './latency.js';
import { DecoderError, WorkerLink } from './worker_link.js';

/** Milliseconds without an answer after which a worker counts as hung. The first takes in a 14 MB download. */
const TIMEOUT = Object.freeze({ start: 180_000, open: 120_000, work: 30_000 });
const gpuTrial = later(() => import('./gpu_trial.js'));
const CACHE_BYTES = 512 * 1024 * 1024;
const MAX_THREADS = 4;
const TRIAL_DELAY = 8000;
/** More crashes than this within CRASH_WINDOW and the decoder stays off until the next photo. */
const MAX_CRASHES = 3;
const CRASH_WINDOW = 60_000;

/** @typedef {object} SegmenterOptions
 *  @property {Pick<EditorConfig['urls'], 'worker' | 'ort' | 'ortWasm'>} urls ortWasm: the folder with the .mjs/.wasm pair
 *  @property {ModelInfo} model
 *  @property {string} user whose cache it is
 *  @property {(id: Uuid) => Promise<ImageInfo>} loadImage asks the server again, while an embedding is being made
 *  @property {(id: Uuid) => Promise<unknown>} [requestEmbedding] asks the server to make one
 *  @property {(url: string) => WorkerLike} [spawn]
 *  @property {(ms: number) => Promise<void>} [sleep] */

/** @param {SegmenterOptions} options @returns {Segmenter} */
export function createSegmenter(options) {
  return new WorkerSegmenter(options);
}

/** @implements {Segmenter} */
class WorkerSegmenter {
  /** @param {SegmenterOptions} options */
  constructor(options) {
    this.options = options;
    this.spawn = options.spawn ?? ((url) => new Worker(url, { type: 'module', name: 'decoder' }));
    this.threads = globalThis.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency || 1, MAX_THREADS) : 1;
    /** @type {'wasm' | 'webgpu'} */
    this.backend = trialMemory(options.model.id).read() === 'webgpu' ? 'webgpu' : 'wasm';
    this.latency = createLatency();
    this.changed = /** @type {Emitter<SegmenterStatus>} */ (createEmitter());
    this.queue = new DecodeQueue((image, prompt, hover) => this.#decodeNow(image, prompt, hover));
    /** @type {SegmenterStatus} */
    this.status = {
      state: 'idle', message: '', backend: this.backend, threads: this.threads, model: options.model.name, ...this.latency.read(),
    };
    /** @type {LogitFrame | null} */
    this.frame = null;
    /** @type {WorkerLink | null} */
    this.link = null;
    /** @type {Map<Uuid, ImageInfo>} every image opened so far, to open it again in a new worker */
    this.images = new Map();
    /** @type {Map<Uuid, Promise<Results['open']>>} opened in the present worker */
    this.opened = new Map();
    /** @type {Map<string, ImageInfo>} the image each opened region belongs to */
    this.wholes = new Map();
    /** @type {Map<string, NonNullable<LogitFrame['region']>>} */
    this.regions = new Map();
    /** @type {WeakMap<Candidate, LogitFrame>} */
    this.frames = new WeakMap();
    /** @type {number[]} */
    this.crashes = [];
    /** @type {ImageInfo | null} */
    this.current = null;
    this.opening = new AbortController();
    this.gpuAsked = false;
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

  /** Makes an image the current one. A newer call ends an older one, which then rejects with an AbortError.
   *  @param {ImageInfo} image */
  async openImage(image) {
    this.opening.abort();
    const { signal } = this.opening = new AbortController();
    this.queue.dropHover();
    this.current = null;
    this.frame = null;
    this.crashes = [];
    this.#setStatus({ state: 'loading', message: 'Loading the photo into the mask decoder.' });
    try {
      const ready = await waitForEmbedding(image, this.options, signal, (message) => this.#setStatus({ state: 'waiting', message }));
      this.images.set(ready.id, ready);
      const { frame, path } = await this.#open(ready.id);
      signal.throwIfAborted();
      this.current = ready;
      this.frame = frame;
      this.#setStatus({ state: 'ready', message: '', path });
      this.#tryGpuLater();
    } catch (error) {
      if (!signal.aborted) this.#setStatus({ state: 'failed', message: sentence(error) });
      throw error;
    }
  }

  /** Puts the embeddings of likely next images into the cache. @param {ImageInfo[]} images */
  prefetch(images) {
    const urls = images.flatMap(({ embedding }) => (embedding.state === 'ready' && embedding.url ? [absolute(embedding.url)] : []));
    this.#ask('prefetch', { urls }, TIMEOUT.open).catch(() => {});  // only a convenience
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
    const { result, frame } = await this.#persist(hover ? 1 : 3, async () => {
      const { frame } = await this.#open(id);
      return { frame, result: await this.#ask('decode', { image: id, prompt }, TIMEOUT.work) };
    }, [id]);
    for (const candidate of result.candidates) this.frames.set(candidate, frame);
    this.latency.add(result.ms);
    this.#setStatus({ ...this.latency.read(), path: result.path, message: '' });
    return result;
  }

  /** Tries again in a new worker after a crash, and after the worker has let an image go.
   *  @template T @param {number} attempts @param {() => Promise<T>} work @param {Uuid[]} [images] @returns {Promise<T>} */
  async #persist(attempts, work, images) {
    for (let left = attempts; ; left--) {
      try {
        return await work();
      } catch (error) {
        const code = error instanceof DecoderError ? error.code : null;
        if (code === 'not_open' && images) for (const image of images) this.opened.delete(image);
        else if (code !== 'crashed') throw error;
        if (left <= 1 || this.status.state === 'failed') throw error;
      }
    }
  }

  /** @param {Uuid} id @returns {Promise<Results['open']>} */
  #open(id) {
    const known = this.opened.get(id);
    if (known) return known;
    const image = this.#wire(/** @type {ImageInfo} */ (this.images.get(id)));
    const opened = this.#persist(2, () => this.#ask('open', { image }, TIMEOUT.open));
    this.opened.set(id, opened);
    opened.catch(() => { if (this.opened.get(id) === opened) this.opened.delete(id); });
    return opened;
  }

  /** @param {ImageInfo} image @returns {WorkerImage} */
  #wire({ id, width, height, embedding }) {
    const region = this.regions.get(id);
    return { id, width, height, ...(region ? { region } : {}), embedding: { url: absolute(embedding.url ?? ''), encoder_sha256: embedding.encoder_sha256 } };
  }

  /** Image-size mask of a candidate. @type {Segmenter['toRle']} */
  async toRle(candidate) {
    const frame = this.frames.get(candidate) ?? this.frame;
    if (!frame) throw new DecoderError('not_open', 'The photo is not ready yet, so its mask has no size.');
    const threshold = this.options.model.manifest.decoder.mask_threshold;
    const ask = () => this.#ask('rle', { frame, logits: candidate.logits, threshold }, TIMEOUT.work);
    return (await this.#persist(2, ask)).rle;
  }

  /** @type {Segmenter['logitsFromRle']} */
  async logitsFromRle(rle) {
    const { frame } = this;
    if (!frame) throw new DecoderError('not_open', 'The photo is not ready yet, so a mask cannot be refined.');
    return (await this.#persist(2, () => this.#ask('logits', { frame, rle }, TIMEOUT.work))).logits;
  }

  /** @type {Segmenter['openRegion']} */
  async openRegion(region, url) {
    const whole = this.current && this.wholes.get(this.current.id) || this.current;
    if (!whole) throw new DecoderError('not_open', 'The photo is not ready yet, so no part of it can be enlarged.');
    if (!region) return this.openImage(whole);
    const [x, y, width, height] = region;
    const part = { ...whole, id: `${whole.id}#${region.join()}`, width, height, embedding: { ...whole.embedding, url: url ?? null } };
    this.wholes.set(part.id, whole);
    this.regions.set(part.id, { x, y, imageWidth: whole.width, imageHeight: whole.height });
    await this.openImage(part);
  }

  /** @type {Segmenter['propagate']} */
  async propagate(rle, from, to) {
    for (const image of [from, to]) this.images.set(image.id, image);
    const { found, frame } = await this.#persist(3, async () => {
      await this.#open(from.id);
      const { frame } = await this.#open(to.id);
      return { frame, ...await this.#ask('propagate', { rle, from: from.id, to: to.id }, TIMEOUT.work) };
    }, [from.id, to.id]);
    if (!found) return null;
    this.frames.set(found.candidate, frame);
    return { ...found, rle: await this.toRle(found.candidate) };
  }

  /** @template {RequestType} T
   *  @param {T} type @param {Body<T>} body @param {number} timeout @returns {Promise<Results[T]>} */
  async #ask(type, body, timeout) {
    const link = this.#worker();
    try {
      return await link.ask(type, body, timeout);
    } catch (error) {
      if (!link.alive && this.link === link) this.#crashed(sentence(error));
      throw error;
    }
  }

  /** The living worker; a new one if need be. @returns {WorkerLink} */
  #worker() {
    if (this.link) return this.link;
    const link = this.link = new WorkerLink(this.spawn(absolute(this.options.urls.worker)));
    link.ask('init', this.#init(this.backend), TIMEOUT.start).then(
      ({ backend, threads }) => this.#setStatus({ backend, threads }),
      (error) => {
        // A worker without its model answers nothing: let the next request try from the start.
        link.end(sentence(error));
        if (this.link === link) this.#crashed(sentence(error));
      },
    );
    return link;
  }

  /** @param {'wasm' | 'webgpu'} backend @returns {Body<'init'>} */
  #init(backend) {
    const { urls, model, user } = this.options;
    const folder = absolute(urls.ortWasm);
    const build = backend === 'webgpu' ? 'ort-wasm-simd-threaded.asyncify' : 'ort-wasm-simd-threaded';
    const files = Object.fromEntries(Object.entries(model.files).map(([name, url]) => [name, absolute(url)]));
    return {
      backend, ort: backend === 'webgpu' ? new URL('ort.webgpu.min.mjs', folder).href : absolute(urls.ort),
      threads: this.threads, model: { ...model, files },
      ortMjs: new URL(`${build}.mjs`, folder).href, ortWasm: new URL(`${build}.wasm`, folder).href,
      cache: { name: `maskwright-embeddings:${user}`, budget: CACHE_BYTES },
    };
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
    const image = this.current;
    const memory = trialMemory(this.options.model.id);
    if (!image || !this.frame || this.backend === 'webgpu' || memory.read() === 'wasm') return this.backend;
    const { hasGpu, isBetter, trialPrompt } = await gpuTrial();
    if (!software && !await hasGpu()) return this.backend;
    const link = new WorkerLink(this.spawn(absolute(this.options.urls.worker)));
    try {
      const better = await this.#trial(link, image, trialPrompt(this.frame), isBetter);
      memory.write(better ? 'webgpu' : 'wasm');
      if (better && this.current === image) return this.#adopt(link);
    } catch {
      memory.write('wasm');
    }
    link.end('The trial is over.');
    return this.backend;
  }

  /** @param {WorkerLink} link @param {ImageInfo} image @param {Prompt} prompt @param {typeof isBetter} judge */
  async #trial(link, image, prompt, judge) {
    await Promise.all([link.ask('init', this.#init('webgpu'), TIMEOUT.start), link.ask('open', { image: this.#wire(image) }, TIMEOUT.start)]);
    const candidate = () => link.ask('decode', { image: image.id, prompt }, TIMEOUT.work);
    return judge(() => this.#ask('decode', { image: image.id, prompt }, TIMEOUT.work), candidate);
  }

  /** @param {WorkerLink} link */
  #adopt(link) {
    this.link?.end('Another backend has taken over.');
    this.link = link;
    this.backend = 'webgpu';
    this.opened.clear();
    this.#setStatus({ backend: 'webgpu' });
    return this.backend;
  }

  /** @param {string} reason */
  #crashed(reason) {
    this.link = null;
    this.opened.clear();
    const now = Date.now();
    this.crashes = [...this.crashes.filter((time) => now - time < CRASH_WINDOW), now];
    if (/memory|alloc/i.test(reason)) this.threads = 1;
    if (this.backend === 'webgpu') {
      this.backend = 'wasm';
      trialMemory(this.options.model.id).write('wasm');
    }
    if (this.crashes.length > MAX_CRASHES) {
      this.#setStatus({ state: 'failed', message: `${reason} It was started ${MAX_CRASHES} times in vain: reload the page; brush and polygon work meanwhile.` });
    } else {
      this.#setStatus({ message: `${reason} It is being started again; nothing is lost.` });
    }
  }

  dispose() {
    this.opening.abort();
    this.link?.end('The page is closing.');
    this.link = null;
  }
}

/** @param {string} url */
function absolute(url) {
  return new URL(url, globalThis.location?.href ?? 'http://localhost/').href;
}

/** @param {unknown} error */
function sentence(error) {
  return error instanceof Error ? error.message : String(error);
}
