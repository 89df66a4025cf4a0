/** Trying thresholds: one photo is searched once with very low ones; the sliders then choose from what was found. */
/** @import { Run } from '../../types.js' */
/** @import { Candidate } from './thresholds.js' */
import { find } from '../dom.js';
import { client } from '../http.js';
import { isActive } from '../run_view.js';
import { toast, toastError } from '../toast.js';
import { createLimits } from './limits.js';
import { createPreviewImage } from './preview_image.js';

/** @typedef {{ id: string, name: string, width: number, height: number, urls: { full: string, thumb: string } }} PreviewImage */
/** @typedef {{ image: PreviewImage | null, params?: Record<string, number | string>, size?: [number, number], candidates?: Candidate[] }} Preview */

/**
 * @param {{ project: string, can: { edit_settings: boolean } }} config
 * @returns {{ onRun(run: Run): void }}
 */
export function createPreview({ project, can }) {
  const box = find('[data-preview]', HTMLElement);
  const empty = find('[data-preview-empty]', HTMLElement);
  const busy = find('[data-preview-busy]', HTMLElement);
  const choice = find('#preview-image', HTMLSelectElement);
  const limits = createLimits(project, { editable: can.edit_settings, changed: later });
  const shown = createPreviewImage();
  /** @type {Preview} */
  let preview = { image: null };
  /** @type {string | null} */
  let waitingFor = null;
  let due = 0;

  function draw() {
    due = 0;
    box.hidden = !preview.image && waitingFor === null;
    empty.hidden = !box.hidden;
    shown.draw(preview, limits.wanted());
  }

  /** Once per frame, however fast the slider moves. */
  function later() {
    if (!due) due = requestAnimationFrame(draw);
  }

  async function load() {
    preview = await client.get(`projects/${project}/automask/preview/`);
    // Stored by an earlier version, which told less.
    if (preview.candidates?.some((one) => !one.parts)) preview = { image: null };
    const { image } = preview;
    if (image) {
      shown.show(image);
      if ([...choice.options].some(({ value }) => value === image.id)) choice.value = image.id;
    }
    later();
  }

  async function search() {
    const run = await client.post(`images/${choice.value}/automask/preview/`, { params: limits.chosen() });
    waitingFor = run.id;
    preview = { image: null };
    shown.showBare(choice.selectedOptions[0]);
    draw();
    onRun(run);
  }

  /** @param {Run} run */
  const concerns = (run) =>
    run.kind === 'automask_preview' && (waitingFor === null ? isActive(run) : run.id === waitingFor);

  /** @param {Run} run */
  function onRun(run) {
    if (!concerns(run)) return;
    waitingFor = run.id;
    busy.hidden = false;
    empty.hidden = true;
    find('progress', HTMLProgressElement, busy).value = run.progress;
    find('[data-preview-state]', HTMLElement, busy).textContent =
      run.state === 'queued'
        ? (run.waits?.message ?? 'Waiting for the worker')
        : `Searching ${Math.round(run.progress * 100)} %`;
    if (isActive(run)) return;
    waitingFor = null;
    busy.hidden = true;
    if (run.state === 'failed') toast(run.error, { kind: 'negative' });
    void load().catch(toastError);
  }

  if (can.edit_settings)
    for (const start of ['[data-preview-start]', '[data-preview-first]'])
      find(start, HTMLButtonElement).addEventListener('click', () => {
        search().catch(toastError);
      });
  limits.load().then(load).catch(toastError);
  return { onRun };
}
