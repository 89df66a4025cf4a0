/** The evaluation page: start one, watch it, and see the results when it is done. */
/** @import {Run} from '../types.js' */
import { pageData } from './dom.js';
import { onSubmit } from './forms.js';
import { plural } from './format.js';
import { api, client } from './http.js';
import { isActive, runRow, showRun } from './run_view.js';
import { createRunsFeed } from './runs_feed.js';
import { toastError } from './toast.js';

const config = pageData('page-config');
const path = /** @type {const} */ (`projects/${config.project}/evaluations/`);
const list = document.querySelector('[data-runs]');
/** Runs that were going on while this page was open. @type {Set<string>} */
const watched = new Set();

/** @param {Run} run */
function subject(run) {
  const count = /** @type {unknown[]} */ (run.params.models ?? []).length;
  return plural(count, 'model');
}

/** @param {Run} run */
function show(run) {
  if (run.kind !== 'evaluate' || !(list instanceof HTMLUListElement)) return;
  if (isActive(run)) watched.add(run.id);
  if (!watched.has(run.id)) return;
  // The newest result is what the page shows without ?show=.
  if (run.state === 'succeeded') return location.assign(location.pathname);
  const row = runRow(run, { subject: subject(run) });
  showRun(list, row);
  list.hidden = false;
}

/** @param {object} wanted */
async function start(wanted) {
  show(await client.post(path, wanted));
  list?.scrollIntoView({ block: 'nearest' });
}

const form = document.querySelector('[data-evaluate]');
if (form instanceof HTMLFormElement) {
  onSubmit(form, async ({ limit, clicks, baselines, groups }) => {
    const models = new FormData(form).getAll('models');
    await start({
      models,
      limit: Number(limit),
      clicks: Number(clicks),
      baselines: baselines === 'yes',
      groups: groups ?? '',
    });
  });
}

document.querySelector('[data-again]')?.addEventListener('click', () => {
  start(pageData('again')).catch(toastError);
});
for (const button of document.querySelectorAll('[data-delete]')) {
  button.addEventListener('click', () => {
    client
      .del(`evaluations/${button.getAttribute('data-delete')}/`)
      .then(() => location.assign(location.pathname), toastError);
  });
}

if (list) {
  const feed = createRunsFeed({
    stream: api(`projects/${config.project}/runs/events/`),
    list: async () => (await client.get(`runs/?project=${config.project}&kind=evaluate&limit=20`)).results,
    onRun: show,
  });
  window.addEventListener('pagehide', feed.stop);
}
