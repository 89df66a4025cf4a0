/** The outbox's disk, as far as there is one. What the disk does not take (it is full, was cleared, never answers) is
 *  kept in memory in its place, so that it is sent all the same and "saved" stays true; the database is opened again at
 *  the next turn. Sending twice is harmless (each operation has its key), losing is not: in doubt an operation stays. */
/** @import { QueueStorage, Queued } from './types.d.ts' */

/** Places of what only the memory holds: behind all that the disk counts, and what a cleared disk lost before what came after. */
const LOST = 2 ** 39;
const NEW = 2 ** 40;
const PATIENCE = 3000;

/** @typedef {QueueStorage & { close?: () => void }} Disk */

/** @implements {QueueStorage} */
export class SturdyStorage {
  /** @type {() => Promise<Disk>} */
  #open;
  /** @type {(ms: number) => Promise<unknown>} */
  #wait;
  /** @type {Disk | null} */
  #disk = null;
  /** @type {Promise<Disk> | null} */
  #opening = null;
  #late = false;
  /** What was on the disk when it was last seen. @type {Map<number, Queued>} */
  #seen = new Map();
  /** What the disk has not, or not in this form. @type {Map<number, Queued>} */
  #kept = new Map();
  /** What the disk still has and should not. @type {Set<number>} */
  #gone = new Set();
  #next = NEW;
  /** Why the disk did not do its part the last time, or null. @type {Error | null} */
  trouble = null;

  /** @param {() => Promise<Disk>} open
   *  @param {(ms: number) => Promise<unknown>} [wait] how long an opening that does not answer is waited for */
  constructor(open, wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))) {
    this.#open = open;
    this.#wait = wait;
  }

  /** Whether something would be lost with the tab. */
  get onlyInMemory() {
    return this.#kept.size > 0;
  }

  /** At the end of the line; never refused. @param {Omit<Queued, 'order'>[]} entries */
  async add(entries) {
    const waiting = [...this.#kept.values()].filter(({ order }) => order >= LOST).sort(inOrder);
    const all = [...waiting.map(({ order, ...entry }) => entry), ...entries];
    const written = await this.#try((disk) => disk.add(all).then(() => true));
    if (written) for (const { order } of waiting) this.#kept.delete(order);
    else for (const entry of entries) this.#keep({ ...entry, order: this.#next++ });
    await this.list();
  }

  async list() {
    const rows = await this.#try((disk) => disk.list());
    if (rows) this.#seen = byOrder(rows);
    const all = new Map([...this.#seen, ...this.#kept]);
    for (const order of this.#gone) all.delete(order);
    return [...all.values()].sort(inOrder);
  }

  /** At its own place. @param {Queued} entry */
  async put(entry) {
    this.#gone.delete(entry.order);
    const onDisk = entry.order < LOST && (await this.#try((disk) => disk.put(entry).then(() => true)));
    if (!onDisk) return this.#keep(entry);
    this.#kept.delete(entry.order);
    this.#seen.set(entry.order, entry);
  }

  /** @param {number[]} orders */
  async remove(orders) {
    for (const order of orders) {
      this.#kept.delete(order);
      this.#seen.delete(order);
    }
    const written = orders.filter((order) => order < LOST);
    if (!written.length) return;
    const done = await this.#try((disk) => disk.remove(written).then(() => true));
    if (!done) for (const order of written) this.#gone.add(order);
  }

  /** @param {Queued} entry */
  #keep(entry) {
    this.#kept.set(entry.order, structuredClone(entry));
  }

  /** Does it on the disk; a connection that fails is given up and made anew once. Null when there is no disk for it.
   *  @template T @param {(disk: Disk) => Promise<T>} work @returns {Promise<T | null>} */
  async #try(work) {
    for (const last of [false, true]) {
      let disk = this.#disk;
      try {
        disk ??= await this.#opened();
        const result = await work(disk);
        this.trouble = null;
        return result;
      } catch (error) {
        this.trouble = error instanceof Error ? error : new Error(String(error));
        if (last || this.trouble.name === 'QuotaExceededError' || !disk) return null;
        // Another turn may have opened a new one meanwhile.
        if (this.#disk === disk) this.#disk = null;
        disk.close?.();
      }
    }
    return null;
  }

  /** Opens the database; one that does not answer in time is not waited for again, but used when it comes. */
  async #opened() {
    this.#opening ??= this.#open()
      .then((disk) => this.#checked(disk))
      .finally(() => {
        this.#opening = null;
        this.#late = false;
      });
    const disk = await Promise.race([this.#opening, this.#late ? null : this.#wait(PATIENCE).then(() => null)]);
    if (disk) return disk;
    this.#late = true;
    this.#opening.catch(() => undefined);
    throw new Error('The local storage of this browser does not answer.');
  }

  /** What a cleared database has lost is kept in memory. @param {Disk} disk */
  async #checked(disk) {
    const rows = await disk.list();
    const keys = new Set(rows.map(({ operation }) => operation.key));
    for (const [order, entry] of this.#seen) {
      if (keys.has(entry.operation.key)) continue;
      // Under a place of its own: the counter of a new database starts anew.
      if (!this.#gone.has(order)) this.#keep({ ...(this.#kept.get(order) ?? entry), order: LOST + order });
      this.#kept.delete(order);
      this.#gone.delete(order);
    }
    this.#seen = byOrder(rows);
    this.#disk = disk;
    return disk;
  }
}

/** @param {Queued[]} rows */
const byOrder = (rows) => new Map(rows.map((row) => [row.order, row]));

/** @param {Queued} a @param {Queued} b */
const inOrder = (a, b) => a.order - b.order;
