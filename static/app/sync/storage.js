/** Where unsent operations outlive the tab. */
/** @import { QueueStorage } from './types.d.ts' */

const STORE = 'operations';

/** @param {string} name one database a person: the next one to sign in here must not send this one's work
 *  @returns {Promise<QueueStorage & { close: () => void }>} */
export async function openStorage(name) {
  const database = await new Promise((/** @type {(database: IDBDatabase) => void} */ resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'order', autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('Another tab holds an older version of the local storage.'));
  });
  database.onversionchange = () => database.close();

  /** Runs one transaction and waits until it is on disk.
   *  @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T> | void} work
   *  @returns {Promise<T | undefined>} */
  const transact = (mode, work) =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, {
        durability: mode === 'readwrite' ? 'strict' : 'default',
      });
      const request = /** @type {IDBRequest<T> | undefined} */ (work(transaction.objectStore(STORE)));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });

  return {
    close: () => database.close(),
    async add(entries) {
      await transact('readwrite', (store) => {
        for (const entry of entries) store.add(entry);
      });
    },
    list: async () => (await transact('readonly', (store) => store.getAll())) ?? [],
    async put(entry) {
      await transact('readwrite', (store) => {
        store.put(entry);
      });
    },
    async remove(orders) {
      await transact('readwrite', (store) => {
        for (const order of orders) store.delete(order);
      });
    },
  };
}
