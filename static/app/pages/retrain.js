/** The page of retraining: start one, watch it, put its version to use or go back, set the rule. */
/** @import {Run} from '../types.js' */
import { pageData } from './dom.js';
import { onSubmit } from './forms.js';
import { api, client } from './http.js';
import { isActive, runRow, showRun } from './run_view.js';
import { createRunsFeed } from './runs_feed.js';
import { toast, toastError } from './toast.js';

const config = pageData('page-config');
const base = /** @type {const} */ (`projects/${config.project}/retrainings/`);
const list = document.querySelector('[data-runs]');
/** Runs that were going on while this page was open. @type {Set<string>} */
const watched = new Set();

/** @param {Run} run */
function show(run) {
  if (run.kind !== 'tune' || !(list instanceof HTMLUListElement)) return;
  if (isActive(run)) watched.add(run.id);
  if (!watched.has(run.id)) return;
  // The newest one is what the page shows without ?show=.
  if (run.state === 'succeeded') return location.assign(location.pathname);
  showRun(list, runRow(run));
  list.hidden = false;
}

/** @param {Promise<unknown>} changing */
function thenShow(changing) {
  changing.then(() => location.assign(location.pathname), toastError);
}

const form = document.querySelector('[data-retrain]');
if (form instanceof HTMLFormElement) {
  onSubmit(form, async ({ minutes, promote }) => {
    show(await client.post(base, { minutes: Number(minutes), promote: promote === 'yes' }));
    list?.scrollIntoView({ block: 'nearest' });
  });
}

const rule = document.querySelector('[data-rule]');
if (rule instanceof HTMLFormElement) {
  onSubmit(rule, async ({ active, after, at_night, night_from, night_to, promote }) => {
    await client.patch(`${base}rule/`, {
      active: active === 'yes',
      after: Number(after),
      at_night: at_night === 'yes',
      night_from: Number(night_from),
      night_to: Number(night_to),
      promote: promote === 'yes',
    });
    toast('The rule is saved.', { kind: 'positive' });
  });
}

for (const button of document.querySelectorAll('[data-promote], [data-promote-anyway]')) {
  button.addEventListener('click', () => {
    const sure = button.getAttribute('data-promote');
    const id = sure ?? button.getAttribute('data-promote-anyway');
    thenShow(client.post(`retrainings/${id}/promote/`, { knowing: sure === null }));
  });
}

const knowing = document.querySelector('[data-knowing]');
if (knowing instanceof HTMLInputElement) {
  const anyway = document.querySelector('[data-promote-anyway]');
  knowing.checked = false;
  knowing.addEventListener('change', () => {
    if (anyway instanceof HTMLButtonElement) anyway.disabled = !knowing.checked;
  });
}

document.querySelector('[data-roll-back]')?.addEventListener('click', () => {
  thenShow(client.post(`${base}roll-back/`, undefined));
});

if (list) {
  const feed = createRunsFeed({
    stream: api(`projects/${config.project}/runs/events/`),
    list: async () => (await client.get(`runs/?project=${config.project}&kind=tune&limit=20`)).results,
    onRun: show,
  });
  window.addEventListener('pagehide', feed.stop);
}
