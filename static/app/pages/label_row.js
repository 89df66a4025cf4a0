/** One label of the list: its digit and colour and name, and for those who may change it the ways to. */
/** @import {Label} from '../types.js' */
import { h, icon, swatch } from './dom.js';
import { plural } from './format.js';

/**
 * What a row can do to its label.
 * @typedef {object} LabelVerbs
 * @property {(change: Partial<Label>) => void} save
 * @property {(name: string) => void} rename the list is drawn anew after it
 * @property {(step: 1 | -1) => void} move
 * @property {() => void} merge into another one
 * @property {() => void} remove
 * @property {() => void} toggleAttributes
 */

/** The key that gives the label, where it has one. @param {number} index */
const digit = (index) => (index < 9 ? index + 1 : '');

/** @param {Label} label @param {number} index */
export function plainLabelRow(label, index) {
  return h(
    'li',
    { class: 'label-row' },
    h('span', { class: 'digit' }, digit(index)),
    swatch(label.color),
    h('span', { class: 'truncate' }, label.name),
  );
}

/**
 * @param {Label} label
 * @param {{ index: number, last: boolean, open: boolean }} place `open`: its attributes are shown
 * @param {LabelVerbs} verbs
 */
export function editableLabelRow(label, place, verbs) {
  const color = h('input', {
    type: 'color',
    value: label.color,
    'aria-label': `Colour of ${label.name}`,
    onchange: () => verbs.save({ color: color.value }),
  });
  const name = h('input', {
    class: 'input',
    value: label.name,
    maxlength: 100,
    'aria-label': `Name of label ${place.index + 1}`,
    onchange() {
      if (name.value.trim()) verbs.rename(name.value.trim());
      else name.value = label.name;
    },
  });
  return h(
    'li',
    { class: 'label-row', 'data-label': label.id },
    h(
      'span',
      { class: 'digit', draggable: true, title: 'Drag to another place' },
      icon('grip-vertical'),
      digit(place.index),
    ),
    color,
    name,
    h('div', { class: 'tools' }, ...tools(label, place, verbs)),
  );
}

/** @param {Label} label @param {{ index: number, last: boolean, open: boolean }} place @param {LabelVerbs} verbs */
function tools({ name, attributes }, { index, last, open }, { move, merge, remove, toggleAttributes }) {
  const words = attributes.length ? plural(attributes.length, 'attribute') : 'Attributes';
  return [
    h(
      'button',
      {
        type: 'button',
        class: 'button button-plain',
        'aria-expanded': String(open),
        'aria-label': `${words} of ${name}`,
        onclick: toggleAttributes,
      },
      icon('sliders-horizontal'),
      words,
    ),
    tool('arrow-up', 'Move up', name, { disabled: index === 0, onclick: () => move(-1) }),
    tool('arrow-down', 'Move down', name, { disabled: last, onclick: () => move(1) }),
    tool('layers', 'Merge into…', name, { disabled: index === 0 && last, onclick: merge }),
    tool('trash-2', 'Delete label', name, { onclick: remove }),
  ];
}

/** @param {string} picture @param {string} words @param {string} label its name @param {{ disabled?: boolean, onclick: () => void }} props */
function tool(picture, words, label, props) {
  return h(
    'button',
    {
      type: 'button',
      class: 'button button-plain button-icon',
      'aria-label': `${words}: ${label}`,
      title: words,
      ...props,
    },
    icon(picture),
  );
}
