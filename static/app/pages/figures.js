/** The page of the data set's numbers: take them anew and show how far that is. */
/** @import { Run } from '../types.js' */
import { find, pageData } from './dom.js';
import { api, client } from './http.js';
import { isActive, runRow, showRun } from './run_view.js';
import { createRunsFeed } from './runs_feed.js';
import { toastError } from './toast.js';

const config = pageData('page-config');
const list = find('[data-runs]', HTMLUListElement);
/** @type {Set<string>} */
const awaited = new Set();

/** @param {Run} run */
function show(run) {
  if (run.kind !== 'measure') return;
  if (isActive(run)) awaited.add(run.id);
  if (!awaited.has(run.id)) return;
  list.hidden = false;
  showRun(list, runRow(run));
  if (run.state === 'succeeded') location.reload();
}

const feed = createRunsFeed({
  stream: api(`projects/${config.project}/runs/events/`),
  list: async () => (await client.get(`runs/?project=${config.project}&kind=measure&limit=5`)).results,
  onRun: show,
});
window.addEventListener('pagehide', feed.stop);

document.querySelector('[data-measure]')?.addEventListener('click', () => {
  client.post(`projects/${config.project}/figures/`, undefined).then((run) => {
    awaited.add(run.id);
    show(run);
  }, toastError);
});
