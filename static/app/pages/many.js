/** What is done to many images: in parts that the server takes at once, one after the other. */

export const AT_ONCE = 200;
/** Where the server does much for each, as reviews and the dashboard follow. */
export const FEW_AT_ONCE = 50;

/**
 * @template R
 * @param {string[]} ids @param {(part: string[]) => Promise<R>} work
 * @param {(done: number) => void} [tell] told after each part
 * @param {number} [size] of a part
 * @returns {Promise<{ results: R[], error: unknown }>} what came of the parts before the one that failed, if one did
 */
export async function inParts(ids, work, tell = () => undefined, size = AT_ONCE) {
  /** @type {R[]} */
  const results = [];
  for (let start = 0; start < ids.length; start += size) {
    try {
      results.push(await work(ids.slice(start, start + size)));
    } catch (error) {
      return { results, error };
    }
    tell(Math.min(start + size, ids.length));
  }
  return { results, error: null };
}
