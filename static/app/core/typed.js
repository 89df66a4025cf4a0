/** Typed-array access without bounds noise: the caller guarantees the index. */

/**
 * @param {ArrayLike<number>} array
 * @param {number} index
 * @returns {number}
 */
export function at(array, index) {
  return /** @type {number} */ (array[index]);
}
