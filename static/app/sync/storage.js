/** Where unsent operations outlive the tab. */
/** @import { Annotation, BulkOperation, Uuid } from '../types.js' */

/** One operation in line. `base` is the row it was made on; `conflict` is set while a person has to decide.
 *  @typedef {object} Queued
 *  @property {number} order place in line; IndexedDB's own counter gives it
 *  @property {Uuid} image
 *  @property {BulkOperation} operation
 *  @property {Annotation | null} base
 *  @property {{ theirs: Annotation | null, message: string, code: string } | null} conflict */

/** @typedef {object} QueueStorage
 *  @property {(entries: Omit<Queued, 'order'>[]) => Promise<void>} add at the end, all or none
 *  @property {() => Promise<Queued[]>} list in order
 *  @property {(entry: Queued) => Promise<void>} put at its own place
 *  @property {(orders: number[]) => Promise<void>} remove */

const STORE = 'operations';

/** @param {string} name one database a person: the next one to sign in here must not send this one's work
 *  @returns {Promise<QueueStorage>} */
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
  const transact = (mode, work) => new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode, { durability: mode === 'readwrite' ? 'strict' : 'default' });
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });

  return {
    async add(entries) {
      await transact('readwrite', (store) => { for (const entry of entries) store.add(entry); });
    },
    list: async () => await transact('readonly', (store) => store.getAll()) ?? [],
    async put(entry) {
      await transact('readwrite', (store) => { store.put(entry); });
    },
    async remove(orders) {
      await transact('readwrite', (store) => { for (const order of orders) store.delete(order); });
    },
  };
}

/** The same in memory: for browsers that forbid IndexedDB, where closing the tab then loses what is unsent.
 *  @returns {QueueStorage} */
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
