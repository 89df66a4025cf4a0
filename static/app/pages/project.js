/** The project page: grid, uploads, filters, and the live state of background work. */
/** @import {ImageInfo, Run} from '../types.js' */
import { imagePath } from '../core/image_path.js';
import { createBulkBar } from './bulk_bar.js';
import { find, h, pageData } from './dom.js';
import { number, plural } from './format.js';
import { api, client } from './http.js';
import { createFindMasks } from './find_masks.js';
import { createFindWords } from './find_words.js';
import { createImageFilters } from './image_filters.js';
import { createImageGrid } from './image_grid.js';
import { wireNext } from './next_job.js';
import { createRunsDrawer } from './runs_drawer.js';
import { createRunsFeed } from './runs_feed.js';
import { toast, toastError } from './toast.js';
import { createUploads } from './upload_view.js';

const config = pageData('page-config');
wireNext(() => config.urls.editor);
const imagesPath = `projects/${config.project}/images/`;
/** @type {{ id: string, name: string }[]} */
const tags = config.tags;
const grid = createImageGrid({
  listPath: imagesPath,
  editUrl: config.urls.editor,
  first: config.images,
  more: config.more,
  filter: config.filter,
  tagName: (id) => tags.find((tag) => tag.id === id)?.name,
});
const drawer = createRunsDrawer(subjectOf);
const preparing = find('[data-preparing]', HTMLElement);
/** @type {Set<string>} */
const waiting = new Set();
/** Kinds of runs that add images, or take some away. */
const BRINGING = new Set(['import_video', 'import', 'undo_import']);
/** Those that are under way. @type {Set<string>} */
const importing = new Set();

/** @param {Run} run */
function imageOf(run) {
  return grid.get(run.subject ?? '');
}

/** @param {Run} run */
function subjectOf(run) {
  const image = imageOf(run);
  if (image) return imagePath(image);
  return BRINGING.has(run.kind) || run.kind === 'check_import' ? String(run.params.name) : '';
}

/** @param {Run} run */
function takeRun(run) {
  drawer.show(run);
  if (BRINGING.has(run.kind)) takeImport(run);
  if (run.kind !== 'embed') return;
  if (run.state === 'queued' || run.state === 'running') waiting.add(run.id);
  else waiting.delete(run.id);
  preparing.textContent = waiting.size ? `Preparing ${plural(waiting.size, 'image')}` : '';
  const image = imageOf(run);
  if (image) void updateEmbedding(image, run);
}

/** Images come by the dozen: they are shown when all are there. @param {Run} run */
function takeImport(run) {
  if (run.state === 'queued' || run.state === 'running') importing.add(run.id);
  else if (importing.delete(run.id)) {
    toast(run.error || run.message, {
      kind: run.state === 'failed' ? 'negative' : run.state === 'cancelled' ? 'info' : 'positive',
    });
    find('[data-toolbar]', HTMLElement).hidden = false;
    grid.reload();
    // Also one that was cancelled or failed has made some.
    client.get(`projects/${config.project}/`).then(
      ({ counts }) =>
        count({
          all: counts.images - config.counts.all,
          new: counts.images - counts.done - counts.in_progress - config.counts.new,
        }),
      toastError,
    );
  }
}

/** A running one is known from the run; what came out of it only the image tells. @param {ImageInfo} image @param {Run} run */
async function updateEmbedding(image, run) {
  if (run.state === 'queued' || run.state === 'running') {
    if (image.embedding.state === 'ready') return;
    grid.put({
      ...image,
      embedding: { ...image.embedding, state: run.state, message: run.waits?.message ?? run.message },
    });
  } else if (image.embedding.run === run.id || image.embedding.state !== 'ready') {
    await client.get(`images/${image.id}/`).then(grid.put, () => undefined);
  }
}

/** @param {ImageInfo} image */
function takeUpload(image) {
  count({ all: 1, new: 1 });
  find('[data-toolbar]', HTMLElement).hidden = false;
  if (grid.matches(image)) grid.put(image);
  grid.settle();
}

/** @param {Record<string, number>} change by how much each number in the toolbar changes */
function count(change) {
  for (const [name, difference] of Object.entries(change)) {
    config.counts[name] += difference;
    const shown = document.querySelector(`[data-count="${name}"]`);
    if (shown) shown.textContent = number(config.counts[name]);
  }
  document.querySelector('[data-segment-all]')?.toggleAttribute('hidden', config.counts.all === 0);
}

/** What the toolbar counts, as it is now. */
async function recount() {
  const answer = await fetch(location.pathname, { headers: { Accept: 'text/html' } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const now = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('page-config');
  const { counts } = JSON.parse(now?.textContent ?? '{"counts": {}}');
  count(Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, value - (config.counts[name] ?? 0)])));
}

/** A word that was used for the first time can be filtered by. @param {string} name */
async function newTag(name) {
  if (tags.some((tag) => tag.name.toLowerCase() === name.toLowerCase())) return;
  const { results } = await client.get(`projects/${config.project}/tags/`);
  const select = find('#filter-tag', HTMLSelectElement);
  const known = find('#known-tags', HTMLDataListElement);
  for (const tag of results) {
    if (tags.some(({ id }) => id === tag.id)) continue;
    tags.push(tag);
    select.append(h('option', { value: tag.id }, tag.name));
    known.append(h('option', { value: tag.name }));
  }
}

createImageFilters(config.project, grid);
if (config.can.annotate)
  createBulkBar({
    project: config.project,
    grid,
    can: config.can,
    people: config.people,
    recount,
    newTag,
    findMasks: config.can.edit_images ? createFindMasks(config) : null,
    findWords: createFindWords(config.project),
    example: config.example,
  });
if (config.can.edit_images) createUploads(config.project, takeUpload, takeImport);
const feed = createRunsFeed({
  stream: api(`projects/${config.project}/runs/events/`),
  list: async () => (await client.get(`runs/?project=${config.project}&limit=100`)).results,
  onRun: takeRun,
});
window.addEventListener('pagehide', feed.stop);
