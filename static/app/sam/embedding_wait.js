/** Waiting until the server has made an image's embedding. */
/** @import { ImageInfo, Uuid } from '../types.js' */

import { DecoderError } from './worker_link.js';

/** Milliseconds between questions: quick at first, for the compact model, then patient. */
const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 3000;

/** @typedef {object} WaitOptions
 *  @property {(id: Uuid) => Promise<ImageInfo>} loadImage
 *  @property {(id: Uuid) => Promise<unknown>} [requestEmbedding]
 *  @property {(ms: number) => Promise<void>} [sleep] */

/** Resolves to the image once its embedding is ready; throws DecoderError with the server's sentence when it failed and
 *  an AbortError when the signal says so.
 *  @param {ImageInfo} image @param {WaitOptions} options @param {AbortSignal} signal
 *  @param {(message: string) => void} tell called with a sentence for the person while waiting
 *  @returns {Promise<ImageInfo>} */
export async function waitForEmbedding(image, { loadImage, requestEmbedding, sleep = pause }, signal, tell) {
  let current = image;
  let asked = false;
  for (let wait = FIRST_PAUSE; current.embedding.state !== 'ready'; wait = Math.min(wait * 1.5, LONGEST_PAUSE)) {
    const { state, message } = current.embedding;
    if (state === 'failed')
      throw new DecoderError(
        'embedding',
        message || 'The photo could not be prepared. Ask for it again from the project page.',
      );
    if (state === 'none' && !asked && requestEmbedding) {
      asked = true;
      await requestEmbedding(image.id);
    }
    tell(
      message ||
        (state === 'running'
          ? 'The photo is being prepared for clicks.'
          : 'The photo waits to be prepared for clicks.'),
    );
    await sleep(wait);
    signal.throwIfAborted();
    current = await loadImage(image.id).catch(() => {
      tell('The server does not answer; it is asked again.');
      return current;
    });
    signal.throwIfAborted();
  }
  return current;
}

/** @param {number} ms @returns {Promise<void>} */
function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
