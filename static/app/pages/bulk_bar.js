/** What can be done with the ticked images: set their state, look for masks, make a job, delete with undo. */
/** @import {ImageInfo} from '../types.js' */
import { find, h, icon } from './dom.js';
import { number, plural } from './format.js';
import { client } from './http.js';
import { inTurn } from './in_turn.js';
import { createSelection } from './selection.js';
import { toast, toastError } from './toast.js';

/**
 * @param {object} options
 * @param {string} options.project
 * @param {{ put: (image: ImageInfo) => void, get: (id: string) => ImageInfo | undefined, remove: (ids: string[]) => void, matches: (image: ImageInfo) => boolean, reload: () => void }} options.grid
 * @param {{ annotate: boolean, edit_images: boolean }} options.can
 * @param {(change: Record<string, number>) => void} options.count changes the numbers in the toolbar
 * @param {((ids: string[]) => void) | null} options.findMasks opens the dialog that starts the search for masks
 */
export function createBulkBar({ project, grid, can, count, findMasks }) {
  const words = h('span', { role: 'status' });
  const bar = h(
    'div',
    { class: 'bulkbar', role: 'group', 'aria-label': 'Selected images', hidden: true },
    words,
    button('check', 'Mark done', () => setState('done')),
    button('circle-dashed', 'Mark new', () => setState('new')),
    findMasks && button('sparkles', 'Find masks', () => findMasks(selection.ids())),
    can.edit_images && button('users', 'Make a job', () => makeJob(selection.ids())),
    can.edit_images && button('trash-2', 'Delete', () => remove(selection.ids()), 'button-danger'),
    button('list-checks', 'Select all shown', () => selection.setAll(true), 'button-plain'),
    button('x', 'Clear', () => selection.setAll(false), 'button-plain'),
  );
  const list = find('[data-grid]', HTMLElement);
  list.after(bar);
  const selection = createSelection(list, (ids) => {
    bar.hidden = ids.length === 0;
    words.textContent = `${plural(ids.length, 'image')} selected`;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !bar.hidden && !document.querySelector('dialog[open]')) selection.setAll(false);
  });

  /** @param {ImageInfo['state']} state */
  async function setState(state) {
    const before = new Map(selection.ids().map((id) => [id, grid.get(id)?.state ?? 'new']));
    const changed = await write(new Map([...before.keys()].map((id) => [id, state])), before);
    selection.setAll(false);
    if (changed.length === 0) return;
    const undo = () => {
      const back = changed.map(({ item }) => /** @type {const} */ ([item, before.get(item) ?? 'new']));
      void write(new Map(back), new Map(changed.map(({ item }) => [item, state]))).then(() => grid.reload());
    };
    const submitted = changed.filter(({ result }) => result.review === 'waiting').length;
    const more = submitted ? ` ${number(submitted)} now in review.` : '';
    toast(`${plural(changed.length, 'image is', 'images are')} marked ${state === 'done' ? 'done' : 'new'}.${more}`, {
      kind: 'positive',
      action: { label: 'Undo', run: undo },
    });
  }

  /** Gives images their state; those that the filter does not want any more leave the grid. Returns those that changed.
   *  @param {Map<string, ImageInfo['state']>} wanted @param {Map<string, ImageInfo['state']>} before */
  async function write(wanted, before) {
    const { done, failed } = await inTurn([...wanted.keys()], (id) =>
      client.patch(`images/${id}/`, { state: wanted.get(id) }),
    );
    const gone = done.filter(({ result }) => !grid.matches(result)).map(({ item }) => item);
    const changed = done.filter(({ item, result }) => before.get(item) !== result.state);
    for (const { item, result } of changed) {
      count({ [before.get(item) ?? 'new']: -1 });
      count({ [result.state]: 1 });
      const old = grid.get(item)?.review ?? 'none';
      if (old !== result.review) count({ [old]: -1, [result.review]: 1 });
    }
    for (const { result } of done) if (grid.matches(result)) grid.put(result);
    grid.remove(gone);
    if (failed[0]) toastError(failed[0].error);
    return changed;
  }

  /** @param {string[]} images */
  async function makeJob(images) {
    try {
      const made = await client.post(`projects/${project}/jobs/`, { jobs: 1, images });
      const left = images.length - made.images;
      const without = left ? ` ${plural(left, 'image is', 'images are')} left out, in a job or done already.` : '';
      toast(`${made.results[0]?.title} with ${plural(made.images, 'image')} lies in the pool.${without}`, {
        kind: 'positive',
        action: { label: 'Show jobs', run: () => location.assign(`/projects/${project}/jobs/`) },
      });
      selection.setAll(false);
    } catch (error) {
      toastError(error);
    }
  }

  /** @param {string[]} ids */
  async function remove(ids) {
    const { done, failed } = await inTurn(ids, (id) => client.del(`images/${id}/`));
    const gone = done.map(({ item }) => item);
    for (const id of gone) count({ all: -1, [grid.get(id)?.state ?? 'new']: -1, [grid.get(id)?.review ?? 'none']: -1 });
    grid.remove(gone);
    selection.refresh();
    if (gone.length) {
      toast(`${plural(gone.length, 'image')} moved to the bin. They stay there for 30 days.`, {
        action: {
          label: 'Undo',
          run: () => {
            void bringBack(gone);
          },
        },
      });
    }
    if (failed[0]) toastError(failed[0].error);
  }

  /** @param {string[]} ids */
  async function bringBack(ids) {
    const { done, failed } = await inTurn(ids, (id) => client.post(`images/${id}/restore/`, undefined));
    for (const { result } of done) count({ all: 1, [result.state]: 1, [result.review]: 1 });
    grid.reload();
    if (failed[0]) toastError(failed[0].error);
  }
}

/** @param {string} picture @param {string} words @param {() => void} run @param {string} [look] */
function button(picture, words, run, look = '') {
  return h('button', { type: 'button', class: `button button-small ${look}`, onclick: run }, icon(picture), words);
}
