/** What the status line knows of the decoder: a status after each piece of news. */
/** @import { DecoderStatus } from '../types.js' */
/** @import { Emitter } from '../core/events.js' */
/** @import { News, RunsOn } from './types.d.ts' */

import { createEmitter } from '../core/events.js';
import { createLatency } from './latency.js';

export class StatusBoard {
  #latency = createLatency();
  /** @type {Emitter<DecoderStatus>} */
  #changed = createEmitter();

  /** @param {Emitter<News>} news @param {RunsOn & { model: string }} first */
  constructor(news, first) {
    this.on = this.#changed.on;
    /** @type {DecoderStatus} */
    this.status = { state: 'idle', message: '', restarts: 0, ...this.#latency.read(), ...first };
    news.on((item) => {
      const change = this.#changeBy(item);
      if (!change) return;
      this.status = { ...this.status, ...change };
      this.#changed.emit(this.status);
    });
  }

  /** @param {News} news @returns {Partial<DecoderStatus> | null} */
  #changeBy(news) {
    switch (news.kind) {
      case 'loading':
        return { state: 'loading', message: 'Loading the photo into the mask decoder.' };
      case 'waiting':
        return { state: 'waiting', message: news.message };
      case 'ready':
        return { state: 'ready', message: '', path: news.path };
      case 'failed':
        return { state: 'failed', message: news.error instanceof Error ? news.error.message : String(news.error) };
      case 'answered': {
        const { ms, path, plainMs, corrects } = news;
        this.#latency.add(ms);
        return { ...this.#latency.read(), path, plainMs, message: '', ...(corrects && { correction: ms }) };
      }
      case 'running': {
        const { kind, ...change } = news;
        return change;
      }
      case 'lost': {
        const { sentence: message, final, backend, threads } = news;
        return { message, backend, threads, ...(final && { state: 'failed' }) };
      }
      case 'recovered':
        return { restarts: this.status.restarts + 1, ...(this.status.state === 'ready' && { message: '' }) };
      default:
        return null;
    }
  }
}
