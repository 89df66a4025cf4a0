/** Files out of a drop, folders walked through. */

/** @param {DataTransfer} transfer @returns {Promise<File[]>} */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = await Promise.all(entries.map((entry) => (entry instanceof File ? [entry] : entry ? walk(entry) : [])));
  return found.flat().sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

/** @param {FileSystemEntry} entry @returns {Promise<File[]>} */
async function walk(entry) {
  if (entry.isFile) {
    const fileEntry = /** @type {FileSystemFileEntry} */ (entry);
    return [await new Promise((resolve, reject) => { fileEntry.file(resolve, reject); })];
  }
  const children = await readAll(/** @type {FileSystemDirectoryEntry} */ (entry).createReader());
  return (await Promise.all(children.map(walk))).flat();
}

/** A reader hands out at most a hundred entries a time. @param {FileSystemDirectoryReader} reader @returns {Promise<FileSystemEntry[]>} */
async function readAll(reader) {
  /** @type {FileSystemEntry[]} */
  const all = [];
  for (;;) {
    const some = /** @type {FileSystemEntry[]} */ (await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); }));
    if (!some.length) return all;
    all.push(...some);
  }
}
