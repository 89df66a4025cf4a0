/** What waits to be sent, where it waits, and what became of it. */

import type { Annotation, BulkOperation, BulkResult, Uuid } from '../types.d.ts';
import type { LiveImage } from './live.js';

/** One operation in line. */
export interface Queued {
  /** place in line; IndexedDB's own counter gives it */
  order: number;
  image: Uuid;
  operation: BulkOperation;
  /** the row it was made on */
  base: Annotation | null;
  /** set while a person has to decide */
  conflict: { theirs: Annotation | null; message: string; code: string } | null;
}

export interface QueueStorage {
  /** at the end, all or none */
  add(entries: Omit<Queued, 'order'>[]): Promise<void>;
  /** in order */
  list(): Promise<Queued[]>;
  /** at its own place */
  put(entry: Queued): Promise<void>;
  remove(orders: number[]): Promise<void>;
}

/** What the server has said of an operation: done with its row, or given up in favour of theirs. */
export interface Settled {
  image: Uuid;
  operation: BulkOperation;
  row: Annotation | { id: Uuid; deleted: true; revision: number; seq: number } | null;
  followed: boolean;
  outcome: 'done' | 'merged' | 'theirs' | 'copied';
  /** lays it into the store of the open image, where it is more than done */
  lay?(live: LiveImage, settled: Settled): void;
}

export interface OutboxOptions {
  storage: QueueStorage;
  send(image: Uuid, operations: BulkOperation[]): Promise<{ results: BulkResult[] }>;
  /** the server's last word on an object, as far as this tab knows */
  baseOf?(id: Uuid): Annotation | null;
  /** one tab at a time */
  exclusively?(work: () => Promise<void>): Promise<void>;
  /** to the other tabs */
  channel?: { post(message: unknown): void; on(listener: (message: unknown) => void): void };
  /** a timer; returns what cancels it */
  later?(work: () => void, ms: number): () => void;
}
