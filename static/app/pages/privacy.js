/** The page of privacy: set the rule, search what was there before, delete originals. */
/** @import {Run} from '../types.js' */
import { pageData } from './dom.js';
import { onSubmit } from './forms.js';
import { api, client } from './http.js';
import { isActive, runRow, showRun } from './run_view.js';
import { createRunsFeed } from './runs_feed.js';
import { toastError } from './toast.js';

const config = pageData('page-config');
const base = /** @type {const} */ (`projects/${config.project}/privacy/`);
const list = document.querySelector('[data-runs]');
/** Runs that were going on while this page was open. @type {Set<string>} */
const watched = new Set();

/** @param {Run} run */
function show(run) {
  if (run.kind !== 'veil' || !(list instanceof HTMLUListElement)) return;
  if (isActive(run)) watched.add(run.id);
  if (!watched.has(run.id)) return;
  if (run.state === 'succeeded') return location.reload();
  showRun(list, runRow(run));
  list.hidden = false;
}

/** @param {Promise<unknown>} changing */
function thenReload(changing) {
  changing.then(() => location.reload(), toastError);
}

const rule = document.querySelector('[data-rule]');
if (rule instanceof HTMLFormElement) {
  onSubmit(rule, async ({ active, threshold, style, outline, keep_originals }) => {
    await client.patch(base, {
      active: active === 'yes',
      threshold: Number(threshold),
      style: style === 'solid' ? 'solid' : 'blur',
      outline: outline === 'ellipse' ? 'ellipse' : 'box',
      keep_originals: keep_originals === 'yes',
    });
    location.reload();
  });
}

document.querySelector('[data-search]')?.addEventListener('click', ({ target }) => {
  if (target instanceof Element) target.closest('dialog')?.close();
  client.post(`${base}search/`, undefined).then(show, toastError);
});

document.querySelector('[data-forget]')?.addEventListener('click', () => {
  thenReload(client.del(`${base}originals/`));
});

if (list) {
  const feed = createRunsFeed({
    stream: api(`projects/${config.project}/runs/events/`),
    list: async () => (await client.get(`runs/?project=${config.project}&kind=veil&limit=20`)).results,
    onRun: show,
  });
  window.addEventListener('pagehide', feed.stop);
}
