/** A list of listeners; the only way modules here hear of each other. */

/** @template T
 *  @typedef {{ on(listener: (value: T) => void): () => void, emit(value: T): void }} Emitter */

/** Makes an emitter. `on` returns the function that ends the subscription. A listener that throws does not keep
 *  the others from hearing: its error is reported as uncaught.
 *  @template T
 *  @returns {Emitter<T>} */
export function createEmitter() {
  /** @type {Set<(value: T) => void>} */
  const listeners = new Set();
  return {
    on(listener) {
      const own = (/** @type {T} */ value) => listener(value); // one function subscribed twice is two subscriptions
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    emit(value) {
      for (const listener of [...listeners]) {
        try {
          listener(value);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
