/** Shapes shared by the page, the workers and the tests. Coordinates are image pixels
 *  (origin at the top-left corner of the top-left pixel, x right, y down) unless said otherwise. */

export type Uuid = string;
/** COCO compressed RLE, column-major. */
export interface Rle { size: [height: number, width: number]; counts: string }
export type Box = [x0: number, y0: number, x1: number, y1: number];

export interface AttributeSpec {
  name: string;
  kind: 'select' | 'number' | 'text' | 'checkbox';
  options?: string[];
  default?: string | number | boolean;
}
export interface Label { id: Uuid; name: string; color: string; order: number; attributes: AttributeSpec[] }

export interface EmbeddingInfo {
  state: 'none' | 'queued' | 'running' | 'ready' | 'failed';
  model_version: Uuid | null;
  encoder_sha256: string;
  url: string | null;
  bytes: number;
  run: Uuid | null;
  message: string;
}
export interface ImageInfo {
  id: Uuid; project: Uuid; name: string; sha256: string; width: number; height: number; bytes: number;
  source_format: string; notes: string[]; state: 'new' | 'in_progress' | 'done';
  annotations: number; annotation_seq: number; created: string;
  urls: { full: string; thumb: string };
  embedding: EmbeddingInfo;
}
export interface ImageIndexEntry {
  id: Uuid; name: string; state: ImageInfo['state']; annotations: number; width: number; height: number; thumb: string;
}

export interface PromptPoint { x: number; y: number; label: 0 | 1 }
/** What a person asked with, in image pixels. Stored with the annotation as provenance. */
export interface Prompt {
  points: PromptPoint[];
  box: Box | null;
  /** Previous logits [256*256] fed back to the decoder (paper, section 3), or null. */
  maskLogits: Float32Array | null;
  /** 'all' leaves parts that hold no positive point in the answer, as when a finished mask of several parts is corrected;
   *  otherwise clicks without a box get the clicked part alone (static/app/sam/keep_clicked.js). */
  parts?: 'all';
}
export interface Candidate {
  /** Before any threshold, mask_size × mask_size, row-major: what is shown and what is stored. */
  logits: Float32Array;
  /** The decoder's own output where `logits` lacks parts that nobody clicked: what goes back to it between clicks. */
  raw?: Float32Array;
  /** Predicted IoU, 0..1. */
  score: number;
  /** 0 = the unambiguous mask, 1..3 = the ambiguous ones. */
  token: number;
}
export interface Decoded { candidates: Candidate[]; best: number; ms: number }

/** How a logits map lies on the image: SAM's padded square. */
export interface LogitFrame {
  width: number; height: number;         // image
  inputSize: number;                     // padded square, e.g. 1024
  scaledWidth: number; scaledHeight: number;
  maskSize: number;                      // e.g. 256
  /** Set when the frame is of a region of a picture: width and height are then the region's, x and y its corner. Prompts
   *  and masks stay those of the whole image; only who draws the logits has to shift them. */
  region?: { x: number; y: number; imageWidth: number; imageHeight: number };
}
/** An object found again on another image. */
export interface Propagated {
  candidate: Candidate;
  rle: Rle;
  /** 0..1: overlap with the old mask, predicted IoU and likeness of the features. */
  confidence: number;
  /** Whether a chain of images may go on without asking. */
  sure: boolean;
}

export interface Person { id: Uuid; name: string }
export type Stage = 'assisted_manual' | 'semi_automatic' | 'fully_automatic';
export interface Shape { type: 'polygon'; rings: [number, number][][] }

/** One object as the server stores it. */
export interface Annotation {
  id: Uuid; image: Uuid; label: Uuid | null;
  rle: Rle; bbox: [x: number, y: number, w: number, h: number]; area: number;
  attributes: Record<string, string | number | boolean>;
  stage: Stage; status: string;
  prompts: object[]; shape: Shape | null;
  model_version: Uuid | null; predicted_iou: number | null; stability_score: number | null;
  seconds: number; clicks: number;
  author: Person | null;
  z_order: number; locked: boolean; hidden: boolean;
  revision: number; seq: number; created: string; updated: string;
}
/** What a client may write. */
export type AnnotationData = Partial<Pick<Annotation,
  'label' | 'rle' | 'attributes' | 'stage' | 'status' | 'prompts' | 'shape' | 'model_version' | 'predicted_iou' |
  'stability_score' | 'seconds' | 'clicks' | 'z_order' | 'locked' | 'hidden'>>;

export interface BulkOperation {
  key: Uuid; op: 'create' | 'update' | 'delete' | 'restore'; id: Uuid; revision?: number; data?: AnnotationData;
}
export interface ApiErrorBody {
  code: string; message: string; fields?: Record<string, string[]>; current?: Annotation;
}
export interface BulkResult { key: Uuid; status: number; annotation?: Annotation; error?: ApiErrorBody }

export interface Run {
  id: Uuid; kind: string; project: Uuid | null;
  /** The row it is about, an image for instance. */
  subject: Uuid | null;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  progress: number; message: string; error: string;
  params: Record<string, unknown>; result: Record<string, unknown>;
  created: string; started: string | null; finished: string | null;
}

/** manifest.json of a model package (format 1); only what the browser needs is typed. */
export interface ModelManifest {
  format: 1; name: string; version: string; family: string;
  input: { size: number; mean: number[]; std: number[]; pad_value: number[] };
  embedding: { name: string; shape: number[]; encoding: string }[];
  decoder: { mask_size: number; num_masks: number; mask_threshold: number; point_frame: number; tidy_cells?: number; edge_radius?: number };
  graphs: Record<string, { file: string; inputs?: string[]; outputs?: string[]; max_tokens?: number; min_guard?: number; weights?: string; cells?: string[] }>;
  encoder_sha256: string; licence: string; notice: string;
}
export interface ModelInfo {
  id: Uuid; name: string; version: string; encoder_sha256: string; licence: string; notice: string;
  manifest: ModelManifest;
  /** file name -> immutable URL */
  files: Record<string, string>;
}

