/** Adding videos: which of their frames are wanted is asked before anything is sent. */
import { h } from './dom.js';
import { plural, size } from './format.js';

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
  if (Number(start) > 0) fields.start = start;
  if (end !== '') fields.end = end;
  return fields;
}

/** Why these wishes make no sense, or ''. @param {{ by: string, rate: string, every: string, start: string, end: string }} values */
export function problemOf({ by, rate, every, start, end }) {
  if (by === 'every' && !(Number.isInteger(Number(every)) && Number(every) >= 1))
    return 'Every how many frames? A whole number from 1 is needed.';
  if (by === 'rate' && !(Number(rate) > 0 && Number(rate) <= 120))
    return 'How many frames per second? A number up to 120 is needed.';
  if (!(Number(start) >= 0) || (end !== '' && !(Number(end) > Number(start))))
    return 'The end must lie after the start.';
  return '';
}

/** About how many images come of it; null when nobody can tell.
 *  @param {number} duration seconds @param {Parameters<typeof fieldsOf>[0]} values */
export function expectedImages(duration, { by, rate, start, end }) {
  if (by === 'every' || !Number.isFinite(duration)) return null;
  const seconds = Math.min(duration, end === '' ? duration : Number(end)) - Number(start);
  return Math.max(0, Math.ceil(seconds * Number(rate) - 1e-6));
}

/** "1:05", "2:03:04". @param {number} seconds */
export function clock(seconds) {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (!parts[0]) parts.shift();
  return parts.map((part, index) => (index ? String(part).padStart(2, '0') : part)).join(':');
}

/** What the browser knows of a video before it is sent; null for a kind that it cannot read (the server may).
 *  @param {File} file @returns {Promise<{ duration: number, width: number, height: number } | null>} */
function factsOf(file) {
  const video = document.createElement('video');
  const url = URL.createObjectURL(file);
  return new Promise((resolve) => {
    video.preload = 'metadata';
    video.muted = true;
    video.onloadedmetadata = () =>
      resolve({ duration: video.duration, width: video.videoWidth, height: video.videoHeight });
    video.onerror = () => resolve(null);
    video.src = url;
  }).finally(() => {
    URL.revokeObjectURL(url);
    video.removeAttribute('src');
  });
}

/** Asks which frames are wanted of these videos; null when the person changed their mind. @param {File[]} files
 *  @returns {Promise<Record<string, string> | null>} */
export function askForFrames(files) {
  const error = h('p', { class: 'error-text', role: 'alert', hidden: true });
  const rate = number('rate', { value: 2, min: 0.001, max: 120, step: 'any', 'aria-label': 'Frames per second' });
  const every = number('every', { value: 10, min: 1, step: 1, 'aria-label': 'One frame in how many' });
  const facts = h('p', { class: 'muted small', role: 'status' }, bytesOf(files));
  const form = h(
    'form',
    { method: 'dialog', novalidate: true },
    h('h2', { id: 'video-title' }, 'Import by frames'),
    h('p', { class: 'truncate' }, files.length === 1 ? (files[0]?.name ?? '') : plural(files.length, 'video')),
    facts,
    h('label', { class: 'row' }, choice('rate', true), rate, 'frames per second'),
    h('label', { class: 'row' }, choice('every', false), 'One frame in', every),
    h(
      'div',
      { class: 'settings-grid' },
      field('From second', number('start', { value: 0, min: 0, step: 'any' })),
      field('To second', number('end', { min: 0, step: 'any', placeholder: 'the end' })),
    ),
    h(
      'p',
      { class: 'muted small' },
      'Each frame becomes an image, in order; the video itself is not kept. Frames that look exactly alike are taken once.',
    ),
    error,
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', class: 'button button-plain', onclick: () => dialog.close() }, 'Cancel'),
      h('button', { class: 'button button-primary' }, 'Import'),
    ),
  );
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'video-title' }, form);
  for (const input of [rate, every])
    input.addEventListener('focus', () => {
      /** @type {HTMLInputElement} */ (form.querySelector(`input[value="${input.name}"]`)).checked = true;
    });
  document.body.append(dialog);
  void describe(files, form, facts);
  return new Promise((resolve) => {
    /** @type {Record<string, string> | null} */
    let fields = null;
    form.addEventListener('submit', (event) => {
      const values = valuesOf(form);
      const problem = problemOf(values);
      error.textContent = problem;
      error.hidden = !problem;
      if (problem) event.preventDefault();
      else fields = fieldsOf(values);
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(fields);
    });
    dialog.showModal();
  });
}

/** @param {HTMLFormElement} form */
function valuesOf(form) {
  return /** @type {Parameters<typeof fieldsOf>[0]} */ (
    /** @type {unknown} */ (Object.fromEntries(new FormData(form)))
  );
}

/** @param {File[]} files */
const bytesOf = (files) => size(files.reduce((sum, file) => sum + file.size, 0));

/** Says how long and large the videos are and how many images the wishes make, as they are typed.
 *  @param {File[]} files @param {HTMLFormElement} form @param {HTMLElement} line */
async function describe(files, form, line) {
  const all = await Promise.all(files.map(factsOf));
  const known = all.filter((facts) => facts !== null);
  const duration = known.reduce((sum, facts) => sum + facts.duration, 0);
  const show = () => {
    const sizes = [...new Set(known.map(({ width, height }) => `${width} × ${height}`))];
    const counts = known.map((facts) => expectedImages(facts.duration, valuesOf(form)));
    const images = counts.includes(null) ? null : counts.reduce((sum, count) => (sum ?? 0) + (count ?? 0), 0);
    const words = [
      bytesOf(files),
      known.length > 0 && `${clock(duration)} long`,
      sizes.length === 1 && sizes[0],
      known.length === files.length && images !== null && `about ${plural(images, 'image')}`,
      known.length < files.length && 'the browser cannot tell its length; the server reads it',
    ];
    line.textContent = words.filter(Boolean).join(' · ');
  };
  form.addEventListener('input', show);
  show();
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
