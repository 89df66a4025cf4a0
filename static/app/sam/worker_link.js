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
  /** @param {WorkerLike} worker @param {(reason: string) => void} [onLost] the worker ended by itself; comes before those who
   *  wait are told */
  constructor(worker, onLost = () => {}) {
    this.worker = worker;
    this.onLost = onLost;
    this.alive = true;
    this.nextId = 1;
    /** @type {Map<number, Waiting>} */
    this.waiting = new Map();
    worker.onmessage = (event) => this.#receive(event.data);
    worker.onerror = (event) => this.fail(stopped(event.message));
    worker.onmessageerror = () => this.fail('The mask decoder sent something unreadable.');
  }

  /** Sends a request. Without an answer within `timeout` ms the worker counts as hung and is ended.
   *  @template {RequestType} T
   *  @param {T} type @param {Body<T>} body @param {number} timeout
   *  @returns {Promise<Results[T]>} */
  ask(type, body, timeout) {
    if (!this.alive) return Promise.reject(new DecoderError('crashed', 'The mask decoder has been stopped.'));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.fail(`The mask decoder gave no answer for ${Math.round(timeout / 1000)} seconds.`),
        timeout,
      );
      this.waiting.set(id, { resolve, reject, timer });
      this.worker.postMessage({ ...body, type, id });
    });
  }

  /** @param {Reply} reply */
  #receive(reply) {
    const waiting = this.waiting.get(reply.id);
    if (!waiting) return;
    if (reply.type === 'failed' && reply.code === 'crashed') return this.fail(stopped(reply.message));
    clearTimeout(waiting.timer);
    this.waiting.delete(reply.id);
    if (reply.type === 'failed') waiting.reject(new DecoderError(reply.code, reply.message));
    else waiting.resolve(reply.result);
  }

  /** The worker is lost. @param {string} reason */
  fail(reason) {
    if (!this.alive) return;
    this.alive = false;
    this.onLost(reason);
    this.#stop(reason);
  }

  /** Stops the worker on purpose. @param {string} reason told to all that wait */
  end(reason) {
    if (!this.alive) return;
    this.alive = false;
    this.#stop(reason);
  }

  /** @param {string} reason */
  #stop(reason) {
    this.worker.terminate();
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(new DecoderError('crashed', reason));
    }
    this.waiting.clear();
  }
}

/** What happened, for a person; the runtime's own words stay beside it. @param {string | undefined} detail */
function stopped(detail) {
  const what = /memory|alloc/i.test(detail ?? '') ? 'ran out of memory' : 'stopped';
  return `The mask decoder ${what} (${detail?.replace(/\.$/, '') || 'no reason given'}).`;
}