export interface EditorConfig {
  api: string;
  urls: {
    worker: string; ort: string; ortWasm: string; icons: string;
    project: string; signin: string;
    /** editor page of an image, with {image} as placeholder */
    editor: string;
  };
  user: Person;
  /** The name this person signs in with. */
  login: string;
  role: string;
  project: { id: Uuid; name: string; guidelines: string; labels: Label[] };
  model: ModelInfo | null;
  image: Uuid;
  preferences: Record<string, unknown>;
}

/** The decoder's truth for the status line. */
export interface SegmenterStatus {
  state: 'idle' | 'loading' | 'ready' | 'failed' | 'waiting';
  message: string;
  backend: string; threads: number; model: string;
  /** Why WebGPU is not used, once that is known. */
  gpu?: { short: string; detail: string } | null;
  /** How often the decoder was started again after a crash. */
  restarts: number;
  /** Which graph answered last: the prepared fast one or the plain one. */
  path?: 'fast' | 'plain';
  /** Milliseconds that the plain graph took beside the fast one on this machine; null where there is no fast one. */
  plainMs?: number | null;
  last: number | null; p50: number | null; p95: number | null;
}

/** Page side of the decoder worker: prompt in, candidates out (static/app/sam/segmenter.js). */
export interface Segmenter {
  readonly status: SegmenterStatus;
  readonly frame: LogitFrame | null;
  onStatus(listener: (status: SegmenterStatus) => void): () => void;
  /** Fetches, checks and prepares the image's embedding; resolves when a click can be decoded. */
  openImage(image: ImageInfo): Promise<void>;
  prefetch(images: ImageInfo[]): void;
  /** Clicks are never dropped; a hover resolves to null when a newer prompt overtook it. `image`: another than the open one. */
  decode(prompt: Prompt, options?: { hover?: boolean; image?: ImageInfo }): Promise<Decoded | null>;
  /** Image-size mask of a candidate, straight to RLE in the worker. */
  toRle(candidate: Candidate): Promise<Rle>;
  /** Logits that stand for an existing mask, to refine it with clicks. */
  logitsFromRle(rle: Rle): Promise<Float32Array>;
  /** Makes a region [x, y, w, h] of the open image the one that clicks are decoded on, from its own embedding's address;
   *  null goes back to the whole image, at once. Coordinates and masks stay the whole image's. */
  openRegion(region: [x: number, y: number, w: number, h: number] | null, url?: string): Promise<void>;
  /** Looks for an object of one image in another, on the embeddings of both; null when nothing is found. */
  propagate(rle: Rle, from: ImageInfo, to: ImageInfo): Promise<Propagated | null>;
  dispose(): void;
}

/** A machine-made mask nobody has accepted yet. */
export interface Suggestion {
  id: Uuid; image: Uuid; rank: number;
  /** the smallest suggestion that contains this one */
  parent: Uuid | null;
  rle: Rle; bbox: [x: number, y: number, w: number, h: number]; area: number;
  predicted_iou: number; stability_score: number; point: [x: number, y: number];
  state: string; annotation: Uuid | null; model_version: Uuid; run: Uuid | null;
  /** label that similar accepted masks have; a proposal, never applied by itself */
  proposal?: { label: Uuid; probability: number } | null;
  /** the object of another image that it was carried from, the images passed since, and how sure the match is */
  carried?: { source: Uuid; image: Uuid; step: number; confidence: number } | null;
}
export interface SuggestionList {
  results: Suggestion[]; covered: number; prefill_above: number;
  sweep: { run: Uuid | null; found: number; kept: number; seconds: number; problem: string } | null;
}

/** One change set per store mutation. */
export interface ChangeSet {
  origin: 'local' | 'remote' | 'silent';
  created: Annotation[]; updated: { before: Annotation; after: Annotation }[]; deleted: Annotation[];
}
export interface Store {
  get(id: Uuid): Annotation | undefined;
  all(): Annotation[];
  apply(change: { create?: Annotation[]; update?: { id: Uuid; data: Partial<Annotation> }[]; remove?: Uuid[] }, origin: ChangeSet['origin']): ChangeSet;
  reset(annotations: Annotation[]): void;
  subscribe(listener: (change: ChangeSet) => void): () => void;
}
export type SaveState =
  | { kind: 'saved' } | { kind: 'saving'; pending: number } | { kind: 'offline'; pending: number }
  | { kind: 'signed_out'; pending: number; message: string } | { kind: 'conflict'; pending: number; conflicts: Conflict[] }
  | { kind: 'error'; pending: number; message: string };
export interface Conflict { operation: BulkOperation; mine: Annotation | null; theirs: Annotation | null; message: string }
/** Durable queue of local changes: IndexedDB first, then the server, in order (static/app/sync/outbox.js). */
export interface Outbox {
  readonly state: SaveState;
  onState(listener: (state: SaveState) => void): () => void;
  /** Resolves when the operations are on disk. */
  push(imageId: Uuid, operations: BulkOperation[]): Promise<void>;
  /** What the server has not settled yet, of one image or of all. */
  pending(imageId?: Uuid): Promise<BulkOperation[]>;
  flush(): Promise<void>;
  resolve(conflict: Conflict, choice: 'mine' | 'theirs' | 'both'): Promise<void>;
}
