/** Keeps one decoder worker alive: starts it, asks it, and replaces it after a crash, until it has crashed too often. */
/** @import { Body, RequestType, Results } from './protocol.js' */
/** @import { HostEvents, HostOptions } from './types.d.ts' */

import { trialMemory } from './gpu_memory.js';
import { DecoderError, WorkerLink } from './worker_link.js';

/** Milliseconds without an answer after which a worker counts as hung. The first takes in a 14 MB download. */
export const TIMEOUT = Object.freeze({ start: 180_000, open: 120_000, work: 30_000 });
const CACHE_BYTES = 512 * 1024 * 1024;
const MAX_THREADS = 4;
/** More crashes than this within CRASH_WINDOW and the decoder stays off until the next photo. */
const MAX_CRASHES = 3;
const CRASH_WINDOW = 60_000;

export class DecoderHost {
  /** @param {HostOptions} options @param {HostEvents} events */
  constructor(options, events) {
    this.options = options;
    this.events = events;
    this.spawn = options.spawn ?? ((url) => new Worker(url, { type: 'module', name: 'decoder' }));
    this.threads = globalThis.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency || 1, MAX_THREADS) : 1;
    /** @type {'wasm' | 'webgpu'} */
    this.backend = trialMemory(options.model.id).read() === 'webgpu' ? 'webgpu' : 'wasm';
    /** @type {string} what the worker itself says it runs on */
    this.running = this.backend;
    /** @type {WorkerLink | null} */
    this.link = null;
    /** @type {number[]} times of recent crashes */
    this.crashes = [];
    this.gaveUp = false;
  }

  /** Another photo is another chance. */
  forgive() {
    this.crashes = [];
    this.gaveUp = false;
  }

  /** @template {RequestType} T
   *  @param {T} type @param {Body<T>} body @param {number} timeout @returns {Promise<Results[T]>} rejects with DecoderError */
  ask(type, body, timeout) {
    return this.#worker().ask(type, body, timeout);
  }

  /** Tries work again in a new worker after a crash, and after the worker has let an image go.
   *  @template T @param {number} attempts @param {() => Promise<T>} work @param {() => void} [reopen] called before a try
   *  that follows the loss of an image @returns {Promise<T>} */
  async persist(attempts, work, reopen) {
    for (let left = attempts; ; left--) {
      try {
        return await work();
      } catch (error) {
        const code = error instanceof DecoderError ? error.code : null;
        if (code === 'not_open' && reopen) reopen();
        else if (code !== 'crashed') throw error;
        if (left <= 1 || this.gaveUp) throw error;
      }
    }
  }

  /** The living worker; a new one if need be. @returns {WorkerLink} */
  #worker() {
    if (this.link) return this.link;
    /** @type {ReturnType<DecoderHost['connect']>} */
    const link = this.connect(this.backend, (reason) => this.#lost(link, reason));
    this.link = link;
    link.started.then(
      ({ backend, threads }) => {
        if (this.link !== link) return;
        [this.running, this.threads] = [backend, threads];
        this.events.onStart();
      },
      () => {},
    ); // told through onLost
    return link;
  }

  /** A worker of its own, told to load the model. One without its model answers nothing, so it ends when that fails.
   *  @param {'wasm' | 'webgpu'} backend @param {(reason: string) => void} [onLost]
   *  @returns {WorkerLink & { started: Promise<Results['init']> }} */
  connect(backend, onLost) {
    const link = new WorkerLink(this.spawn(absolute(this.options.urls.worker)), onLost);
    const started = link.ask('init', this.#init(backend), TIMEOUT.start);
    started.catch((error) => link.fail(error.message));
    return Object.assign(link, { started });
  }

  /** @param {'wasm' | 'webgpu'} backend @returns {Body<'init'>} */
  #init(backend) {
    const { urls, model, user } = this.options;
    const folder = absolute(urls.ortWasm);
    const build = backend === 'webgpu' ? 'ort-wasm-simd-threaded.asyncify' : 'ort-wasm-simd-threaded';
    const files = Object.fromEntries(Object.entries(model.files).map(([name, url]) => [name, absolute(url)]));
    return {
      backend,
      ort: backend === 'webgpu' ? new URL('ort.webgpu.min.mjs', folder).href : absolute(urls.ort),
      threads: this.threads,
      model: { ...model, files },
      ortMjs: new URL(`${build}.mjs`, folder).href,
      ortWasm: new URL(`${build}.wasm`, folder).href,
      cache: { name: `maskwright-embeddings:${user}`, budget: CACHE_BYTES },
    };
  }

  /** Another worker, tried out already, takes over. @param {WorkerLink} link @param {'wasm' | 'webgpu'} backend */
  adopt(link, backend) {
    this.link?.end('Another backend has taken over.');
    this.link = link;
    link.onLost = (reason) => this.#lost(link, reason);
    this.running = this.backend = backend;
  }

  /** @param {WorkerLink} link @param {string} reason */
  #lost(link, reason) {
    if (this.link !== link) return;
    this.link = null;
    const now = Date.now();
    this.crashes = [...this.crashes.filter((time) => now - time < CRASH_WINDOW), now];
    this.gaveUp = this.crashes.length > MAX_CRASHES;
    if (/memory|alloc/i.test(reason)) this.threads = 1;
    if (this.backend === 'webgpu') {
      this.running = this.backend = 'wasm';
      trialMemory(this.options.model.id).write('wasm', 'WebGPU stopped', reason);
    }
    const next = this.gaveUp
      ? `It was started ${MAX_CRASHES} times in vain: reload the page; brush and polygon work meanwhile.`
      : 'It is being started again; nothing is lost.';
    this.events.onCrash(`${reason} ${next}`, this.gaveUp);
  }

  dispose() {
    this.link?.end('The page is closing.');
    this.link = null;
  }
}

/** @param {string} url */
export function absolute(url) {
  return new URL(url, globalThis.location?.href ?? 'http://localhost/').href;
}
