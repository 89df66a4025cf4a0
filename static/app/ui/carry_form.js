/** What carrying objects along asks before it starts: how far, and which objects. */

/** @import { Uuid } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { plural } from '../tools/carry_along.js';
import { h, setText } from './dom.js';
import { smallButton } from './popover.js';

const USUAL = 10;
const TO_END = 'To the end of the project';
const PROMISE =
  'What is found becomes suggestions there, with the labels of these objects proposed. An object that becomes unsure stops; the others go on.';

/** @param {Editor} editor @param {{ begin: () => void, close: () => void }} verbs */
export function createCarryForm(editor, { begin, close }) {
  const far = distanceField(() => far.offer(left()));
  const left = () => imagesBehind(editor, far.backwards());
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
      far.offer(left());
      which.offer();
      // Which way there are any is found out by choosing.
      start.disabled = editor.objects.ordered().length === 0 || editor.image.index.count < 2;
    },
    /** What is asked for; null while the number of images is none. */
    wanted() {
      const image = editor.image.info?.id;
      const count = far.count();
      return image && (count === null || count >= 1)
        ? { image, objects: which.ids(), count, backwards: far.backwards() }
        : null;
    },
  };
}

/** How many images follow the open one, or come before it. @param {Editor} editor @param {boolean} backwards */
function imagesBehind({ image }, backwards) {
  const at = image.index.placeOf(image.info?.id);
  return at < 0 || backwards ? Math.max(0, at) : image.index.count - 1 - at;
}

/** So many images, or all to the end, either way. @param {() => void} turned the other way was chosen */
function distanceField(turned) {
  const way = h(
    'select',
    { class: 'input', 'aria-label': 'Which way', onchange: turned },
    h('option', { value: '' }, 'Next'),
    h('option', { value: 'back' }, 'Previous'),
  );
  const all = h('span', {}, TO_END);
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
    rows: [h('div', { class: 'slider-row' }, way, number, after), h('label', { class: 'check' }, toEnd, all)],
    /** @param {number} left images that there are */
    offer(left) {
      setText(after, `of ${left}`);
      setText(all, way.value ? 'To the beginning of the project' : TO_END);
      number.max = String(Math.max(1, left));
      if (left > 0 && number.valueAsNumber > left) number.value = String(left);
    },
    backwards: () => way.value !== '',
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
