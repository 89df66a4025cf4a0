/** Shapes shared by the page, the workers and the tests. Coordinates are image pixels
 *  (origin at the top-left corner of the top-left pixel, x right, y down) unless said otherwise. */
import type * as api from './api/schema.d.ts';

/* What the server stores and says, as annotator/openapi.yaml describes it (static/app/api/schema.d.ts); what JSON Schema
 * cannot say well is put more narrowly here. */
export type Uuid = string;
export type Rle = api.Annotation['rle'];
export type { AttributeSpec, EmbeddingInfo, Label, Person, Run, Suggestion } from './api/schema.d.ts';
export type {
  Error as ApiErrorEnvelope,
  Gone,
  Image as ImageInfo,
  ImageIndex as ImageIndexEntry,
  ImageIndexPage,
} from './api/schema.d.ts';
export type { Suggestions as SuggestionList, StageEnum as Stage } from './api/schema.d.ts';
/** The polygon an object was drawn as. */
export interface Shape {
  type: 'polygon';
  rings: [number, number][][];
}
/** One object as the server stores it. */
export type Annotation = Omit<api.Annotation, 'shape'> & { shape: Shape | null };
/** What a client may write. */
export type AnnotationData = Partial<Pick<Annotation, keyof api.AnnotationFieldsRequest>>;
/** A decision on a suggestion, and what became of it. */
export type Decision = Omit<api.DecisionWriteRequest, 'data'> & { data?: AnnotationData };
export type DecisionResult = Omit<api.DecisionResult, 'annotation' | 'error'> & {
  annotation?: Annotation | null;
  error?: ApiErrorBody;
};
export type BulkOperation = Omit<api.OperationWriteRequest, 'data'> & { data?: AnnotationData };
export type ApiErrorBody = Omit<api.Error, 'current'> & { current?: Annotation };
export type BulkResult = Omit<api.BulkResult, 'annotation' | 'error'> & {
  annotation?: Annotation;
  error?: ApiErrorBody;
};
export type ModelInfo = Omit<api.ModelDetail, 'manifest'> & { manifest: ModelManifest };

export type Box = [x0: number, y0: number, x1: number, y1: number];

export interface PromptPoint {
  x: number;
  y: number;
  label: 0 | 1;
}
/** What a person asked with, in image pixels. Stored with the annotation as provenance. */
export interface Prompt {
  points: PromptPoint[];
  box: Box | null;
  /** Previous logits [256*256] fed back to the decoder (paper, section 3), or null. */
  maskLogits: Float32Array | null;
  /** How many of the points those logits answer already (all but the last where it is not said): the others are new, and
   *  far from them the logits keep a say. */
  answered?: number;
  /** 'all' leaves parts that hold no positive point in the answer, as when a finished mask of several parts is corrected;
   *  otherwise clicks without a box get the clicked part alone (static/app/sam/finish.js). */
  parts?: 'all';
}
export interface Candidate {
  /** Before any threshold, mask_size × mask_size, row-major: what is shown and what is stored. */
  logits: Float32Array;
  /** The decoder's own output, with what earlier points settled: what goes back to it between clicks. */
  raw?: Float32Array;
  /** Predicted IoU, 0..1. */
  score: number;
  /** 0 = the unambiguous mask, 1..3 = the ambiguous ones. */
  token: number;
}
export interface Decoded {
  candidates: Candidate[];
  best: number;
  ms: number;
}

