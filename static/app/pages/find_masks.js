/** The dialog that starts the search for masks in all images or in the ticked ones. */
import { find, h } from './dom.js';
import { onSubmit } from './forms.js';
import { plural } from './format.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

/** @type {Record<string, [title: string, hint: string]>} */
export const PRESETS = {
  quick: ['Quick look', 'A coarse grid, judged on small maps with limits made for the small model: seconds per photo.'],
  library: [
    'Like the published library',
    '32 × 32 points over the whole photo; strict limits, meant for the large models.',
  ],
  paper: [
    'Like the paper',
    '32 × 32 points and two layers of crops for small things: minutes per photo without a GPU.',
  ],
};

/** @typedef {Record<string, string | number>} Params */

/**
 * @param {{ project: string, counts: { all: number } }} config
 * @returns {(ids: string[] | null) => void} opens the dialog; null = all images
 */
export function createFindMasks(config) {
  const path = /** @type {const} */ (`projects/${config.project}/automask/`);
  const dialog = find('#find-masks', HTMLDialogElement);
  const form = find('[data-find-masks]', HTMLFormElement);
  const where = find('[data-find-where]', HTMLElement);
  const preset = find('#preset', HTMLSelectElement);
  const numbers = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('input[type=number]')]);
  /** @type {Record<string, Params>} */
  let presets = {};
  /** @type {string[] | null} */
  let images = null;

  /** @param {Params} params */
  function fill(params) {
    preset.value = String(params.preset);
    find('#preset-hint', HTMLElement).textContent = PRESETS[preset.value]?.[1] ?? '';
    for (const input of numbers) input.value = String(params[input.name] ?? '');
  }
  preset.addEventListener('change', () => fill({ ...presets[preset.value], preset: preset.value }));

  onSubmit(form, async () => {
    /** @type {Params} */
    const params = { preset: preset.value };
    for (const input of numbers) {
      if (input.value !== '' && Number(input.value) !== presets[preset.value]?.[input.name])
        params[input.name] = Number(input.value);
    }
    await client.post(path, images ? { images, params } : { params });
    dialog.close();
    toast('The search has started. Background work shows how far it is.', { kind: 'positive' });
  });

  /** @param {string[] | null} ids */
  async function open(ids) {
    images = ids;
    where.textContent = ids
      ? `In ${plural(ids.length, 'selected image')}.`
      : `In all ${plural(config.counts.all, 'image')}.`;
    try {
      const settings = await client.get(path);
      presets = settings.presets;
      preset.replaceChildren(
        ...Object.keys(presets).map((name) => h('option', { value: name }, PRESETS[name]?.[0] ?? name)),
      );
      fill(settings.params);
      dialog.showModal();
    } catch (error) {
      toastError(error);
    }
  }
  document.querySelector('[data-find-all]')?.addEventListener('click', () => {
    void open(null);
  });
  return (ids) => {
    void open(ids);
  };
}
