/** One run as a row: what it does, how far it is, and what can be done about it. */
/** @import {Run} from '../types.js' */
import { h, icon } from './dom.js';
import { relativeTime, exactTime } from './format.js';
import { client } from './http.js';
import { toastError } from './toast.js';

const KINDS = new Map([
  ['embed', 'Preparing for clicks'], ['export', 'Export'], ['import', 'Import'], ['automask', 'Finding masks'], ['automask_preview', 'Trying limits on a photo'],
  ['finetune', 'Training'], ['switch_model', 'Changing the model'], ['install_model', 'Adding a model'], ['evaluate', 'Measuring'],
  ['propagate', 'Carrying objects along'], ['import_video', 'Importing a video'],
]);
const STATES = { queued: ['clock', 'Waiting'], running: ['loader-circle', 'Running'], succeeded: ['circle-check', 'Done'], failed: ['circle-alert', 'Failed'], cancelled: ['ban', 'Cancelled'] };

/** @param {Run} run */
export function isActive(run) {
  return run.state === 'queued' || run.state === 'running';
}

/** @param {Run} run @param {string} [subject] what it is about, an image's name for instance */
export function runTitle(run, subject = '') {
  const kind = KINDS.get(run.kind) ?? run.kind;
  return subject ? `${kind}: ${subject}` : kind;
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
  const time = run.finished ?? run.started ?? run.created;
  return h('li', { class: `run ${run.state}`, 'data-run': run.id },
    icon(picture, run.state === 'running' ? 'spinner' : ''),
    h('span', { class: 'truncate', title: runTitle(run, subject) }, runTitle(run, subject)),
    runButton(run) ?? extra,
    h('div', { class: 'detail small muted' },
      h('span', {}, `${word}${run.message && !facts ? ` · ${run.message}` : ''} · `, h('time', { datetime: time, title: exactTime(time) }, relativeTime(time))),
      isActive(run) && h('progress', { max: 1, value: run.progress, 'aria-label': runTitle(run, subject) }),
      facts,
      run.error && h('span', { class: 'error-text' }, run.error)));
}

/** @param {Run} run */
function runButton(run) {
  if (isActive(run)) {
    return h('button', { type: 'button', class: 'button button-small button-plain', onclick: () => act(run.id, 'cancel') }, 'Cancel');
  }
  if (run.state !== 'failed' && run.state !== 'cancelled') return null;
  return h('button', { type: 'button', class: 'button button-small', onclick: () => act(run.id, 'retry') }, icon('rotate-ccw'), run.kind === 'automask' && run.state === 'cancelled' ? 'Go on' : 'Try again');
}
