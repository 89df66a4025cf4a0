/** Adding videos: which of their frames are wanted is asked before anything is sent. */
import { h } from './dom.js';
import { plural } from './format.js';

const BY_NAME = /\.(mp4|m4v|mov|webm|avi)$/i;

/** @param {{ name: string, type: string }} file */
export function isVideo({ name, type }) {
  return type.startsWith('video/') || BY_NAME.test(name);
}

/** What the server is told beside the file. @param {{ by: string, rate: string, every: string, start: string, end: string }} values
 *  @returns {Record<string, string>} */
export function fieldsOf({ by, rate, every, start, end }) {
  /** @type {Record<string, string>} */
  const fields = by === 'every' ? { every } : { rate };
  if (Number(start) > 0) fields['start'] = start;
  if (end !== '') fields['end'] = end;
  return fields;
}

/** Why these wishes make no sense, or ''. @param {{ by: string, rate: string, every: string, start: string, end: string }} values */
export function problemOf({ by, rate, every, start, end }) {
  if (by === 'every' && !(Number.isInteger(Number(every)) && Number(every) >= 1)) return 'Every how many frames? A whole number from 1 is needed.';
  if (by === 'rate' && !(Number(rate) > 0 && Number(rate) <= 120)) return 'How many frames per second? A number up to 120 is needed.';
  if (!(Number(start) >= 0) || (end !== '' && !(Number(end) > Number(start)))) return 'The end must lie after the start.';
  return '';
}

/** Asks which frames are wanted of these videos; null when the person changed their mind. @param {File[]} files
 *  @returns {Promise<Record<string, string> | null>} */
export function askForFrames(files) {
  const error = h('p', { class: 'error-text', role: 'alert', hidden: true });
  const rate = number('rate', { value: 2, min: 0.001, max: 120, step: 'any', 'aria-label': 'Frames per second' });
  const every = number('every', { value: 10, min: 1, step: 1, 'aria-label': 'One frame in how many' });
  const form = h('form', { method: 'dialog', novalidate: true },
    h('h2', { id: 'video-title' }, 'Import by frames'),
    h('p', { class: 'truncate' }, files.length === 1 ? files[0]?.name ?? '' : plural(files.length, 'video')),
    h('label', { class: 'row' }, choice('rate', true), rate, 'frames per second'),
    h('label', { class: 'row' }, choice('every', false), 'One frame in', every),
    h('div', { class: 'settings-grid' }, field('From second', number('start', { value: 0, min: 0, step: 'any' })), field('To second', number('end', { min: 0, step: 'any', placeholder: 'the end' }))),
    h('p', { class: 'muted small' }, 'Each frame becomes an image, in order; the video itself is not kept. Frames that look exactly alike are taken once.'),
    error,
    h('div', { class: 'actions' }, h('button', { type: 'button', class: 'button button-plain', onclick: () => dialog.close() }, 'Cancel'), h('button', { class: 'button button-primary' }, 'Import')));
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'video-title' }, form);
  for (const input of [rate, every]) input.addEventListener('focus', () => { /** @type {HTMLInputElement} */ (form.querySelector(`input[value="${input.name}"]`)).checked = true; });
  document.body.append(dialog);
  return new Promise((resolve) => {
    /** @type {Record<string, string> | null} */
    let fields = null;
    form.addEventListener('submit', (event) => {
      const values = /** @type {Parameters<typeof fieldsOf>[0]} */ (/** @type {unknown} */ (Object.fromEntries(new FormData(form))));
      const problem = problemOf(values);
      error.textContent = problem;
      error.hidden = !problem;
      if (problem) event.preventDefault();
      else fields = fieldsOf(values);
    });
    dialog.addEventListener('close', () => { dialog.remove(); resolve(fields); });
    dialog.showModal();
  });
}

/** @param {string} name @param {Record<string, unknown>} props */
function number(name, props) {
  return h('input', { class: 'input', type: 'number', name, ...props });
}

/** @param {string} value @param {boolean} checked */
function choice(value, checked) {
  return h('input', { type: 'radio', name: 'by', value, checked });
}

/** @param {string} name @param {HTMLInputElement} input */
function field(name, input) {
  return h('label', { class: 'field' }, h('span', { class: 'label' }, name), input);
}
