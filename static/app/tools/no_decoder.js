/** Stands in for the decoder when the project has no model: the drawing tools work all the same. */

/** @import { Decoder } from '../types.js' */

const MESSAGE = 'This project has no model. Choose one in its settings to make masks by clicking.';

/** @returns {Decoder} */
export function createNoDecoder() {
  const refuse = () => Promise.reject(new Error(MESSAGE));
  return {
    status: {
      state: 'failed',
      message: MESSAGE,
      backend: '',
      threads: 0,
      model: '',
      restarts: 0,
      last: null,
      p50: null,
      p95: null,
    },
    frame: null,
    onStatus: () => () => undefined,
    openImage: () => Promise.resolve(),
    prefetch: () => undefined,
    ask: (_, options) => (options?.hover ? Promise.resolve(null) : refuse()),
    toRle: refuse,
    logitsFromRle: refuse,
    openRegion: refuse,
    propagate: refuse,
    dispose: () => undefined,
  };
}
