/** What can be done with the ticked images: set their state, look for masks, delete with undo. */
/** @import {ImageInfo} from '../types.js' */
import { find, h, icon } from './dom.js';
import { plural } from './format.js';
import { client } from './http.js';
import { inTurn } from './in_turn.js';
import { createSelection } from './selection.js';
import { toast, toastError } from './toast.js';

/**
 * @param {object} options
 * @param {{ put: (image: ImageInfo) => void, get: (id: string) => ImageInfo | undefined, remove: (ids: string[]) => void, reload: () => void }} options.grid
 * @param {{ annotate: boolean, edit_images: boolean }} options.can
 * @param {(change: Record<string, number>) => void} options.count changes the numbers in the toolbar
 * @param {((ids: string[]) => void) | null} options.findMasks opens the dialog that starts the search for masks
 */
export function createBulkBar({ grid, can, count, findMasks }) {
  const words = h('span', { role: 'status' });
  const bar = h('div', { class: 'bulkbar', role: 'group', 'aria-label': 'Selected images', hidden: true }, words,
    button('check', 'Mark done', () => setState('done')),
    button('circle-dashed', 'Mark new', () => setState('new')),
    findMasks && button('sparkles', 'Find masks', () => findMasks(selection.ids())),
    can.edit_images && button('trash-2', 'Delete', () => remove(selection.ids()), 'button-danger'),
    button('list-checks', 'Select all shown', () => selection.setAll(true), 'button-plain'),
    button('x', 'Clear', () => selection.setAll(false), 'button-plain'));
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
    const before = new Map(selection.ids().map((id) => [id, grid.get(id)?.state]));
    const { done, failed } = await inTurn([...before.keys()], (id) => client.patch(`images/${id}/`, { state }));
    for (const { item, result } of done) {
      const old = before.get(item);
      if (old && old !== state) { count({ [old]: -1 }); count({ [state]: 1 }); }
      grid.put(result);
    }
    selection.setAll(false);
    if (done.length) toast(`${plural(done.length, 'image is', 'images are')} marked ${state === 'done' ? 'done' : 'new'}.`, { kind: 'positive' });
    if (failed[0]) toastError(failed[0].error);
  }

  /** @param {string[]} ids */
  async function remove(ids) {
    const { done, failed } = await inTurn(ids, (id) => client.del(`images/${id}/`));
    const gone = done.map(({ item }) => item);
    for (const id of gone) count({ all: -1, [grid.get(id)?.state ?? 'new']: -1 });
    grid.remove(gone);
    selection.refresh();
    if (gone.length) {
      toast(`${plural(gone.length, 'image')} moved to the bin. They stay there for 30 days.`, { action: { label: 'Undo', run: () => { void bringBack(gone); } } });
    }
    if (failed[0]) toastError(failed[0].error);
  }

  /** @param {string[]} ids */
  async function bringBack(ids) {
    const { done, failed } = await inTurn(ids, (id) => client.post(`images/${id}/restore/`, undefined));
    for (const { result } of done) count({ all: 1, [result.state]: 1 });
    grid.reload();
    if (failed[0]) toastError(failed[0].error);
  }
}

/** @param {string} picture @param {string} words @param {() => void} run @param {string} [look] */
function button(picture, words, run, look = '') {
  return h('button', { type: 'button', class: `button button-small ${look}`, onclick: run }, icon(picture), words);
}
