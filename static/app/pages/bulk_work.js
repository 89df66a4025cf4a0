/** The work behind the bar of selected images. All of it can be taken back. */
/** @import {ImageInfo} from '../types.js' */
/** @import { ImageGrid } from './image_grid.js' */
import { plural } from './format.js';
import { client } from './http.js';
import { FEW_AT_ONCE, inParts } from './many.js';
import { toast, toastError } from './toast.js';

/** @typedef {'new' | 'in_progress' | 'done'} State */

/**
 * @param {object} options
 * @param {string} options.project
 * @param {ImageGrid} options.grid
 * @param {{ ids: () => string[], clear: () => void, drop: (ids: string[]) => void }} options.selection
 * @param {() => Promise<void>} options.recount
 * @param {(done: number, of: number) => void} options.busy
 */
export function createBulkWork({ project, grid, selection, recount, busy }) {
  const images = /** @type {const} */ (`projects/${project}/images/`);

  /** Shows what changed of an image, or takes it away where it matches no more. @param {string} id @param {Partial<ImageInfo>} change */
  function update(id, change) {
    const old = grid.get(id);
    if (!old) return;
    const image = { ...old, ...change };
    if (grid.matches(image)) grid.put(image);
    else grid.remove([id]);
  }

  /** @param {string[]} ids @param {State} state */
  async function sendMark(ids, state) {
    const { results, error } = await inParts(
      ids,
      (part) => client.post(`${images}mark/`, { images: part, state }),
      (done) => busy(done, ids.length),
      FEW_AT_ONCE,
    );
    const changed = results.flatMap((result) => result.changed);
    for (const { id, state: now, review } of changed)
      update(id, { state: now, review: /** @type {ImageInfo['review']} */ (review) });
    if (error) toastError(error);
    return changed;
  }

  /** @param {State} state */
  async function mark(state) {
    const changed = await sendMark(selection.ids(), state);
    selection.clear();
    void recount();
    if (changed.length === 0) return toast(`All of them are ${state} already.`);
    const submitted = changed.filter(({ review }) => review === 'waiting').length;
    const more = submitted ? ` ${plural(submitted, 'image')} now in review.` : '';
    toast(`${plural(changed.length, 'image is', 'images are')} marked ${state === 'done' ? 'done' : 'new'}.${more}`, {
      kind: 'positive',
      action: { label: 'Undo', run: () => void unmark(changed) },
    });
  }

  /** @param {{ id: string, before: State }[]} changed */
  async function unmark(changed) {
    for (const state of new Set(changed.map(({ before }) => before)))
      await sendMark(
        changed.filter(({ before }) => before === state).map(({ id }) => id),
        state,
      );
    grid.reload();
    void recount();
  }

  /** @param {string[]} ids @param {string} tag @param {boolean} on */
  async function sendTag(ids, tag, on) {
    const { results, error } = await inParts(
      ids,
      (part) => client.post(`${images}tag/`, { images: part, ...(on ? { add: [tag] } : { remove: [tag] }) }),
      (done) => busy(done, ids.length),
    );
    const changed = results.flatMap((result) => (on ? result.added : result.removed));
    for (const id of changed) {
      const others = (grid.get(id)?.tags ?? []).filter((name) => name.toLowerCase() !== tag.toLowerCase());
      update(id, { tags: on ? [...others, tag].sort() : others });
    }
    if (error) toastError(error);
    return changed;
  }

  /** @param {string} tag @param {boolean} on */
  async function setTag(tag, on) {
    const changed = await sendTag(selection.ids(), tag, on);
    selection.clear();
    const what = on ? `tagged “${tag}”` : `no longer tagged “${tag}”`;
    if (changed.length === 0) return toast(`All of them are ${what} already.`);
    toast(`${plural(changed.length, 'image is', 'images are')} ${what}.`, {
      kind: 'positive',
      action: { label: 'Undo', run: () => void sendTag(changed, tag, !on).then(() => grid.reload()) },
    });
  }

  async function remove() {
    const ids = selection.ids();
    const { results, error } = await inParts(
      ids,
      (part) => client.post(`${images}delete/`, { images: part }),
      (done) => busy(done, ids.length),
    );
    const gone = results.flatMap(({ changed }) => changed);
    grid.remove(gone);
    selection.drop(gone);
    void recount();
    if (gone.length)
      toast(`${plural(gone.length, 'image')} moved to the bin. They stay there for 30 days.`, {
        action: { label: 'Undo', run: () => void bringBack(gone) },
      });
    if (error) toastError(error);
  }

  /** @param {string[]} ids */
  async function bringBack(ids) {
    const { error } = await inParts(ids, (part) => client.post(`${images}restore/`, { images: part }));
    grid.reload();
    void recount();
    if (error) toastError(error);
  }

  return { mark, tag: setTag, remove };
}
