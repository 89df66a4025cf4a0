/** Files out of a picker or a drop, folders walked through, each with the folder it lay in. */

/** @typedef {{ file: File, folder: string }} Picked `folder` is "a/b", blank for a file chosen by itself */

/** Files of a picker, of single files or of a folder. @param {Iterable<File>} files @returns {Picked[]} */
export function pickedFiles(files) {
  return [...files].map((file) => ({ file, folder: folderOf(file.webkitRelativePath) }));
}

/** @param {string} path @returns {string} */
function folderOf(path) {
  return path.split('/').slice(0, -1).filter(Boolean).join('/');
}

/** @param {DataTransfer} transfer @returns {Promise<Picked[]>} */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = await Promise.all(
    entries.map((entry) => (entry instanceof File ? pickedFiles([entry]) : entry ? walk(entry) : [])),
  );
  return found.flat();
}

/** @param {FileSystemEntry} entry @returns {Promise<Picked[]>} */
async function walk(entry) {
  if (entry.isFile) {
    const fileEntry = /** @type {FileSystemFileEntry} */ (entry);
    /** @type {File} */
    const file = await new Promise((resolve, reject) => {
      fileEntry.file(resolve, reject);
    });
    return [{ file, folder: folderOf(entry.fullPath) }];
  }
  const children = await readAll(/** @type {FileSystemDirectoryEntry} */ (entry).createReader());
  return (await Promise.all(children.map(walk))).flat();
}

/** A reader hands out at most a hundred entries a time. @param {FileSystemDirectoryReader} reader @returns {Promise<FileSystemEntry[]>} */
async function readAll(reader) {
  /** @type {FileSystemEntry[]} */
  const all = [];
  for (;;) {
    const some = /** @type {FileSystemEntry[]} */ (
      await new Promise((resolve, reject) => {
        reader.readEntries(resolve, reject);
      })
    );
    if (!some.length) return all;
    all.push(...some);
  }
}
