/** What a decoder is given, and what it tells whoever listens. */

import type { DecoderStatus, EditorConfig, ImageInfo, ModelInfo, Uuid } from '../types.d.ts';
import type { DecodePath } from './protocol.d.ts';
import type { WorkerLike } from './worker_link.js';

export interface HostOptions {
  /** ortWasm: the folder with the .mjs/.wasm pair */
  urls: Pick<EditorConfig['urls'], 'worker' | 'ort' | 'ortWasm'>;
  model: ModelInfo;
  /** whose cache it is */
  user: string;
  spawn?(url: string): WorkerLike;
}
export interface HostEvents {
  /** a worker has loaded its model */
  onStart(): void;
  /** final: it is not started again */
  onCrash(sentence: string, final: boolean): void;
}
export interface DecoderOptions extends HostOptions {
  /** asks the server again, while an embedding is being made */
  loadImage(id: Uuid): Promise<ImageInfo>;
  requestEmbedding?(id: Uuid): Promise<unknown>;
  sleep?(ms: number): Promise<void>;
}

export interface RunsOn {
  backend: string;
  threads: number;
}

/** What happens to a decoder (decoder.js). */
export type News =
  | { kind: 'loading' }
  /** for the embedding */
  | { kind: 'waiting'; message: string }
  | { kind: 'ready'; path: DecodePath }
  | { kind: 'failed'; error: unknown }
  /** the worker has an image open */
  | { kind: 'held' }
  | { kind: 'answered'; ms: number; path: DecodePath; plainMs: number | null; corrects: boolean }
  /** the worker; final: no other one is started */
  | ({ kind: 'lost'; sentence: string; final: boolean } & RunsOn)
  /** another worker has the image open */
  | { kind: 'recovered' }
  /** a worker has loaded its model */
  | ({ kind: 'running'; gpu?: DecoderStatus['gpu']; model?: string } & RunsOn);
