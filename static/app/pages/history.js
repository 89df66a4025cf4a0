/** Undoing one person's work: what it would change, doing it, and what was put back so far. */
/** @import { Act, PutBackOutcome } from '../api/schema.d.ts' */
/** @import { Run } from '../types.js' */
import { refreshTimes } from './common.js';
import { find, h, icon, pageData } from './dom.js';
import { exactTime, number, plural } from './format.js';
import { onSubmit, showErrors } from './forms.js';
import { api, client, pathOf } from './http.js';
import { isActive, runRow, showRun } from './run_view.js';
import { createRunsFeed } from './runs_feed.js';
import { toastError } from './toast.js';

const config = pageData('page-config');
const base = /** @type {const} */ (`projects/${config.project}/history/`);
const runs = find('[data-runs]', HTMLUListElement);
const rows = find('[data-acts]', HTMLTableSectionElement);
const more = find('[data-more]', HTMLButtonElement);
const KINDS = ['undo_work', 'restore_work'];
let next = '';
/** What was looked at. @type {{ person: string, since: string, until: string } | null} */
let wanted = null;
/** Runs that were going on while this page was open. @type {Set<string>} */
const watched = new Set();

const TOLD = /** @type {const} */ ([
  ['removed', 'made by the person, go'],
  ['added', 'deleted by the person, come back'],
  ['changed', 'become what they were'],
  ['kept', 'kept: others worked on them since'],
]);

const SUMMED = /** @type {const} */ ([...TOLD.map(([name]) => name), 'images', 'accepted', 'in_bin', 'unlabelled']);
/** So many images with something that is kept are named. */
const LISTED = 200;

/** @param {PutBackOutcome} outcome */
function notes({ images, accepted, in_bin: inBin, unlabelled }) {
  return [
    `${plural(images, 'image')} ${images === 1 ? 'changes' : 'change'}.`,
    accepted && `${plural(accepted, 'accepted image')} among them: back to review.`,
    inBin && `${plural(inBin, 'image')} in the bin: left as they are.`,
    unlabelled && `${plural(unlabelled, 'object')} whose label is gone by now: without one.`,
  ].filter(Boolean);
}

/** @param {PutBackOutcome} one @param {PutBackOutcome} other @returns {PutBackOutcome} */
function together(one, other) {
  const sums = { ...one, listed: [...one.listed, ...other.listed].slice(0, LISTED) };
  for (const name of SUMMED) sums[name] += other[name];
  return sums;
}

/** @param {PutBackOutcome} outcome @param {boolean} going there is more to look at */
function showLook(outcome, going) {
  find('[data-counts]', HTMLElement).replaceChildren(
    ...TOLD.map(([name, words]) =>
      h('div', { class: 'count' }, h('strong', {}, number(outcome[name])), h('span', {}, words)),
    ),
  );
  find('[data-notes]', HTMLElement).replaceChildren(...notes(outcome).map((text) => h('li', {}, String(text))));
  find('[data-kept]', HTMLElement).hidden = outcome.listed.length === 0;
  find('[data-kept-rows]', HTMLElement).replaceChildren(...outcome.listed.map(keptRow));
  find('[data-undo]', HTMLButtonElement).disabled = going || !(outcome.added + outcome.changed + outcome.removed);
  find('[data-going]', HTMLElement).hidden = !going;
  const panel = find('[data-look]', HTMLElement);
  panel.hidden = false;
  panel.scrollIntoView({ block: 'nearest' });
}

/** @param {PutBackOutcome['listed'][number]} kept */
function keptRow({ image, name, objects, people }) {
  const address = config.urls.history.replace('{image}', image);
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, h('a', { href: address }, name)),
    h('td', { class: 'number' }, number(objects)),
    h('td', {}, people.join(', ')),
  );
}

/** @param {Act} act */
function what(act) {
  if (act.what === 'person') {
    const time = `${exactTime(act.since ?? '')} – ${exactTime(act.until ?? '')}`;
    return h('td', {}, `The work of ${act.person}`, h('span', { class: 'muted small' }, time));
  }
  const address = config.urls.history.replace('{image}', act.image ?? '');
  const time = act.until ? `to ${exactTime(act.until)}` : 'to before its first object';
  return h('td', {}, h('a', { href: address }, act.name), h('span', { class: 'muted small' }, time));
}

