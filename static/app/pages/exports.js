/** The export page: start one, watch it, download it. */
/** @import {Run} from '../types.js' */
import { find, h, icon, pageData } from './dom.js';
import { onSubmit } from './forms.js';
import { number, plural, size } from './format.js';
import { api, client } from './http.js';
import { runRow } from './run_view.js';
import { createRunsFeed } from './runs_feed.js';

const config = pageData('page-config');
const list = find('[data-exports]', HTMLUListElement);
const none = find('[data-no-exports]', HTMLElement);
const loading = find('[data-loading]', HTMLElement);

/** @param {Run} run */
function download(run) {
  const { archive, bytes } = /** @type {{ archive?: string, bytes?: number }} */ (run.result);
  if (run.state !== 'succeeded' || !archive) return null;
  return h('a', { class: 'button button-small button-primary', href: api(`exports/${archive}/download/`), download: true },
    icon('download'), bytes ? `Download (${size(bytes)})` : 'Download');
}

/** @typedef {{ counts?: Record<string, number>, proof?: Record<string, number>, lost?: Record<string, number>, suggestions?: number }} Result */

/** What is in the file, and that it was read again and compared. @param {Run} run */
function facts(run) {
  const { counts, proof, lost, suggestions } = /** @type {Result} */ (run.result);
  if (run.state !== 'succeeded' || !counts) return null;
  const parts = [plural(counts['images'] ?? 0, 'image'), plural(counts['annotations'] ?? 0, 'mask')];
  if (suggestions) parts.push(`${number(suggestions)} of them only suggested`);
  const compared = proof?.['compared'] ?? 0;
  if (compared) parts.push(`${compared === counts['annotations'] ? 'all' : number(compared)} compared with the database, bit for bit`);
  const changed = Object.values(lost ?? {}).reduce((sum, count) => sum + count, 0);
  return h('span', {}, parts.join(' · '), changed > 0 && h('span', { class: 'error-text' }, ` · ${plural(changed, 'mask is', 'masks are')} not exactly as drawn, see the report in the file`));
}

/** @param {Run} run */
function subject(run) {
  const format = String(run.params['format'] ?? '').toUpperCase();
  const extras = [run.params['include_images'] && 'images', run.params['include_suggestions'] && 'suggestions'].filter(Boolean);
  return extras.length ? `${format} with ${extras.join(' and ')}` : format;
}

/** @param {Run} run */
function show(run) {
  if (run.kind !== 'export') return;
  none.hidden = true;
  const row = runRow(run, { subject: subject(run), extra: download(run), facts: facts(run) });
  const old = list.querySelector(`[data-run="${run.id}"]`);
  if (old) old.replaceWith(row);
  else list.prepend(row);
}

const feed = createRunsFeed({
  stream: api(`projects/${config.project}/runs/events/`),
  async list() {
    const page = await client.get(`runs/?project=${config.project}&kind=export&limit=100`);
    loading.remove();
    none.hidden = page.results.length > 0 || list.childElementCount > 0;
    return page.results;
  },
  onRun: show,
});
window.addEventListener('pagehide', feed.stop);

const form = document.querySelector('[data-export]');
if (form instanceof HTMLFormElement) {
  onSubmit(form, async ({ format, include_images, include_suggestions }) => {
    const wanted = { format, include_images: include_images === 'yes', include_suggestions: include_suggestions === 'yes' };
    show(await client.post(`projects/${config.project}/exports/`, wanted));
    list.firstElementChild?.scrollIntoView({ block: 'nearest' });
  });
}
