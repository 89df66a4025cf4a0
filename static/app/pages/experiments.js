/** The page of the paper's tasks: start one, watch it, and see the numbers when it is done. */
/** @import { Run } from '../types.js' */
import { ApiError } from '../api/errors.js';
import { joined } from './automatic/detections.js';
import { find, pageData } from './dom.js';
import { onSubmit, showErrors } from './forms.js';
import { api, client } from './http.js';
import { isActive, runRow, showRun } from './run_view.js';
import { createRunsFeed } from './runs_feed.js';
import { toastError } from './toast.js';

/** @typedef {'point' | 'edges' | 'proposals' | 'instances'} Task */

const TITLES = { point: 'single point', edges: 'edges', proposals: 'object proposals', instances: 'instances' };

const config = pageData('page-config');
const path = /** @type {const} */ (`projects/${config.project}/experiments/`);
const list = find('[data-runs]', HTMLUListElement);
/** Runs that were going on while this page was open. @type {Set<string>} */
const watched = new Set();

/** @param {Run} run */
function show(run) {
  if (run.kind !== 'experiment') return;
  if (isActive(run)) watched.add(run.id);
  if (!watched.has(run.id)) return;
  // The newest result is what the page shows without ?show=.
  if (run.state === 'succeeded') return location.assign(location.pathname);
  const { task } = /** @type {{ task: Task }} */ (run.params.wanted);
  showRun(list, runRow(run, { subject: TITLES[task] }));
  list.hidden = false;
}

/** Only the fields of the chosen task are shown. @param {HTMLFormElement} form */
function fit(form) {
  const task = String(new FormData(form).get('task'));
  for (const field of form.querySelectorAll('[data-for]'))
    if (field instanceof HTMLElement) field.hidden = !(field.dataset.for ?? '').split(' ').includes(task);
}

/** What a detector's files say; undefined where none was chosen. @param {HTMLFormElement} form */
async function boxesOf(form) {
  const chosen = [...(find('[name=files]', HTMLInputElement, form).files ?? [])];
  if (!chosen.length) return undefined;
  return joined(await Promise.all(chosen.map(async (file) => ({ name: file.name, text: await file.text() }))));
}

/** What is wrong with a detector's files, '' where it is something else. @param {unknown} error */
function complaint(error) {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : '';
  const [field, sentences] = Object.entries(error.fields).find(([name]) => name.startsWith('boxes')) ?? [];
  return field ? (sentences ?? []).join(' ') : '';
}

const form = document.querySelector('[data-measure]');
if (form instanceof HTMLFormElement) {
  fit(form);
  form.addEventListener('change', () => fit(form));
  onSubmit(form, async ({ task, model, snapshot, limit, points }) => {
    const grid = points && (task === 'proposals' || task === 'edges') ? { points: Number(points) } : {};
    const wanted = {
      task: /** @type {Task} */ (task),
      model,
      snapshot: snapshot || null,
      limit: Number(limit),
      ...grid,
    };
    try {
      const boxes = task === 'instances' ? await boxesOf(form) : undefined;
      show(await client.post(path, boxes ? { ...wanted, boxes } : wanted));
    } catch (error) {
      const said = complaint(error);
      if (!said) throw error;
      return showErrors(form, { files: [said] }, said);
    }
    list.scrollIntoView({ block: 'nearest' });
  });
}

document.querySelector('[data-again]')?.addEventListener('click', () => {
  client.post(path, pageData('again')).then(show, toastError);
});
for (const button of document.querySelectorAll('[data-delete]')) {
  button.addEventListener('click', () => {
    client
      .del(`experiments/${button.getAttribute('data-delete') ?? ''}/`)
      .then(() => location.assign(location.pathname), toastError);
  });
}

const feed = createRunsFeed({
  stream: api(`projects/${config.project}/runs/events/`),
  list: async () => (await client.get(`runs/?project=${config.project}&kind=experiment&limit=20`)).results,
  onRun: show,
});
window.addEventListener('pagehide', feed.stop);
