/** Many requests, a few at a time. */

/**
 * @template T, R
 * @param {T[]} items @param {(item: T) => Promise<R>} work
 * @param {number} [width] how many at once
 * @returns {Promise<{ done: { item: T, result: R }[], failed: { item: T, error: unknown }[] }>} never rejects
 */
export async function inTurn(items, work, width = 4) {
  /** @type {{ item: T, result: R }[]} */
  const done = [];
  /** @type {{ item: T, error: unknown }[]} */
  const failed = [];
  const waiting = items.values();
  async function lane() {
    for (const item of waiting) {
      try {
        done.push({ item, result: await work(item) });
      } catch (error) {
        failed.push({ item, error });
      }
    }
  }
  await Promise.all(Array.from({ length: width }, lane));
  return { done, failed };
}
