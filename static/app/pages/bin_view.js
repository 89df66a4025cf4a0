/** The bin of a project: what is in it, taking images out, emptying it. */
import { imagePath } from '../core/image_path.js';
import { find, h } from './dom.js';
import { exactTime, number, plural, relativeTime } from './format.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

/** @typedef {{ id: string, name: string, folder: string, annotations: number, deleted_at: string }} Binned */

/** @param {string} project */
export async function createBinView(project) {
  const path = /** @type {const} */ (`projects/${project}/bin/`);
  const body = find('[data-binned]', HTMLTableSectionElement);
  const table = find('[data-bin-table]', HTMLElement);
  const nothing = find('[data-bin-empty]', HTMLElement);
  const clear = find('[data-empty-bin]', HTMLButtonElement);
  const mayEmpty = find('[data-bin]', HTMLElement).hasAttribute('data-may-empty');
  let armed = false;

  /** @param {Binned} image */
  function row(image) {
    const restore = async () => {
      try {
        await client.post(`images/${image.id}/restore/`, undefined);
        toast(`${imagePath(image)} is back in the project.`, { kind: 'positive' });
        await load();
      } catch (error) {
        toastError(error);
      }
    };
    return h(
      'tr',
      {},
      h('td', {}, imagePath(image)),
      h('td', { class: 'number' }, number(image.annotations)),
      h(
        'td',
        {},
        h('time', { datetime: image.deleted_at, title: exactTime(image.deleted_at) }, relativeTime(image.deleted_at)),
      ),
      h(
        'td',
        { class: 'number' },
        h(
          'button',
          {
            type: 'button',
            class: 'button button-small',
            'aria-label': `Restore ${imagePath(image)}`,
            onclick: restore,
          },
          'Restore',
        ),
      ),
    );
  }

  async function load() {
    const { results, next } = await client.get(`${path}?limit=500`);
    body.replaceChildren(...results.map(row));
    table.hidden = results.length === 0;
    nothing.hidden = results.length > 0;
    clear.hidden = results.length === 0 || !mayEmpty;
    disarm(`Empty the bin (${next ? 'more than ' : ''}${plural(results.length, 'image')})`);
  }

  /** @param {string} words */
  function disarm(words) {
    armed = false;
    clear.textContent = words;
  }

  // The one thing here that cannot be undone asks once more, in the same place.
  clear.addEventListener('click', async () => {
    if (!armed) {
      armed = true;
      clear.textContent = 'Delete for good? Press again';
      return;
    }
    try {
      await client.del(path);
      toast('The bin is empty.', { kind: 'positive' });
    } catch (error) {
      toastError(error);
    }
    await load();
  });
  clear.addEventListener('blur', () => {
    if (armed) void load();
  });
  await load();
}
