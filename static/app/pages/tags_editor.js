/** The tags of a project in its settings: how many images have each; renaming, and deleting with undo. */
/** @import { Tag } from '../api/schema.d.ts' */
import { find, h } from './dom.js';
import { number, plural } from './format.js';
import { client } from './http.js';
import { inParts } from './many.js';
import { toast, toastError } from './toast.js';

/** @param {string} project */
export async function createTagsEditor(project) {
  const path = /** @type {const} */ (`projects/${project}/tags/`);
  const images = /** @type {const} */ (`projects/${project}/images/`);
  const body = find('[data-tags-list]', HTMLTableSectionElement);
  const table = find('[data-tags-table]', HTMLElement);
  const nothing = find('[data-no-tags]', HTMLElement);

  async function load() {
    const { results } = await client.get(path);
    body.replaceChildren(...results.map(row));
    table.hidden = results.length === 0;
    nothing.hidden = results.length > 0;
  }

  /** @param {Tag} tag @param {string} name */
  async function rename(tag, name) {
    if (!name || name === tag.name) return load();
    try {
      await client.patch(`tags/${tag.id}/`, { name });
      toast(`“${tag.name}” is called “${name}” now.`, {
        kind: 'positive',
        action: { label: 'Undo', run: () => void rename({ ...tag, name }, tag.name) },
      });
    } catch (error) {
      toastError(error);
    }
    await load();
  }

  /** @param {Tag} tag */
  async function remove(tag) {
    try {
      const { ids } = await client.get(`${images}ids/?tag=${tag.id}`);
      await client.del(`tags/${tag.id}/`);
      toast(`The tag “${tag.name}” is taken off ${plural(ids.length, 'image')}.`, {
        // A tag is made by using it: one that no image had cannot come back, and nothing is lost.
        ...(ids.length && { action: { label: 'Undo', run: () => void bringBack(tag.name, ids) } }),
      });
    } catch (error) {
      toastError(error);
    }
    await load();
  }

  /** @param {string} name @param {string[]} ids */
  async function bringBack(name, ids) {
    const { error } = await inParts(ids, (part) => client.post(`${images}tag/`, { images: part, add: [name] }));
    if (error) toastError(error);
    await load();
  }

  /** @param {Tag} tag */
  function row(tag) {
    const name = h('input', { class: 'input', value: tag.name, maxlength: '50', 'aria-label': `Name of ${tag.name}` });
    name.addEventListener('change', () => void rename(tag, name.value.trim()));
    const button = h(
      'button',
      {
        type: 'button',
        class: 'button button-small',
        'aria-label': `Delete ${tag.name}`,
        onclick: () => void remove(tag),
      },
      'Delete',
    );
    return h(
      'tr',
      {},
      h('td', {}, name),
      h('td', { class: 'number' }, number(tag.images)),
      h('td', { class: 'number' }, button),
    );
  }

  await load();
}
