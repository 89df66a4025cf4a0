/** Asking a model by example on one photo: what is drawn there, or boxes, as what is meant and what is not. */
/** @import { Run } from '../../types.js' */
/** @import { Box } from './example_boxes.js' */
/** @import { Mark } from './example_picture.js' */
import { find } from '../dom.js';
import { clearErrors, onSubmit, showErrors } from '../forms.js';
import { client } from '../http.js';
import { toast, toastError } from '../toast.js';
import { readBox } from './example_boxes.js';
import { createExamplePicture } from './example_picture.js';

/** @typedef {Mark & { object: string | null }} Example */

/**
 * What is drawn on a photo, none of it an example yet.
 * @param {string} image @param {HTMLSelectElement} labels @returns {Promise<Example[]>}
 */
async function drawnOn(image, labels) {
  const { results } = await client.get(`images/${image}/annotations/`);
  const names = new Map([...labels.options].map(({ value, text }) => [value, text]));
  return results
    .filter((row) => 'bbox' in row)
    .filter(({ area }) => area > 0)
    .map(({ id, bbox, label }) => {
      const box = /** @type {Box} */ (bbox);
      return { box, name: (label && names.get(label)) || 'Object', kind: '', object: id };
    });
}

/** @param {(run: Run) => void} onStart */
export function createExample(onStart) {
  const form = document.querySelector('[data-example]');
  if (!(form instanceof HTMLFormElement)) return;
  const choice = find('#example-photo', HTMLSelectElement, form);
  const count = find('[data-example-count]', HTMLElement, form);
  const numbers = find('#example-box', HTMLInputElement, form);
  const threshold = find('#example-threshold', HTMLInputElement, form);
  const output = find('output', HTMLOutputElement, form);
  const labels = find('#example-label', HTMLSelectElement, form);
  /** @type {Example[]} */
  let marks = [];

  const kind = () => (find('[name=kind]:checked', HTMLInputElement, form).value === 'unlike' ? 'unlike' : 'like');
  const picture = createExamplePicture({
    draw: add,
    pick(mark) {
      const example = /** @type {Example} */ (mark);
      if (example.object === null) marks = marks.filter((one) => one !== example);
      else example.kind = example.kind ? '' : kind();
      tell();
    },
  });

  /** @param {Box} box */
  function add(box) {
    marks.push({ box, name: 'Box', kind: kind(), object: null });
    tell();
  }

  const tell = () => {
    clearErrors(form);
    const of = (/** @type {string} */ wanted) => marks.filter((one) => one.kind === wanted).length;
    const unlike = of('unlike');
    count.textContent = `${of('like')} like this${unlike ? `, ${unlike} not like this` : ''}`;
    picture.mark(marks);
  };

  async function show() {
    const option = choice.selectedOptions[0];
    if (!option) return;
    const { photo = '', width, height } = option.dataset;
    picture.show({ src: photo, name: option.text, width: Number(width), height: Number(height) });
    marks = [];
    tell();
    const drawn = await drawnOn(option.value, labels);
    if (choice.value !== option.value) return; // another photo was chosen meanwhile
    marks = [...drawn, ...marks];
    tell();
  }

  const say = () => {
    output.textContent = Number(threshold.value).toFixed(2);
  };
  threshold.addEventListener('input', say);
  say();
  choice.addEventListener('change', () => show().catch(toastError));
  find('[data-example-add]', HTMLButtonElement, form).addEventListener('click', () => {
    const box = readBox(numbers.value);
    const error = find('#example-box-error', HTMLElement, form);
    error.hidden = box !== null;
    error.textContent = 'Four numbers in pixels: x, y, width and height.';
    if (!box) return numbers.focus();
    numbers.value = '';
    return add(box);
  });
  show().catch(toastError);

  onSubmit(form, async () => {
    const boxes = (/** @type {string} */ wanted) =>
      marks.filter((one) => one.kind === wanted && one.object === null).map(({ box }) => box);
    const objects = (/** @type {string} */ wanted) =>
      marks.flatMap((one) => (one.kind === wanted && one.object !== null ? [one.object] : []));
    const words = find('#example-words', HTMLInputElement, form).value;
    if (!words && !marks.some((one) => one.kind === 'like'))
      return showErrors(form, {}, 'Show at least one example of what you mean on the photo, or say it in words.');
    const model = form.querySelector('#example-model');
    const phrase = {
      words,
      label: labels.value || null,
      boxes: boxes('like'),
      unlike: boxes('unlike'),
      objects: objects('like'),
      unlike_objects: objects('unlike'),
    };
    onStart(
      await client.post(`images/${choice.value}/words/`, {
        phrases: [phrase],
        threshold: Number(threshold.value),
        ...(model instanceof HTMLSelectElement ? { model: model.value } : {}),
      }),
    );
    toast('The photo is looked through in the background.');
  });
}
