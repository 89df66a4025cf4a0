/** Immutable files (embeddings, graphs) by URL, kept in the browser's Cache API within a byte budget.
 *
 *  The least recently used go first: a hit is written again, which moves it to the end of the cache's order. Everything
 *  works without a cache (private windows, plain http, full disk), only slower. */

/** @typedef {(url: string, init?: RequestInit) => Promise<Response>} Fetch */

/** @typedef {object} BlobStore
 *  @property {(url: string, options?: { low?: boolean, signal?: AbortSignal }) => Promise<ArrayBuffer>} get
 *  @property {(url: string) => Promise<boolean>} has */

/** A file that did not come; the message is a sentence, `status` the HTTP status or 0 without an answer. */
export class BlobError extends Error {
  /** @param {string} message @param {number} status */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** @param {{ name: string, budget: number, caches?: CacheStorage, fetch?: Fetch }} options name: one cache a
 *  person, so that the next one to sign in here finds nothing; budget in bytes @returns {BlobStore} */
export function createBlobStore({
  name,
  budget,
  caches = globalThis.caches,
  fetch = (url, init) => globalThis.fetch(url, init),
}) {
  const opened = caches
    ? dropForeign(caches, name)
        .then(() => caches.open(name))
        .catch(() => null)
    : Promise.resolve(null);
  let last = Promise.resolve();

  /** Cache writes one after another, off the way of the reader; a full disk is no error.
   *  @param {(cache: Cache) => Promise<void>} work */
  function later(work) {
    last = last
      .then(() => opened)
      .then((cache) => (cache ? work(cache) : undefined))
      .catch(() => {});
  }

  return {
    async has(url) {
      const cache = await opened;
      return Boolean(await cache?.match(url).catch(() => undefined));
    },
    async get(url, { low = false, signal } = {}) {
      const hit = await (await opened)?.match(url).catch(() => undefined);
      const stored = hit && (await hit.arrayBuffer());
      if (stored && (await matchesHash(url, stored))) {
        later((cache) => cache.put(url, answer(stored)));
        return stored;
      }
      const fresh = await download(fetch, url, low, signal);
      if (!(await matchesHash(url, fresh))) {
        throw new BlobError('A file arrived damaged (its checksum is wrong). Reload the page to fetch it again.', 0);
      }
      later(async (cache) => {
        await makeRoom(cache, budget - fresh.byteLength);
        await cache.put(url, answer(fresh));
      });
      return fresh;
    },
  };
}

/** @param {CacheStorage} caches @param {string} own */
async function dropForeign(caches, own) {
  const family = own.split(':', 1)[0] ?? own;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(family) && name !== own).map((name) => caches.delete(name)));
}

/** @param {ArrayBuffer} bytes */
function answer(bytes) {
  return new Response(bytes, { headers: { 'content-length': String(bytes.byteLength) } });
}

/** Deletes the oldest until what is left fits. @param {Cache} cache @param {number} budget */
async function makeRoom(cache, budget) {
  const requests = await cache.keys();
  const sizes = await Promise.all(
    requests.map(async (request) => {
      const response = await cache.match(request);
      return Number(response?.headers.get('content-length') ?? 0);
    }),
  );
  let total = sizes.reduce((sum, size) => sum + size, 0);
  for (let index = 0; index < requests.length && total > budget; index++) {
    await cache.delete(/** @type {Request} */ (requests[index]));
    total -= /** @type {number} */ (sizes[index]);
  }
}

/** @param {Fetch} fetch @param {string} url @param {boolean} low @param {AbortSignal} [signal] */
async function download(fetch, url, low, signal) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, { credentials: 'same-origin', priority: low ? 'low' : 'auto', signal: signal ?? null });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new BlobError('A file did not arrive: the server does not answer. Check the connection.', 0);
  }
  if (!response.ok) {
    const why =
      response.status === 401 || response.status === 403
        ? 'you are signed out or have no access'
        : `the server answered ${response.status}`;
    throw new BlobError(`A file did not arrive: ${why}.`, response.status);
  }
  return response.arrayBuffer();
}

/** Whether the bytes have the SHA-256 that the URL carries as a path part; true when it carries none or the browser
 *  offers no hash (plain http on a network address).
 *  @param {string} url @param {ArrayBuffer} bytes */
async function matchesHash(url, bytes) {
  const expected = /\/([0-9a-f]{64})(?:\/|$|\?)/.exec(url)?.[1];
  if (!expected || !globalThis.crypto?.subtle) return true;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') === expected;
}
