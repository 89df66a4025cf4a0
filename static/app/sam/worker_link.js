/** Promises over a decoder worker's messages, and the knowledge of whether the worker still lives. */
/** @import { Body, FailureCode, Reply, RequestType, Results } from './protocol.js' */

/** What of Worker is used, so that tests can bring their own.
 *  @typedef {Pick<Worker, 'postMessage' | 'terminate'> & {
 *    onmessage: ((event: MessageEvent) => void) | null, onerror: ((event: ErrorEvent) => void) | null,
 *    onmessageerror: ((event: MessageEvent) => void) | null }} WorkerLike */

/** A request that failed; the message is a sentence. */
export class DecoderError extends Error {
  /** @param {FailureCode} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** @typedef {{ resolve: (result: any) => void, reject: (error: DecoderError) => void, timer: ReturnType<typeof setTimeout> }} Waiting */

export class WorkerLink {
  /** @param {WorkerLike} worker */
  constructor(worker) {
    this.worker = worker;
    this.alive = true;
    this.nextId = 1;
    /** @type {Map<number, Waiting>} */
    this.waiting = new Map();
    worker.onmessage = (event) => this.#receive(event.data);
    worker.onerror = (event) => this.end(`The mask decoder stopped (${event.message || 'no reason given'}).`);
    worker.onmessageerror = () => this.end('The mask decoder sent something unreadable.');
  }

  /** Sends a request. Without an answer within `timeout` ms the worker counts as hung and is ended.
   *  @template {RequestType} T
   *  @param {T} type @param {Body<T>} body @param {number} timeout
   *  @returns {Promise<Results[T]>} */
  ask(type, body, timeout) {
    if (!this.alive) return Promise.reject(new DecoderError('crashed', 'The mask decoder has been stopped.'));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.end(`The mask decoder gave no answer for ${Math.round(timeout / 1000)} seconds.`), timeout);
      this.waiting.set(id, { resolve, reject, timer });
      this.worker.postMessage({ ...body, type, id });
    });
  }

  /** @param {Reply} reply */
  #receive(reply) {
    const waiting = this.waiting.get(reply.id);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.waiting.delete(reply.id);
    if (reply.type !== 'failed') return waiting.resolve(reply.result);
    waiting.reject(new DecoderError(reply.code, reply.message));
    if (reply.code === 'crashed') this.end(reply.message);
  }

  /** Stops the worker; all that wait are told why. @param {string} reason */
  end(reason) {
    if (!this.alive) return;
    this.alive = false;
    this.worker.terminate();
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(new DecoderError('crashed', reason));
    }
    this.waiting.clear();
  }
}
