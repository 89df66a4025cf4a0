/** Trying thresholds: one photo is searched once with very low ones; the sliders then choose from what was found. */
/** @import { Run } from '../../types.js' */
/** @import { Candidate, Thresholds } from './thresholds.js' */
import { PRESETS } from '../find_masks.js';
import { find, h } from '../dom.js';
import { onSubmit } from '../forms.js';
import { number, plural } from '../format.js';
import { client } from '../http.js';
import { isActive } from '../run_view.js';
import { toast, toastError } from '../toast.js';
import { colorOf, drawMasks } from './mask_canvas.js';
import { keep } from './thresholds.js';

/** @typedef {{ id: string, name: string, width: number, height: number, urls: { full: string, thumb: string } }} Picture */
/** @typedef {{ image: Picture | null, params?: Record<string, number | string>, size?: [number, number], candidates?: Candidate[] }} Preview */
/** @typedef {Record<string, string | number>} Params */

const SLIDERS = /** @type {const} */ (['predicted_iou', 'stability', 'nms', 'min_region']);

/**
 * @param {{ project: string, can: { edit_settings: boolean } }} config
 * @returns {{ onRun(run: Run): void }}
 */
export function createPreview({ project, can }) {
  const path = `projects/${project}/automask/`;
  const form = find('[data-thresholds]', HTMLFormElement);
  const box = find('[data-preview]', HTMLElement);
  const photo = find('[data-preview-photo]', HTMLImageElement);
  const canvas = find('[data-preview-masks]', HTMLCanvasElement);
  const count = find('[data-preview-count]', HTMLElement);
  const empty = find('[data-preview-empty]', HTMLElement);
  const busy = find('[data-preview-busy]', HTMLElement);
  const preset = find('#preset', HTMLSelectElement);
  const choice = find('#preview-image', HTMLSelectElement);
  /** @type {Record<string, Params>} */
  let presets = {};
  /** @type {Params} */
  let saved = {};
  /** @type {Preview} */
  let preview = { image: null };
  /** @type {string | null} */
  let waitingFor = null;
  let due = 0;

  const slider = (/** @type {string} */ name) => find(`#${name}`, HTMLInputElement, form);
  const values = () => Object.fromEntries(SLIDERS.map((name) => [name, slider(name).valueAsNumber]));

  /** @returns {Thresholds} */
  function wanted() {
    const base = { ...presets[preset.value], ...(saved['preset'] === preset.value ? saved : {}) };
    return /** @type {Thresholds} */ ({ max_area: Number(base['max_area'] ?? 1), crop_nms: Number(base['crop_nms'] ?? 0), ...values() });
  }

  function draw() {
    due = 0;
    for (const name of SLIDERS) find(`output[for="${name}"]`, HTMLElement, form).textContent = slider(name).value;
    const { image, candidates = [], size } = preview;
    box.hidden = !image && waitingFor === null;
    empty.hidden = !box.hidden;
    if (!image || !size) return;
    const kept = keep(candidates, wanted(), image.width * image.height);
    [canvas.height, canvas.width] = [size[0] * 2, size[1] * 2];
    const masks = kept.map((one, index) => ({ rle: one.rle, color: colorOf(index), area: one.area }));
    const smallest = slider('min_region').valueAsNumber * (size[0] * size[1]) / (image.width * image.height);
    drawMasks(canvas, masks.sort((a, b) => b.area - a.area), { smallest });
    count.textContent = kept.length ? `${plural(kept.length, 'mask')} of ${number(candidates.length)} candidates` : `No mask passes: lower the limits (${number(candidates.length)} candidates)`;
  }

  /** Once per frame, however fast the slider moves. */
  function later() {
    if (!due) due = requestAnimationFrame(draw);
  }

  /** @param {Params} params */
  function fill(params) {
    preset.value = String(params['preset']);
    find('#preset-hint', HTMLElement).textContent = PRESETS[preset.value]?.[1] ?? '';
    for (const name of SLIDERS) slider(name).value = String(params[name]);
    later();
  }

  async function load() {
    preview = await client.get(`${path}preview/`);
    // Stored by an earlier version, which told less.
    if (preview.candidates?.some((one) => !one.parts)) preview = { image: null };
    const { image } = preview;
    if (image) {
      photo.src = image.urls.full;
      photo.alt = image.name;
      if ([...choice.options].some(({ value }) => value === image.id)) choice.value = image.id;
    }
    later();
  }

  /** Naming the preset that the project has would undo what it does differently. */
  const chosen = () => (saved['preset'] === preset.value ? {} : { preset: preset.value });

  async function search() {
    const run = await client.post(`images/${choice.value}/automask/preview/`, { params: chosen() });
    waitingFor = run.id;
    showWaiting();
    onRun(run);
  }

  /** The photo that is being searched, bare. */
  function showWaiting() {
    const option = choice.selectedOptions[0];
    preview = { image: null };
    photo.src = option?.dataset['photo'] ?? '';
    photo.alt = option?.text ?? '';
    canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
    count.textContent = '';
    draw();
  }

  /** @param {Run} run */
  function onRun(run) {
    if (run.kind !== 'automask_preview' || (waitingFor !== null && run.id !== waitingFor) || (waitingFor === null && !isActive(run))) return;
    waitingFor = run.id;
    busy.hidden = false;
    empty.hidden = true;
    find('progress', HTMLProgressElement, busy).value = run.progress;
    find('[data-preview-state]', HTMLElement, busy).textContent = run.state === 'queued' ? 'Waiting for the worker' : `Searching ${Math.round(run.progress * 100)} %`;
    if (isActive(run)) return;
    waitingFor = null;
    busy.hidden = true;
    if (run.state === 'failed') toast(run.error, { kind: 'negative' });
    void load().catch(toastError);
  }

  function wire() {
    form.addEventListener('input', later);
    preset.addEventListener('change', () => fill({ ...presets[preset.value], preset: preset.value }));
    find('[data-preview-start]', HTMLButtonElement).addEventListener('click', () => { search().catch(toastError); });
    find('[data-preview-first]', HTMLButtonElement).addEventListener('click', () => { search().catch(toastError); });
    onSubmit(form, async () => {
      const settings = await client.patch(path, { ...chosen(), ...values() });
      saved = settings.params;
      toast('These limits are the project\'s now. Every later search uses them.', { kind: 'positive' });
    });
  }

  async function start() {
    if (can.edit_settings) wire();
    const settings = await client.get(path);
    presets = settings.presets;
    saved = settings.params;
    preset.replaceChildren(...Object.keys(presets).map((name) => h('option', { value: name }, PRESETS[name]?.[0] ?? name)));
    fill(saved);
    await load();
  }

  start().catch(toastError);
  return { onRun };
}
