/** The decoder worker: owns onnxruntime-web. Answers every request of protocol.d.ts exactly once.
 *
 *  It is disposable: what it holds can be fetched and prepared again, so the page ends it and starts another whenever
 *  it misbehaves. */
/** @import { BlobStore } from './blobs.js' */
/** @import { FailureCode, Reply, Request, RequestType, Results, WorkerImage } from './protocol.js' */

import { RleError } from '../core/rle.js';
import { BlobError, createBlobStore } from './blobs.js';
import { EmbeddingError } from './embeddings.js';
import { Engine, NotOpenError } from './engine.js';
import { rleFromLogits } from './postprocess.js';

const scope = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));

/** @type {Promise<Engine> | null} */
let engine = null;
/** @type {Engine | null} the same, once it is there */
let loaded = null;
/** @type {BlobStore | null} */
let store = null;
/** Sessions run one call at a time. */
let turn = Promise.resolve();
/** @type {AbortController | null} */
let prefetching = null;
/** The photo somebody waits for: those after it come when it is there. @type {Promise<unknown>} */
let opening = Promise.resolve();

/** Runs work after all work given before. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
function inTurn(work) {
  const result = turn.then(work);
  turn = result.then(
    () => {},
    () => {},
  );
  return result;
}

/** @param {Extract<Request, { type: 'init' }>} request @returns {Promise<Results['init']>} */
async function init(request) {
  store = createBlobStore(request.cache);
  engine = loadEngine(request, store);
  const { ort } = await engine;
  return { backend: request.backend, threads: ort.env.wasm.numThreads ?? 1 };
}

/** @param {Extract<Request, { type: 'init' }>} request @param {BlobStore} blobs @returns {Promise<Engine>} */
async function loadEngine(request, blobs) {
  const ort = await import(request.ort);
  ort.env.wasm.numThreads = request.threads;
  ort.env.wasm.wasmPaths = { mjs: request.ortMjs, wasm: request.ortWasm };
  ort.env.logLevel = 'error';
  const made = new Engine(ort, request.model, blobs, request.backend);
  await made.load(request.plain ?? false);
  loaded = made;
  return made;
}

/** @returns {Promise<Engine>} */
function ready() {
  return engine ?? Promise.reject(new Error('The decoder was asked before it was set up.'));
}

/** @param {Extract<Request, { type: 'open' }>} request @returns {Promise<Results['open']>} */
async function open({ image }) {
  const begin = performance.now();
  const ahead = loaded?.opened(image);
  const blob = ahead ? null : await blobs().get(image.embedding.url ?? '');
  const fetched = performance.now();
  const made = await ready();
  const { frame, bytes } =
    ahead ?? (await inTurn(async () => made.opened(image) ?? made.open(image, /** @type {ArrayBuffer} */ (blob))));
  // Clicks that wait already go first, to the plain graph; the fast one's preparation takes about as long as one of them.
  setTimeout(() => {
    void readyFast(made, image.id).catch(reportLater);
  }, 0);
  return { frame, openMs: performance.now() - fetched, fetchMs: fetched - begin, bytes, path: made.path };
}

/** Turns of their own, between which clicks are answered. @param {Engine} made @param {string} id */
async function readyFast(made, id) {
  await inTurn(() => made.loadFast());
  await inTurn(() => made.prepare(id));
  await inTurn(() => made.compare(id));
}

/** Without its preparation an image is still answered by the plain graph; a broken runtime shows at the next click.
 *  @param {unknown} error */
function reportLater(error) {
  console.warn('The fast decoder could not be prepared for this photo.', error);
}

function blobs() {
  if (!store) throw new Error('The decoder was asked before it was set up.');
  return store;
}

/** @param {Extract<Request, { type: 'prefetch' }>} request @returns {Promise<Results['prefetch']>} */
async function prefetch({ urls, next }) {
  prefetching?.abort();
  const own = new AbortController();
  prefetching = own;
  let fetched = 0;
  for (const url of urls) {
    if (own.signal.aborted || (await blobs().has(url))) continue;
    await blobs()
      .get(url, { low: true, signal: own.signal })
      .then(
        () => {
          fetched++;
        },
        () => {},
      );
  }
  if (next) await openAhead(next, own.signal).catch(() => {});
  return { fetched };
}

/** Reads the next photo's embedding while this one is looked at. @param {WorkerImage} image @param {AbortSignal} signal */
async function openAhead(image, signal) {
  await opening;
  const blob = await blobs().get(image.embedding.url ?? '', { low: true, signal });
  await inTurn(async () => {
    if (!signal.aborted && loaded && !loaded.images.has(image.id)) await loaded.open(image, blob);
  });
}

/** @param {Request} request @returns {Promise<Results[RequestType]>} */
async function answer(request) {
  switch (request.type) {
    case 'init':
      return init(request);
    case 'open': {
      const opened = open(request);
      opening = opened.catch(() => {});
      return opened;
    }
    case 'prefetch':
      return prefetch(request);
    case 'decode':
      return inTurn(async () => (await ready()).decode(request.image, request.prompt, request.hover));
    case 'propagate': {
      const { propagate } = await import('./propagate.js');
      return inTurn(async () => ({ found: await propagate(await ready(), request.rle, request.from, request.to) }));
    }
    case 'rle':
      return { rle: rleFromLogits(request.logits, request.frame, request) };
    case 'logits':
      return { logits: (await import('./mask_prompt.js')).logitsFromRle(request.rle, request.frame) };
  }
}

const FATAL = /out of memory|bad_alloc|allocation failed|aborted|out of bounds|unreachable|initWasm/i;

/** @param {unknown} error @returns {FailureCode} */
function codeOf(error) {
  if (error instanceof EmbeddingError) return 'embedding';
  if (error instanceof NotOpenError) return 'not_open';
  if (error instanceof BlobError) return error.status === 401 || error.status === 403 ? 'signed_out' : 'network';
  if (error instanceof RleError) return 'invalid';
  const text = String(error instanceof Error ? error.message : error);
  if (FATAL.test(text)) return 'crashed';
  return error instanceof RangeError ? 'invalid' : 'crashed';
}

/** Big buffers are handed over, not copied. @param {Results[RequestType]} result @returns {Transferable[]} */
function buffersOf(result) {
  if ('candidates' in result)
    return result.candidates.flatMap(({ logits, raw }) => (raw ? [logits.buffer, raw.buffer] : [logits.buffer]));
  if ('found' in result) return result.found ? [result.found.candidate.logits.buffer] : [];
  return 'logits' in result ? [result.logits.buffer] : [];
}

scope.onmessage = async (/** @type {MessageEvent<Request>} */ event) => {
  const request = event.data;
  try {
    const result = await answer(request);
    scope.postMessage(/** @type {Reply} */ ({ type: request.type, id: request.id, result }), buffersOf(result));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    scope.postMessage(/** @type {Reply} */ ({ type: 'failed', id: request.id, code: codeOf(error), message }));
  }
};
