/** The decoder's sessions and the images prepared for them; lives in the worker. */
/** @import { EdgeGuide } from './edges.js' */
/** @import * as Ort from 'onnxruntime-web' */
/** @import { Candidate, LogitFrame, ModelInfo, ModelManifest, Prompt } from '../types.js' */
/** @import { BlobStore } from './blobs.js' */
/** @import { Prepared } from './fast_path.js' */
/** @import { DecodePath, WorkerImage } from './protocol.js' */

import { parseEmbedding } from './embeddings.js';
import { FastPath, named } from './fast_path.js';
import { finish } from './finish.js';
import { bestToken, frameOf, promptTensors } from './prompts.js';
import { settle } from './settled.js';

/** Images kept ready at once: the open one and its neighbours. A prepared SAM image takes about 35 MB. */
const READY_IMAGES = 3;

/** @typedef {{ frame: LogitFrame, planes: Record<string, Ort.Tensor>, prepared: Prepared | null, edges: EdgeGuide | null, url: string | null, bytes: number }} ReadyImage */

/** An image that must be opened before it can be decoded. */
export class NotOpenError extends Error {}

export class Engine {
  /** @param {typeof Ort} ort @param {ModelInfo} model @param {BlobStore} store @param {'wasm' | 'webgpu'} backend */
  constructor(ort, model, store, backend) {
    this.backend = backend;
    this.ort = ort;
    this.model = model;
    this.store = store;
    /** @type {Map<string, ReadyImage>} in order of use, the latest last */
    this.images = new Map();
    /** @type {Ort.InferenceSession | null} */
    this.decoder = null;
    /** @type {FastPath | null} */
    this.fast = null;
    this.wantsFast = false;
    this.emptyMask = this.#floats(new Float32Array(this.#maskSize ** 2), [1, 1, this.#maskSize, this.#maskSize]);
    this.warm = false;
    /** Milliseconds of a click through the plain decoder, beside the fast one. @type {number | null} */
    this.plainMs = null;
  }

  /** @returns {ModelManifest} */
  get manifest() {
    return this.model.manifest;
  }

