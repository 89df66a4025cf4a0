/** What carrying objects along asks before it starts: how far, and which objects. */

/** @import { Uuid } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { plural } from '../tools/carry_along.js';
import { h, setText } from './dom.js';
import { smallButton } from './popover.js';

const USUAL = 10;
const PROMISE =
  'What is found becomes suggestions there, with the labels of these objects proposed. An object that becomes unsure stops; the others go on.';

/** @param {Editor} editor @param {{ begin: () => void, close: () => void }} verbs */
export function createCarryForm(editor, { begin, close }) {
  const far = distanceField();
  const which = objectsField(editor);
  const start = smallButton('Start', begin, 'button-primary');
  const element = h(
    'div',
    { class: 'carry-form' },
    ...far.rows,
    ...which.rows,
    h('p', { class: 'muted small' }, PROMISE),
    h('div', { class: 'row' }, start, smallButton('Close', close)),
  );
  return {
    element,
    start,
    /** Where a person writes first. */
    number: far.number,
    /** Says anew what can be carried, and how far. */
    refresh() {
      const left = imagesBehind(editor);
      far.offer(left);
      which.offer();
      start.disabled = editor.objects.ordered().length === 0 || left === 0;
    },
    /** What is asked for; null while the number of images is none. */
    wanted() {
      const image = editor.image.info?.id;
      const count = far.count();
      return image && (count === null || count >= 1) ? { image, objects: which.ids(), count } : null;
    },
  };
}

/** How many images follow the open one. @param {Editor} editor */
function imagesBehind({ image }) {
  const at = image.index.placeOf(image.info?.id);
  return at < 0 ? 0 : image.index.count - 1 - at;
}

/** So many images, or all to the end. */
function distanceField() {
  const number = h('input', { class: 'input', type: 'number', min: 1, value: USUAL, 'aria-label': 'How many images' });
  const after = h('span', { class: 'muted' });
  const toEnd = h('input', {
    type: 'checkbox',
    onchange: () => {
      number.disabled = toEnd.checked;
    },
  });
  return {
    number,
    rows: [
      h('label', { class: 'slider-row' }, h('span', {}, 'Next'), number, after),
      h('label', { class: 'check' }, toEnd, 'To the end of the project'),
    ],
    /** @param {number} left images that there are */
    offer(left) {
      setText(after, `of ${left}`);
      number.max = String(Math.max(1, left));
      if (left > 0 && number.valueAsNumber > left) number.value = String(left);
    },
    /** Null: to the end. NaN: no number is written. */
    count: () => (toEnd.checked ? null : Math.floor(number.valueAsNumber)),
  };
}

/** All objects of the image, or those that are selected. @param {Editor} editor */
function objectsField({ objects }) {
  const [all, selected] = [radio('all', true), radio('selected', false)];
  const [allText, selectedText] = [h('span'), h('span')];
  return {
    rows: [h('label', { class: 'check' }, all, allText), h('label', { class: 'check' }, selected, selectedText)],
    offer() {
      const [count, chosen] = [objects.ordered().length, objects.selected().length];
      setText(allText, count === 1 ? 'The object of this image' : `All ${count} objects of this image`);
      setText(
        selectedText,
        chosen > 0 ? `Only the ${plural(chosen, 'selected object')}` : 'Only selected objects (none is)',
      );
      selected.disabled = chosen === 0;
      (chosen > 0 && chosen < count ? selected : all).checked = true;
    },
    /** Null: all. @returns {Uuid[] | null} */
    ids: () => (selected.checked ? objects.selected().map(({ id }) => id) : null),
  };
}

/** @param {string} value @param {boolean} checked */
function radio(value, checked) {
  return h('input', { type: 'radio', name: 'carry-objects', value, checked });
}
