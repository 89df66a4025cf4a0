/** Every message between the page (decoder.js) and the decoder worker (decoder.worker.js).
 *  Each request carries an id and gets exactly one answer with the same id. */
import type { Candidate, EmbeddingInfo, LogitFrame, ModelInfo, Prompt, Rle } from '../types.js';

/** What the worker needs to know of an image. */
export interface WorkerImage {
  id: string;
  width: number;
  height: number;
  region?: LogitFrame['region'];
  embedding: Pick<EmbeddingInfo, 'url' | 'encoder_sha256'>;
}

export interface InitRequest {
  type: 'init';
  id: number;
  backend: 'wasm' | 'webgpu';
  /** Absolute URLs of onnxruntime-web's module and of its .mjs/.wasm pair. */
  ort: string;
  ortMjs: string;
  ortWasm: string;
  threads: number;
  model: ModelInfo;
  /** Cache API name and budget in bytes for embeddings. */
  cache: { name: string; budget: number };
  /** Leave the prepared fast path out (after it failed once, or to compare). */
  plain?: boolean;
}
/** Fetch, check and prepare an image; it stays prepared until newer images push it out. */
export interface OpenRequest {
  type: 'open';
  id: number;
  image: WorkerImage;
}
/** Put embeddings into the cache at low priority, and open the next image ahead; a newer prefetch ends the older. */
export interface PrefetchRequest {
  type: 'prefetch';
  id: number;
  urls: string[];
  next: WorkerImage | null;
}
export interface DecodeRequest {
  type: 'decode';
  id: number;
  image: string;
  prompt: Prompt;
  hover?: boolean;
}
export interface RleRequest {
  type: 'rle';
  id: number;
  frame: LogitFrame;
  logits: Float32Array;
  threshold: number;
}
export interface LogitsRequest {
  type: 'logits';
  id: number;
  frame: LogitFrame;
  rle: Rle;
}

/** Looks for the object under a mask of one open image in another open one. */
export interface PropagateRequest {
  type: 'propagate';
  id: number;
  rle: Rle;
  from: string;
  to: string;
}

export type Request =
  | InitRequest
  | OpenRequest
  | PrefetchRequest
  | DecodeRequest
  | RleRequest
  | LogitsRequest
  | PropagateRequest;
export type RequestType = Request['type'];
/** What a request of one type carries besides its type and id. */
export type Body<T extends RequestType> = Omit<Extract<Request, { type: T }>, 'type' | 'id'>;

/** Which graph served a prompt. */
export type DecodePath = 'fast' | 'plain';

export interface Results {
  init: { backend: string; threads: number };
  open: { frame: LogitFrame; fetchMs: number; openMs: number; bytes: number; path: DecodePath };
  prefetch: { fetched: number };
  decode: { candidates: Candidate[]; best: number; ms: number; path: DecodePath; plainMs: number | null };
  rle: { rle: Rle };
  logits: { logits: Float32Array };
  propagate: { found: { candidate: Candidate; confidence: number; sure: boolean } | null };
}

/** Kinds of failure the page treats differently. */
export type FailureCode =
  /** The worker is no longer trustworthy (out of memory, wasm abort): restart it. */
  | 'crashed'
  /** No answer from the server. */
  | 'network'
  | 'signed_out'
  /** The embedding belongs to another encoder or is damaged. */
  | 'embedding'
  /** The image is not open in this worker (any more). */
  | 'not_open'
  | 'invalid';

export type Reply =
  | { [T in RequestType]: { type: T; id: number; result: Results[T] } }[RequestType]
  | { type: 'failed'; id: number; code: FailureCode; message: string };