  get #maskSize() {
    return this.manifest.decoder.mask_size;
  }

  /** The plain decoder: enough for the first clicks. @param {boolean} plain leave the fast decoder out for good */
  async load(plain) {
    const { prepare, decode_fast: decode } = this.manifest.graphs;
    this.wantsFast = !plain && Boolean(prepare && decode);
    this.decoder = await this.#session('decode');
  }

  /** The fast decoder, once somebody needs it: its graphs take a second to load, which no first click should wait for. */
  async loadFast() {
    if (!this.wantsFast || this.fast) return;
    this.fast = new FastPath(await this.#session('prepare'), await this.#session('decode_fast'), this.manifest.graphs);
  }

  /** @returns {DecodePath} */
  get path() {
    return this.wantsFast ? 'fast' : 'plain';
  }

  /** @param {string} graph @returns {Promise<Ort.InferenceSession>} */
  async #session(graph) {
    const { file = '', weights } = this.manifest.graphs[graph] ?? {};
    const bytes = await this.#file(file, graph);
    const borrowed = weights
      ? { externalData: [{ path: weights, data: new Uint8Array(await this.#file(weights, graph)) }] }
      : {};
    return this.ort.InferenceSession.create(bytes, {
      executionProviders: [{ name: this.backend }],
      graphOptimizationLevel: 'all',
      ...borrowed,
    });
  }

  /** @param {string} file @param {string} graph @returns {Promise<ArrayBuffer>} */
  #file(file, graph) {
    const url = this.model.files[file];
    if (!url)
      throw new Error(
        `The model "${this.model.name}" has no ${graph} graph, so it cannot answer clicks in the browser.`,
      );
    return this.store.get(url);
  }

  /** Makes an image ready for the plain decoder from its embedding blob. @param {WorkerImage} image @param {ArrayBuffer} blob @returns {Promise<ReadyImage>} */
  async open(image, blob) {
    const {
      planes: { guide, ...planes },
    } = parseEmbedding(blob, this.manifest);
    const tensors = Object.entries(planes).map(([name, { data, dims }]) => [name, this.#floats(data, dims)]);
    const frame = {
      ...frameOf(image.width, image.height, this.manifest),
      ...(image.region ? { region: image.region } : {}),
    };
    const { edge_radius: radius = 0 } = this.manifest.decoder;
    const edges = guide && radius > 0 ? new (await import('./edges.js')).EdgeGuide(guide.data, frame, radius) : null;
    const ready = {
      frame,
      planes: Object.fromEntries(tensors),
      prepared: null,
      edges,
      url: image.embedding.url,
      bytes: blob.byteLength,
    };
    this.images.delete(image.id);
    this.images.set(image.id, ready);
    for (const id of this.images.keys()) {
      if (this.images.size <= READY_IMAGES) break;
      this.images.delete(id);
    }
    if (!this.warm) await this.#warmUp(image);
    return ready;
  }

  /** The image if it was opened already, from this very embedding. @param {WorkerImage} image */
  opened({ id, embedding }) {
    return this.images.get(id)?.url === embedding.url ? this.use(id) : null;
  }

  /** Does the image's part of the fast decoder ahead of the clicks. @param {string} id */
  async prepare(id) {
    const image = this.images.get(id);
    if (!this.fast || !image || image.prepared) return;
    image.prepared = await this.fast.prepare(image.planes, image.frame);
  }

  /** What a click costs without the fast decoder: once, for the status line. Its own first run, which allocates, is done
   *  here too. @param {string} id */
  async compare(id) {
    const image = this.images.get(id);
    if (!image?.prepared || this.plainMs !== null) return;
    const {
      prepared,
      frame: { width, height, region },
    } = image;
    const middle = {
      x: (region?.x ?? 0) + width / 2,
      y: (region?.y ?? 0) + height / 2,
      label: /** @type {const} */ (1),
    };
    const prompt = { points: [middle], box: null, maskLogits: null };
    image.prepared = null;
    try {
      this.plainMs = (await this.decode(id, prompt)).ms;
    } finally {
      image.prepared = prepared;
    }
    await this.decode(id, prompt);
  }

  /** One decode before the first click: the engine compiles and allocates now, not under the person's hand.
   *  @param {WorkerImage} image */
  async #warmUp(image) {
    const { x, y } = image.region ?? { x: 0, y: 0 };
    await this.decode(
      image.id,
      { points: [{ x: x + image.width / 2, y: y + image.height / 2, label: 1 }], box: null, maskLogits: null },
      true,
    );
    this.warm = true;
  }

  /** The image if it is ready, now the latest used. @param {string} id @returns {ReadyImage} */
  use(id) {
    const image = this.images.get(id);
    if (!image) throw new NotOpenError('The photo is not open in the decoder.');
    this.images.delete(id);
    this.images.set(id, image);
    return image;
  }

  /** @param {string} id @param {Prompt} prompt @param {boolean} [hover] only the best candidate is shown, so only it is
   *  finished; and it does not go back to the decoder, so the padding's logits are not needed
   *  @returns {Promise<{ candidates: Candidate[], best: number, ms: number, path: DecodePath, plainMs: number | null }>} */
  async decode(id, prompt, hover = false) {
    const image = this.use(id);
    const { coords, labels } = promptTensors(prompt, image.frame);
    const begin = performance.now();
    const feeds = {
      point_coords: this.#floats(coords, [1, labels.length, 2]),
      point_labels: this.#floats(labels, [1, labels.length]),
      mask_input: prompt.maskLogits ? this.#floats(prompt.maskLogits, this.emptyMask.dims) : this.emptyMask,
      has_mask_input: this.#floats(Float32Array.of(prompt.maskLogits ? 1 : 0), [1]),
    };
    const fast =
      image.prepared && this.fast?.takes(labels.length)
        ? await this.fast.decode(hover ? image.prepared.shown : image.prepared.whole, feeds)
        : null;
    const outputs = fast ?? (await this.#runPlain({ ...image.planes, ...feeds }));
    const ms = performance.now() - begin;
    const decoded = this.#candidates(outputs);
    const best = bestToken(
      prompt,
      decoded.map((candidate) => candidate.score),
    );
    const candidates = decoded.map((candidate, token) =>
      hover && token !== best ? candidate : this.#finished(candidate, prompt, image, coords, labels),
    );
    return { candidates, best, ms, path: fast ? 'fast' : 'plain', plainMs: this.plainMs };
  }

  /** @param {Record<string, Ort.Tensor>} tensors */
  #runPlain(tensors) {
    const decoder = /** @type {Ort.InferenceSession} */ (this.decoder);
    return decoder.run(named(tensors, decoder.inputNames));
  }

  /** @param {Ort.InferenceSession.OnnxValueMapType} outputs @returns {Candidate[]} */
  #candidates(outputs) {
    const logits = /** @type {Float32Array} */ (outputs.logits?.data);
    const scores = /** @type {Float32Array} */ (outputs.iou?.data);
    const cells = this.#maskSize ** 2;
    if (logits?.length !== cells * 4 || scores?.length !== 4)
      throw new Error('The decoder gave an answer of an unexpected shape.');
    return Array.from(scores, (score, token) => ({
      logits: logits.slice(token * cells, (token + 1) * cells),
      score: Math.min(Math.max(score, 0), 1),
      token,
    }));
  }

  /** What is shown and stored (see finish.js), beside it what goes back to the decoder between clicks.
   *  @param {Candidate} candidate @param {Prompt} prompt @param {ReadyImage} image
   *  @param {Float32Array} coords @param {Float32Array} labels @returns {Candidate} */
  #finished(candidate, prompt, { frame, edges }, coords, labels) {
    const { mask_threshold: threshold, tidy_cells: crumbs = 0 } = this.manifest.decoder;
    const { points, maskLogits, answered: from = points.length - 1 } = prompt;
    let raw = candidate.logits;
    if (maskLogits && points[from]) {
      const [fresh, kinds] = [coords.subarray(2 * from, 2 * points.length), labels.subarray(from, points.length)];
      raw = settle(raw, maskLogits, frame, fresh, kinds, threshold);
    }
    const logits = finish(raw, { frame, threshold, crumbs, edges }, prompt);
    return logits === raw ? { ...candidate, logits } : { ...candidate, logits, raw };
  }

  /** @param {Float32Array} data @param {readonly number[]} dims */
  #floats(data, dims) {
    return new this.ort.Tensor('float32', data, dims);
  }
}
