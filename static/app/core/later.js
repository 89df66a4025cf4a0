/** Code that the first photo does not need: it comes when it is first used, or once the photo is ready (`fetchRest`), so that
 *  a dead network takes no tool away. */

/** @type {Set<() => Promise<unknown>>} */
const parts = new Set();

/** Fetches once, also when asked twice; after a failure the next call tries again.
 *  @template T @param {() => Promise<T>} load @returns {() => Promise<T>} rejects with a sentence */
export function later(load) {
  /** @type {Promise<T> | null} */
  let loading = null;
  const get = () =>
    (loading ??= load().catch((error) => {
      loading = null;
      console.warn(error);
      throw new Error(
        'A part of the editor could not be loaded. Check the connection and try again; your work is kept.',
      );
    }));
  parts.add(get);
  return get;
}

/** All parts that are not here yet, one after the other. What fails is tried again when it is used. */
export async function fetchRest() {
  for (const part of parts) await part().catch(() => undefined);
}
