/** One run as a row: what it does, how far it is, and what can be done about it. */
/** @import {Run} from '../types.js' */
import { update } from '../dom/update.js';
import { h, icon } from './dom.js';
import { relativeTime, exactTime } from './format.js';
import { client } from './http.js';
import { toastError } from './toast.js';

const KINDS = new Map([
  ['embed', 'Preparing for clicks'],
  ['export', 'Export'],
  ['snapshot', 'Snapshot'],
  ['compare', 'Comparing snapshots'],
  ['measure', 'Counting the data set'],
  ['list_import', 'Asking what there is to fetch'],
  ['check_import', 'Looking at a data set'],
  ['import', 'Import'],
  ['undo_import', 'Taking an import back'],
  ['undo_work', 'Undoing somebody’s work'],
  ['restore_work', 'Bringing undone work back'],
  ['automask', 'Finding masks'],
  ['boxes', 'Masks for boxes'],
  ['words', 'Finding by words'],
  ['automask_preview', 'Trying limits on a photo'],
  ['veil', 'Covering faces'],
  ['tune', 'Retraining the model'],
  ['switch_model', 'Changing the model'],
  ['install_model', 'Adding a model'],
  ['evaluate', 'Measuring'],
  ['experiment', 'Measuring'],
  ['rate', 'Asking two models'],
  ['propagate', 'Carrying objects along'],
  ['import_video', 'Importing a video'],
]);
const STATES = {
  queued: ['clock', 'Waiting'],
  running: ['loader-circle', 'Running'],
  succeeded: ['circle-check', 'Done'],
  failed: ['circle-alert', 'Failed'],
  cancelled: ['ban', 'Cancelled'],
};

/** @param {Run} run */
export function isActive(run) {
  return run.state === 'queued' || run.state === 'running';
}

/** @param {Run} run @param {string} [subject] what it is about, an image's name for instance */
export function runTitle(run, subject = '') {
  const kind = KINDS.get(run.kind) ?? run.kind;
  return subject ? `${kind}: ${subject}` : kind;
}

/** Why it waits and what is being done meanwhile, or what it says itself. @param {Run} run */
export function runSays(run) {
  if (!run.waits) return run.message;
  const now = [...new Set(run.waits.running)].map((kind) => KINDS.get(kind) ?? kind);
  return now.length ? `${run.waits.message} Running now: ${now.join(', ')}.` : run.waits.message;
}

/** @param {string} id @param {'cancel' | 'retry'} verb */
function act(id, verb) {
  client.post(`runs/${id}/${verb}/`, undefined).catch(toastError);
}

/**
 * @param {Run} run @param {{ subject?: string, extra?: Node | null, facts?: Node | null }} [options] extra: a download link for instance; facts: what came of it
 * @returns {HTMLLIElement}
 */
export function runRow(run, { subject = '', extra = null, facts = null } = {}) {
  const [picture = 'circle', word = run.state] = STATES[run.state] ?? [];
  const says = runSays(run);
  const time = run.finished ?? run.started ?? run.created;
  return h(
    'li',
    { class: `run ${run.state}`, 'data-run': run.id },
    icon(picture, run.state === 'running' ? 'spinner' : ''),
    h('span', { class: 'truncate', title: runTitle(run, subject) }, runTitle(run, subject)),
    runButton(run) ?? extra,
    h(
      'div',
      { class: 'detail small muted' },
      h(
        'span',
        {},
        `${word}${says && !facts ? ` · ${says}` : ''} · `,
        h('time', { datetime: time, title: exactTime(time) }, relativeTime(time)),
      ),
      isActive(run) && h('progress', { max: 1, value: run.progress, 'aria-label': runTitle(run, subject) }),
      facts,
      run.error && h('span', { class: 'error-text' }, run.error),
    ),
  );
}

/** Shows a run in its row, or at the top of the list. @param {Element} list @param {HTMLLIElement} row */
export function showRun(list, row) {
  const old = list.querySelector(`[data-run="${row.dataset.run}"]`);
  if (old) update(old, row);
  else list.prepend(row);
}

/** @param {Run} run */
function runButton(run) {
  if (isActive(run)) {
    return h(
      'button',
      { type: 'button', class: 'button button-small button-plain', onclick: () => act(run.id, 'cancel') },
      'Cancel',
    );
  }
  if (run.state !== 'failed' && run.state !== 'cancelled') return null;
  return h(
    'button',
    { type: 'button', class: 'button button-small', onclick: () => act(run.id, 'retry') },
    icon('rotate-ccw'),
    run.kind === 'automask' && run.state === 'cancelled' ? 'Go on' : 'Try again',
  );
}