/** @param {PutBackOutcome | null} outcome */
function said(outcome) {
  if (!outcome) return 'not done yet';
  const { removed, added, changed, kept } = outcome;
  const parts = /** @type {[number, string][]} */ ([
    [removed, 'removed'],
    [added, 'brought back'],
    [changed, 'changed'],
    [kept, 'kept'],
  ]);
  return (
    parts
      .filter(([count]) => count)
      .map(([count, word]) => `${number(count)} ${word}`)
      .join(', ') || 'nothing'
  );
}

/** @param {Act} act */
function actRow(act) {
  const going = [act.run, act.undo_run].some((run) => run && isActive(run));
  const state = act.undone
    ? h('span', { class: 'muted small' }, `Undone: ${said(act.restored)}`)
    : undoButton(act, going);
  return h(
    'tr',
    { 'data-act': act.id },
    h('td', { class: 'nowrap' }, h('time', { datetime: act.created }, act.created)),
    h('td', { class: 'nowrap' }, act.actor?.name ?? 'Somebody who left'),
    what(act),
    h('td', {}, act.run?.state === 'failed' ? `Stopped: ${act.run.error}` : said(act.result)),
    h('td', {}, state),
  );
}

/** @param {Act} act @param {boolean} going */
function undoButton(act, going) {
  const button = h(
    'button',
    { type: 'button', class: 'button button-small', disabled: going },
    icon('undo-2'),
    act.what === 'person' ? 'Bring back' : 'Undo',
  );
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      const { undo_run: run } = await client.post(`history/${act.id}/undo/`, undefined);
      if (run) onRun(run); // it may be over before the feed tells of it
      await load();
    } catch (error) {
      button.disabled = false;
      toastError(error);
    }
  });
  return button;
}

async function load(path = `${base}?limit=20`, add = false) {
  const page = await client.get(/** @type {typeof base} */ (path));
  if (!add) rows.replaceChildren();
  rows.append(...page.results.map(actRow));
  next = page.next ? pathOf(page.next) : '';
  more.hidden = !next;
  find('[data-table]', HTMLElement).hidden = rows.childElementCount === 0;
  find('[data-none]', HTMLElement).hidden = rows.childElementCount > 0;
  refreshTimes();
}

/** @param {Run} run */
function onRun(run) {
  if (!KINDS.includes(run.kind)) return;
  if (isActive(run)) watched.add(run.id);
  if (!watched.has(run.id)) return;
  showRun(runs, runRow(run, { subject: String(run.params.name ?? '') }));
  runs.hidden = false;
  if (!isActive(run)) load().catch(toastError);
}

const form = find('[data-work]', HTMLFormElement);
form.addEventListener('change', () => {
  wanted = null;
  find('[data-look]', HTMLElement).hidden = true;
});
onSubmit(form, async ({ person = '', since = '', until = '' }) => {
  const missing = Object.entries({ person, since, until }).filter(([, value]) => !value);
  if (missing.length)
    return showErrors(form, Object.fromEntries(missing.map(([name]) => [name, ['Choose this first.']])), '');
  wanted = { person, since: new Date(since).toISOString(), until: new Date(until).toISOString() };
  await lookThrough(wanted);
});

/** Looks part by part, so that no answer takes long however much there is; stops when something else is chosen.
 * @param {{ person: string, since: string, until: string }} asked */
async function lookThrough(asked) {
  /** @type {PutBackOutcome | null} */
  let whole = null;
  for (let after = ''; ; ) {
    const query = new URLSearchParams(after ? { ...asked, after } : asked).toString();
    const { more: rest, ...part } = await client.get(`${base}look/?${query}`);
    if (wanted !== asked) return;
    whole = whole ? together(whole, part) : part;
    showLook(whole, rest !== null);
    if (rest === null) return;
    after = rest;
  }
}
const undo = find('[data-undo]', HTMLButtonElement);
undo.addEventListener('click', async () => {
  if (!wanted) return;
  undo.disabled = true;
  try {
    const { run } = await client.post(base, wanted);
    find('[data-look]', HTMLElement).hidden = true;
    if (run) onRun(run);
    await load();
  } catch (error) {
    undo.disabled = false;
    toastError(error);
  }
});
more.addEventListener('click', () => void load(next, true).catch(toastError));
load().catch(toastError);
const feed = createRunsFeed({
  stream: api(`projects/${config.project}/runs/events/`),
  list: async () => (await client.get(`runs/?project=${config.project}&limit=20`)).results,
  onRun,
});
window.addEventListener('pagehide', feed.stop);
