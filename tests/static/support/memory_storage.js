/** @import { QueueStorage, Queued } from '../../../static/app/sync/types.d.ts' */

/** The queue's storage, in memory. @returns {QueueStorage} */
export function createMemoryStorage() {
  /** @type {Map<number, Queued>} */
  const entries = new Map();
  let last = 0;
  return {
    async add(added) {
      for (const entry of added) {
        last = Math.floor(last) + 1;
        entries.set(last, structuredClone({ ...entry, order: last }));
      }
    },
    list: async () => structuredClone([...entries.values()].sort((a, b) => a.order - b.order)),
    async put(entry) {
      entries.set(entry.order, structuredClone(entry));
    },
    async remove(orders) {
      for (const order of orders) entries.delete(order);
    },
  };
}
