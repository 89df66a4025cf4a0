/** One door to the server for the editor: CSRF, typed errors, retries of what may be repeated, the signed-out signal. */

/** @import { Emitter } from '../core/events.js' */
/** @import { ClientOptions } from '../parts.js' */
/** @import { Client, SendOptions } from './typed.d.ts' */
import { createEmitter } from '../core/events.js';
import { ApiError, errorOf, offlineError } from './errors.js';

/** Milliseconds before the second and third try of a reading request. */
const RETRY_PAUSES = [300, 1200];
const TIMEOUT = 30_000;

/** Paths are relative to the API's address; answers are parsed JSON, null for an empty one. Every failure is an ApiError.
 *  Only GET is repeated here: writing goes through the outbox, which has its own rules.
 *  @param {ClientOptions} options @returns {Client} */
export function createClient({
  base,
  person,
  fetch = (url, init) => globalThis.fetch(url, init),
  cookies = () => document.cookie,
  sleep = pause,
}) {
  /** @type {Emitter<ApiError>} */
  const signedOut = createEmitter();

  /** @param {string} method @param {string} path @param {unknown} body @param {SendOptions} options */
  async function once(method, path, body, options) {
    /** @type {Record<string, string>} */
    const headers = { accept: 'application/json', ...(person ? { 'x-person': person } : {}) };
    if (body !== undefined) headers['content-type'] = 'application/json';
    // Read each time: signing in again in another tab changes it.
    if (method !== 'GET') headers['x-csrftoken'] = cookieOf(cookies(), 'csrftoken');
    const init = {
      ...options,
      method,
      headers,
      credentials: /** @type {const} */ ('same-origin'),
      signal: AbortSignal.timeout(TIMEOUT),
    };
    const response = await fetch(
      base + path,
      body === undefined ? init : { ...init, body: JSON.stringify(body) },
    ).catch(() => {
      throw offlineError();
    });
    if (!response.ok) throw await errorOf(response);
    if (response.status === 204) return null;
    return response.json().catch(() => {
      throw offlineError();
    }); // cut off on the way
  }

  /** @param {string} method @param {string} path @param {unknown} [body] @param {SendOptions} [options] */
  async function request(method, path, body, options = {}) {
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(method, path, body, options);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.signedOut) signedOut.emit(error);
        const wait = RETRY_PAUSES[attempt];
        if (method !== 'GET' || !error.temporary || wait === undefined) throw error;
        await sleep(wait);
      }
    }
  }

  return {
    get: (path, ..._served) => request('GET', path),
    post: (path, body) => request('POST', path, body),
    put: (path, body) => request('PUT', path, body),
    patch: (path, body, options) => request('PATCH', path, body, options),
    del: (path, ..._served) => request('DELETE', path),
    onSignedOut: signedOut.on,
  };
}

/** @param {string} cookies @param {string} name */
function cookieOf(cookies, name) {
  const pair = cookies.split('; ').find((part) => part.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : '';
}

/** @param {number} ms @returns {Promise<void>} */
function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
