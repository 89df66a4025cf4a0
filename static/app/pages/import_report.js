/** What an import would do, did and took back, as people read it. */
/** @import { CountsByKind, Import, Loss, Report, Result, Undone } from '../api/schema.d.ts' */
import { h, icon } from './dom.js';
import { number, plural, size } from './format.js';
import { api, client } from './http.js';
import { toastError } from './toast.js';

const FIRST = 100;
const KINDS = /** @type {const} */ ([
  ['image', 'image'],
  ['annotation', 'object'],
  ['suggestion', 'suggestion'],
  ['label', 'label'],
]);

/** "2 images, 6 objects", '' for nothing. @param {CountsByKind} counts */
export function told(counts) {
  return KINDS.flatMap(([kind, word]) => (counts[kind] ? [plural(counts[kind], word)] : [])).join(', ');
}

/** @param {number} value @param {string} word @param {{ bad?: boolean }} [options] */
function tile(value, word, { bad = false } = {}) {
  return h('div', { class: `count${bad && value ? ' bad' : ''}` }, h('strong', {}, number(value)), h('span', {}, word));
}

/** What there is to fetch. @param {NonNullable<Import['listing']>} listing */
export function listingTiles({ files, bytes, unknown, refused, fetched }) {
  const more = unknown ? `and ${plural(unknown, 'file')} of unknown size` : 'together';
  const sum = bytes || !unknown ? size(bytes) : '?';
  return h(
    'div',
    { class: 'counts' },
    tile(files, files === 1 ? 'file listed' : 'files listed'),
    h('div', { class: 'count' }, h('strong', {}, sum), h('span', {}, more)),
    tile(fetched, 'fetched'),
    tile(refused, 'cannot be fetched', { bad: true }),
  );
}

/** The numbers of the dry run. @param {Report} report */
export function reportTiles({ images, annotations, problems }) {
  const matched = images.by_hash + images.by_name;
  return h(
    'div',
    { class: 'counts' },
    tile(images.new, images.new === 1 ? 'new image' : 'new images'),
    tile(matched, images.by_name ? `in the project (${number(images.by_name)} by name)` : 'in the project already'),
    images.repeated > 0 && tile(images.repeated, images.repeated === 1 ? 'picture twice' : 'pictures twice'),
    tile(images.without_picture, 'without a picture', { bad: true }),
    tile(annotations.ready - annotations.there, 'objects to add'),
    tile(annotations.there, 'objects there already'),
    tile(problems, problems === 1 ? 'problem' : 'problems', { bad: true }),
  );
}

/** What a project has no place for. @param {Loss[]} lost */
export function losses(lost) {
  if (!lost.length) return null;
  const lines = lost.map(({ count, kind, rule }) => h('li', {}, `${number(count)} × ${kind}: ${rule}`));
  return h(
    'div',
    { class: 'notice notice-warning' },
    icon('triangle-alert'),
    h('div', {}, h('p', {}, 'A project has no place for some of it:'), h('ul', { class: 'losses' }, ...lines)),
  );
}

/** What the import did. @param {Result} result */
export function resultLine({ made, there, skipped, deleted }) {
  const parts = [told(made) ? `Added ${told(made)}` : 'Nothing was added'];
  if (there) parts.push(`${plural(there, 'object was', 'objects were')} there already`);
  if (skipped) parts.push(`${plural(skipped, 'object')} left out as chosen`);
  if (deleted) parts.push(`${plural(deleted, 'object')} deleted here before and not brought back`);
  return h('p', {}, `${parts.join(' · ')}.`);
}

/** What an undo did, and what it kept. @param {Undone} undone @param {string} editor address with {image} */
export function undoneLines({ removed, kept, listed }, editor) {
  const why = kept.map(({ kind, count, reason }) => h('li', {}, `${plural(count, wordOf(kind))}: ${reason}`));
  const links = listed
    .filter(({ image }) => image)
    .slice(0, 10)
    .map(({ name, image }) =>
      h('li', {}, h('a', { href: editor.replace('{image}', String(image)) }, name || 'an object without label')),
    );
  return h(
    'div',
    {},
    h('p', {}, told(removed) ? `Taken back: ${told(removed)}.` : 'Nothing was taken back.'),
    why.length > 0 && h('p', {}, 'Kept, because people worked on it since:'),
    why.length > 0 && h('ul', { class: 'losses' }, ...why),
    links.length > 0 && h('details', {}, h('summary', {}, 'Where'), h('ul', { class: 'losses' }, ...links)),
  );
}

/** @param {string} kind */
function wordOf(kind) {
  return KINDS.find(([name]) => name === kind)?.[1] ?? kind;
}

/** Everything that could not be taken over: fetched when it is opened. @param {Import} row */
export function problemsOf(row) {
  const count = row.result?.problems ?? row.report?.problems ?? row.listing?.refused ?? 0;
  if (!count) return null;
  const path = `imports/${row.id}/problems/`;
  const place = h('div', { class: 'problems', tabindex: '0', role: 'region', 'aria-label': 'Problems' });
  const details = h(
    'details',
    {},
    h('summary', {}, `${plural(count, 'problem')}: what could not be taken over, and why`),
    place,
    h(
      'p',
      { class: 'row small' },
      h('a', { href: api(`${path}?kind=csv`), download: `problems-${row.id}.csv` }, 'All as a table (CSV)'),
      h('a', { href: api(`${path}?limit=100000`), download: `problems-${row.id}.json` }, 'All as JSON'),
    ),
  );
  details.addEventListener('toggle', () => void fill(place, row.id), { once: true });
  return details;
}

/** @param {HTMLElement} place @param {string} id */
async function fill(place, id) {
  try {
    const { count, results } = await client.get(`imports/${id}/problems/`);
    const rows = results.map(({ file, item, reason }) =>
      h('tr', {}, h('td', {}, [file, item].filter(Boolean).join(': ')), h('td', {}, reason)),
    );
    const head = h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Where'), h('th', { scope: 'col' }, 'Why')));
    place.replaceChildren(h('table', { class: 'table' }, head, h('tbody', {}, ...rows)));
    if (count > FIRST)
      place.append(
        h('p', { class: 'muted small' }, `The first ${FIRST} of ${number(count)}; the files below have all.`),
      );
  } catch (error) {
    toastError(error);
  }
}
