/** The limits a search keeps masks by: a preset, and the sliders that differ from it. */
/** @import { Thresholds } from './thresholds.js' */
import { find, h } from '../dom.js';
import { PRESETS } from '../find_masks.js';
import { onSubmit } from '../forms.js';
import { client } from '../http.js';
import { toast } from '../toast.js';

/** @typedef {Record<string, string | number>} Params */

const SLIDERS = /** @type {const} */ (['predicted_iou', 'stability', 'nms', 'min_region']);

/**
 * @param {string} project
 * @param {{ editable: boolean, changed: () => void }} options `changed` hears of every move of a slider
 */
export function createLimits(project, { editable, changed }) {
  const path = /** @type {const} */ (`projects/${project}/automask/`);
  const form = find('[data-thresholds]', HTMLFormElement);
  const preset = find('#preset', HTMLSelectElement);
  /** @type {Record<string, Params>} */
  let presets = {};
  /** @type {Params} */
  let saved = {};

  const slider = (/** @type {string} */ name) => find(`#${name}`, HTMLInputElement, form);
  const values = () => Object.fromEntries(SLIDERS.map((name) => [name, slider(name).valueAsNumber]));

  /** Naming the preset that the project has would undo what it does differently. */
  const chosen = () => (saved.preset === preset.value ? {} : { preset: preset.value });

  function tell() {
    for (const name of SLIDERS) find(`output[for="${name}"]`, HTMLElement, form).textContent = slider(name).value;
    changed();
  }

  /** @param {Params} params */
  function fill(params) {
    preset.value = String(params.preset);
    find('#preset-hint', HTMLElement).textContent = PRESETS[preset.value]?.[1] ?? '';
    for (const name of SLIDERS) slider(name).value = String(params[name]);
    tell();
  }

  async function save() {
    const settings = await client.patch(path, { ...chosen(), ...values() });
    saved = settings.params;
    toast("These limits are the project's now. Every later search uses them.", { kind: 'positive' });
  }

  if (editable) {
    form.addEventListener('input', tell);
    preset.addEventListener('change', () => fill({ ...presets[preset.value], preset: preset.value }));
    onSubmit(form, save);
  }
  return {
    chosen,
    /** The limits that the sliders stand at. @returns {Thresholds} */
    wanted() {
      const base = { ...presets[preset.value], ...(saved.preset === preset.value ? saved : {}) };
      return /** @type {Thresholds} */ ({
        max_area: Number(base.max_area ?? 1),
        crop_nms: Number(base.crop_nms ?? 0),
        ...values(),
      });
    },
    /** Shows the limits that the project has. */
    async load() {
      const settings = await client.get(path);
      presets = settings.presets;
      saved = settings.params;
      preset.replaceChildren(
        ...Object.keys(presets).map((name) => h('option', { value: name }, PRESETS[name]?.[0] ?? name)),
      );
      fill(saved);
    },
  };
}