/** How a logits map lies on the image: SAM's padded square, or one that the image is stretched over. */
export interface LogitFrame {
  width: number;
  height: number; // image
  inputSize: number; // the square that points are given in, e.g. 1024
  scaledWidth: number;
  scaledHeight: number;
  maskSize: number; // e.g. 256
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

/** manifest.json of a model package (format 1 or 2); only what the browser needs is typed. */
export interface ModelManifest {
  format: 1 | 2;
  name: string;
  version: string;
  family: string;
  input: { size: number; mean: number[]; std: number[]; pad_value: number[]; fit?: 'pad' | 'stretch' };
  embedding: { name: string; shape: number[]; encoding: string }[];
  decoder: {
    mask_size: number;
    num_masks: number;
    mask_threshold: number;
    point_frame: number;
    tidy_cells?: number;
    edge_radius?: number;
  };
  graphs: Record<
    string,
    {
      file: string;
      inputs?: string[];
      outputs?: string[];
      max_tokens?: number;
      min_guard?: number;
      weights?: string;
      cells?: string[];
    }
  >;
  encoder_sha256: string;
  licence: string;
  notice: string;
}
export interface EditorConfig {
  api: string;
  urls: {
    worker: string;
    ort: string;
    ortWasm: string;
    icons: string;
    project: string;
    signin: string;
    /** one's own work in all projects */
    work: string;
    /** editor page of an image, with {image} as placeholder */
    editor: string;
  };
  user: Person;
  /** The name this person signs in with. */
  login: string;
  /** Whether this person has a password; who has none comes by sign-in links. */
  password: boolean;
  role: string;
  project: { id: Uuid; name: string; guidelines: string; labels: Label[] };
  /** The job that is walked through, in place of the whole project. */
  job: { id: Uuid; title: string } | null;
  model: ModelInfo | null;
  image: Uuid;
  preferences: Record<string, unknown>;
}

/** The decoder's truth for the status line. */
export interface DecoderStatus {
  state: 'idle' | 'loading' | 'ready' | 'failed' | 'waiting';
  message: string;
  backend: string;
  threads: number;
  model: string;
  /** Why WebGPU is not used, once that is known. */
  gpu?: { short: string; detail: string } | null;
  /** How often the decoder was started again after a crash. */
  restarts: number;
  /** Which graph answered last: the prepared fast one or the plain one. */
  path?: 'fast' | 'plain';
  /** Milliseconds that the plain graph took beside the fast one on this machine; null where there is no fast one. */
  plainMs?: number | null;
  /** Milliseconds of the last click that corrected a mask, whose logits went back to the decoder. */
  correction?: number;
  last: number | null;
  p50: number | null;
  p95: number | null;
}

/** Page side of the decoder worker: prompt in, candidates out (static/app/sam/decoder.js). */
export interface Decoder {
  readonly status: DecoderStatus;
  readonly frame: LogitFrame | null;
  onStatus(listener: (status: DecoderStatus) => void): () => void;
  /** Fetches, checks and prepares the image's embedding; resolves when a click can be decoded. */
  openImage(image: ImageInfo): Promise<void>;
  prefetch(images: ImageInfo[]): void;
  /** Clicks are never dropped; a hover resolves to null when a newer prompt overtook it. `image`: another than the open one. */
  ask(prompt: Prompt, options?: { hover?: boolean; image?: ImageInfo }): Promise<Decoded | null>;
  /** Image-size mask of a candidate, straight to RLE in the worker. */
  toRle(candidate: Candidate): Promise<Rle>;
  /** Logits that stand for an existing mask, to refine it with clicks. */
  logitsFromRle(rle: Rle): Promise<Float32Array>;
  /** Makes a region [x, y, w, h] of the open image the one that clicks are decoded on, from its own embedding's address;
   *  null goes back to the whole image, at once. Coordinates and masks stay the whole image's. */
  openRegion(region: [x: number, y: number, w: number, h: number] | null, url?: string): Promise<void>;
  /** Looks for an object of one image in another, on the embeddings of both; null when nothing is found. */
  propagate(rle: Rle, from: ImageInfo, to: ImageInfo): Promise<Propagated | null>;
  /** The version that made a candidate, where another one answers by now. */
  modelOf?(candidate: Candidate): Uuid | undefined;
  dispose(): void;
}

/** One change set per store mutation. */
export interface ChangeSet {
  origin: 'local' | 'remote' | 'silent';
  created: Annotation[];
  updated: { before: Annotation; after: Annotation }[];
  deleted: Annotation[];
}
export interface Store {
  get(id: Uuid): Annotation | undefined;
  all(): Annotation[];
  apply(
    change: { create?: Annotation[]; update?: { id: Uuid; data: Partial<Annotation> }[]; remove?: Uuid[] },
    origin: ChangeSet['origin'],
  ): ChangeSet;
  reset(annotations: Annotation[]): void;
  subscribe(listener: (change: ChangeSet) => void): () => void;
}
export type SaveState =
  | { kind: 'saved' }
  | { kind: 'saving'; pending: number }
  | { kind: 'offline'; pending: number }
  | { kind: 'signed_out'; pending: number; message: string }
  | { kind: 'conflict'; pending: number; conflicts: Conflict[] }
  | { kind: 'error'; pending: number; message: string };
export interface Conflict {
  operation: BulkOperation;
  mine: Annotation | null;
  /** null where nobody else changed it: the server refused it for another reason */
  theirs: Annotation | null;
  message: string;
  /** the server's, e.g. stale_revision, unknown_label, not_found */
  code: string;
}
/** Durable queue of local changes: IndexedDB first, then the server, in order (static/app/sync/outbox.js). */
export interface Outbox {
  readonly state: SaveState;
  onState(listener: (state: SaveState) => void): () => void;
  /** Resolves when the operations are on disk. */
  push(imageId: Uuid, operations: BulkOperation[]): Promise<void>;
  /** What the server has not settled yet, of one image or of all. */
  pending(imageId?: Uuid): Promise<BulkOperation[]>;
  flush(): Promise<void>;
  /** data: changed with mine */
  resolve(conflict: Conflict, choice: 'mine' | 'theirs' | 'both', data?: AnnotationData): Promise<void>;
}
