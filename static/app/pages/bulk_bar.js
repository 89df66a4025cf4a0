/** What can be done with the ticked images: mark, tag, give to somebody, look for masks, delete; with undo. */
/** @import { ImageGrid } from './image_grid.js' */
import { createGolding } from './bulk_gold.js';
import { createGiving } from './bulk_jobs.js';
import { createBulkWork } from './bulk_work.js';
import { find, h, icon } from './dom.js';
import { onSubmit } from './forms.js';
import { number, plural } from './format.js';
import { client } from './http.js';
import { asQuery } from './image_wish.js';
import { createSelection } from './selection.js';
import { toast, toastError } from './toast.js';

/**
 * @param {object} options
 * @param {string} options.project
 * @param {ImageGrid} options.grid
 * @param {{ annotate: boolean, edit_images: boolean }} options.can
 * @param {{ id: string, name: string }[]} options.people who may have jobs
 * @param {() => Promise<void>} options.recount brings the numbers of the toolbar up to date
 * @param {(tag: string) => Promise<void>} options.newTag a word was used that may be new
 * @param {((ids: string[]) => void) | null} options.findMasks opens the dialog that starts the search for masks
 * @param {((ids: string[]) => void) | null} options.findWords opens the dialog that asks a model in words
 * @param {string | undefined} options.example address of the page that asks one by example
 */
export function createBulkBar({ project, grid, can, people, recount, newTag, findMasks, findWords, example }) {
  const words = h('span', { role: 'status' });
  const list = find('[data-grid]', HTMLElement);
  const selection = createSelection(list, (ids) => {
    bar.hidden = ids.length === 0;
    words.textContent = `${plural(ids.length, 'image')} selected`;
    if (like) like.hidden = ids.length !== 1;
  });
  const like = example
    ? button('box-select', 'Find by example', () => {
        location.href = `${example}?example=${selection.ids()[0]}#example`;
      })
    : null;
  const work = createBulkWork({ project, grid, selection, recount, busy });
  const dialog = find('#tag-images', HTMLDialogElement);
  const bar = h(
    'div',
    { class: 'bulkbar', role: 'group', 'aria-label': 'Selected images', hidden: true },
    words,
    button('check', 'Mark done', () => work.mark('done')),
    button('circle-dashed', 'Mark new', () => work.mark('new')),
    button('tag', 'Tag', () => {
      find('[data-tag-count]', HTMLElement, dialog).textContent = plural(selection.ids().length, 'image');
      dialog.showModal();
    }),
    findMasks && button('sparkles', 'Find masks', () => findMasks(selection.ids())),
    findWords && button('search', 'Find by words', () => findWords(selection.ids())),
    like,
    can.edit_images && giving(people, createGiving(project, selection)),
    can.edit_images && button('badge-check', 'Gold', createGolding({ project, selection, busy })),
    can.edit_images && button('trash-2', 'Delete', () => work.remove(), 'button-danger'),
    button('list-checks', 'Select all shown', selection.setShown, 'button-plain'),
    button('check-check', 'Select all that match', () => all().catch(toastError), 'button-plain'),
    button('x', 'Clear', selection.clear, 'button-plain'),
  );
  list.after(bar);
  grid.onShow(selection.clear);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !bar.hidden && !document.querySelector('dialog[open]')) selection.clear();
  });
  const form = find('[data-tag-images]', HTMLFormElement);
  form.addEventListener('submit', ({ submitter }) => {
    form.dataset.way = submitter instanceof HTMLButtonElement ? submitter.value : 'add';
  });
  onSubmit(form, async ({ tag = '' }) => {
    if (!tag.trim()) return find('#tag-name', HTMLInputElement).focus();
    dialog.close();
    form.reset();
    await work.tag(tag.trim(), form.dataset.way !== 'remove');
    await newTag(tag.trim());
  });

  /** @param {number} done @param {number} of */
  function busy(done, of) {
    words.textContent = `${number(done)} of ${plural(of, 'image')} …`;
  }

  async function all() {
    const { count, ids } = await client.get(`projects/${project}/images/ids/?${asQuery(grid.wish)}`);
    selection.set(ids);
    if (ids.length < count) toast(`${number(count)} images match; the first ${number(ids.length)} are selected.`);
  }
}

const EACH = 'each:';

/** @param {{ id: string, name: string }[]} people @param {ReturnType<typeof createGiving>} give */
function giving(people, give) {
  const select = h(
    'select',
    { class: 'input', 'aria-label': 'Give to' },
    h('option', { value: '' }, 'Give to …'),
    h('option', { value: 'pool' }, 'Pool'),
    ...people.map(({ id, name }) => h('option', { value: id }, name)),
    ...[2, 3, 4, 5]
      .filter((each) => each <= people.length)
      .map((each) => h('option', { value: `${EACH}${each}` }, `Pool, each to ${each} people`)),
  );
  select.addEventListener('change', () => {
    const { value } = select;
    const name = select.selectedOptions[0]?.text ?? '';
    select.value = '';
    if (value.startsWith(EACH)) give(null, name, { overlap: Number(value.slice(EACH.length)) });
    else if (value) give(value === 'pool' ? null : value, name);
  });
  return select;
}

/** @param {string} picture @param {string} words @param {() => void} run @param {string} [look] */
function button(picture, words, run, look = '') {
  return h('button', { type: 'button', class: `button button-small ${look}`, onclick: run }, icon(picture), words);
}
