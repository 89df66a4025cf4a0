/** The images on which two snapshots differ. */
/** @import { ImageDifference } from '../api/schema.d.ts' */
import { find, h, icon, pageData } from './dom.js';
import { client, pathOf } from './http.js';
import { toastError } from './toast.js';

const config = pageData('page-config');
const grid = find('[data-differences]', HTMLElement);
const more = find('[data-more]', HTMLButtonElement);
let next = `comparisons/${config.comparison}/images/?limit=48`;

const KINDS = /** @type {Record<string, string>} */ ({ added: 'Image added', removed: 'Image removed' });

/** @param {ImageDifference} row */
function card(row) {
  const counts = [
    row.added > 0 &&
      h('span', { class: 'chip came' }, `+${row.added}`, h('span', { class: 'visually-hidden' }, ' added')),
    row.removed > 0 &&
      h('span', { class: 'chip went' }, `−${row.removed}`, h('span', { class: 'visually-hidden' }, ' removed')),
    row.changed > 0 && h('span', { class: 'chip' }, `${row.changed} changed`),
    KINDS[row.kind] && h('span', { class: 'chip' }, KINDS[row.kind] ?? ''),
  ];
  const there = row.thumb && row.kind !== 'removed';
  const name = there
    ? h(
        'a',
        { class: 'name truncate', title: row.path, href: config.urls.editor.replace('{image}', row.image) },
        row.path,
      )
    : h('span', { class: 'name truncate', title: row.path }, row.path);
  return h(
    'div',
    { class: 'card image-card' },
    h(
      'span',
      { class: 'picture' },
      row.thumb ? h('img', { alt: '', loading: 'lazy', src: row.thumb }) : icon('image-off', 'icon-large'),
      row.picture && h('img', { alt: '', loading: 'lazy', src: row.picture }),
    ),
    h('div', { class: 'text' }, name, h('div', { class: 'chips' }, ...counts)),
  );
}

async function load() {
  more.disabled = true;
  try {
    const page = await client.get(/** @type {`comparisons/${string}/images/`} */ (next));
    grid.append(...page.results.map(card));
    next = page.next ? pathOf(page.next) : '';
    more.hidden = !next;
    find('[data-none]', HTMLElement).hidden = grid.childElementCount > 0;
  } catch (error) {
    toastError(error);
  } finally {
    more.disabled = false;
  }
}

more.addEventListener('click', () => void load());
void load();
