/** The page of snapshots: freeze, divide, name, compare; licence of the images and parts by hand. */
/** @import { PartEnum, SelectionWriteRequest, DivisionWriteRequest } from '../api/schema.d.ts' */
/** @import { Run } from '../types.js' */
import { find, pageData } from './dom.js';
import { number, plural } from './format.js';
import { onSubmit } from './forms.js';
import { api, client } from './http.js';
import { isActive, runRow, showRun } from './run_view.js';
import { createRunsFeed } from './runs_feed.js';
import { toast, toastError } from './toast.js';

const config = pageData('page-config');
const list = find('[data-runs]', HTMLUListElement);
/** Runs that this page started or saw at work: when they end, it goes where they lead. @type {Set<string>} */
const awaited = new Set();

/** @param {Run} run */
function show(run) {
  if (run.kind !== 'snapshot' && run.kind !== 'compare') return;
  if (isActive(run)) awaited.add(run.id);
  if (!awaited.has(run.id)) return;
  list.hidden = false;
  showRun(list, runRow(run, { subject: String(run.params.name ?? '') }));
  if (run.state === 'succeeded') follow(run);
}

/** @param {Run} run */
function follow(run) {
  awaited.delete(run.id);
  const result = /** @type {{ comparison?: string, known?: boolean, name?: string }} */ (run.result);
  if (result.comparison) return location.assign(`/projects/${config.project}/snapshots/compared/${result.comparison}/`);
  if (!result.known) return location.reload();
  toast(`Nothing has changed since “${result.name || 'an unnamed snapshot'}”: it is the same state, so it stays one.`);
}

const feed = createRunsFeed({
  stream: api(`projects/${config.project}/runs/events/`),
  list: async () => (await client.get(`runs/?project=${config.project}&limit=50`)).results,
  onRun: show,
});
window.addEventListener('pagehide', feed.stop);

/** @param {string} selector @param {(values: Record<string, string>, form: HTMLFormElement) => Promise<void>} send */
function wire(selector, send) {
  const form = document.querySelector(selector);
  if (form instanceof HTMLFormElement) onSubmit(form, (values) => send(values, form));
}

/** @param {HTMLFormElement} form @param {string} name @returns {any} */
const ticked = (form, name) => new FormData(form).getAll(name).map(String);

/** @param {Record<string, string>} values @param {HTMLFormElement} form @returns {SelectionWriteRequest} */
function selectionOf(values, form) {
  const reviewed = form.elements.namedItem('accepted_only') !== null;
  return {
    ...(reviewed && { accepted_only: values.accepted_only === 'yes' }),
    suggestions: values.suggestions === 'yes',
    labels: ticked(form, 'labels'),
    states: ticked(form, 'states'),
    statuses: ticked(form, 'statuses'),
    stages: ticked(form, 'stages'),
    jobs: ticked(form, 'jobs'),
    reviewers: ticked(form, 'reviewers'),
    tags: ticked(form, 'tags'),
    unlabelled: values.no_unlabelled !== 'yes',
    empty_images: values.no_empty !== 'yes',
    ...(values.made_from && { made_from: values.made_from }),
    ...(values.made_until && { made_until: values.made_until }),
  };
}

/** @param {Record<string, string>} values @param {HTMLFormElement} form @returns {DivisionWriteRequest | null} */
function splitOf(values, form) {
  if (values.split !== 'yes') return null;
  const [train, val, test] = ['train', 'val', 'test'].map((part) => Number(values[`share_${part}`] || 0));
  return { shares: { train, val, test }, seed: values.seed ?? '', groups: ticked(form, 'groups') };
}

wire('[data-freeze]', async (values, form) => {
  const wanted = {
    name: values.name ?? '',
    note: values.note ?? '',
    selection: selectionOf(values, form),
    split: splitOf(values, form),
  };
  const run = await client.post(`projects/${config.project}/snapshots/`, wanted);
  awaited.add(run.id);
  show(run);
});

wire('[data-compare]', async ({ before = '', after = '' }) => {
  const run = await client.post(`projects/${config.project}/comparisons/`, { before, after });
  awaited.add(run.id);
  show(run);
});

wire('[data-origin]', async ({ licence = '', sources = '' }) => {
  await client.patch(`projects/${config.project}/origin/`, { licence, sources });
  toast('Saved, for snapshots from now on.', { kind: 'positive' });
});

wire('[data-place]', async ({ search = '', part = '' }) => {
  const wanted = { search, part: /** @type {PartEnum} */ (part) };
  const counts = await client.post(`projects/${config.project}/parts/`, wanted);
  const shown = find('[data-placed]', HTMLElement).querySelectorAll('strong');
  [counts.train, counts.val, counts.test].forEach((count, at) => {
    const place = shown[at];
    if (place) place.textContent = number(count);
  });
  toast(`${plural(counts.placed, 'image')} put there.`, { kind: 'positive' });
});

for (const card of document.querySelectorAll('[data-snapshot]')) {
  if (!(card instanceof HTMLElement)) continue;
  const path = /** @type {const} */ (`snapshots/${card.dataset.snapshot}/`);
  const form = card.querySelector('[data-rename]');
  if (form instanceof HTMLFormElement)
    onSubmit(form, async ({ name = '' }) => {
      await client.patch(path, { name });
      location.reload();
    });
  card.querySelector('[data-delete]')?.addEventListener('click', () => {
    client.del(path).then(() => card.remove(), toastError);
  });
}
