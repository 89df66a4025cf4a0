/** Making the ticked images gold: what is on them is the truth that people are scored by. */
import { plural } from './format.js';
import { client } from './http.js';
import { inParts } from './many.js';
import { toast, toastError } from './toast.js';

/**
 * @param {object} options
 * @param {string} options.project
 * @param {{ ids: () => string[], clear: () => void }} options.selection
 * @param {(done: number, of: number) => void} options.busy
 * @returns {() => Promise<void>}
 */
export function createGolding({ project, selection, busy }) {
  /** @param {string[]} ids @param {boolean} gold */
  async function send(ids, gold) {
    const { results, error } = await inParts(
      ids,
      (part) => client.post(`projects/${project}/gold/`, { images: part, gold }),
      (done) => busy(done, ids.length),
    );
    if (error) toastError(error);
    return { changed: results.flatMap((one) => one.changed), left: results.flatMap((one) => one.left) };
  }

  return async () => {
    const { changed, left } = await send(selection.ids(), true);
    selection.clear();
    const why = left[0] ? ` ${plural(left.length, 'image')} left out: ${left[0].message}` : '';
    if (changed.length === 0) return toast(why.trim() || 'All of them are gold already.', { seconds: 12 });
    toast(
      `${plural(changed.length, 'image is', 'images are')} gold. Annotators see them as hidden copies only.${why}`,
      { kind: 'positive', seconds: 12, action: { label: 'Undo', run: () => void send(changed, false) } },
    );
  };
}
