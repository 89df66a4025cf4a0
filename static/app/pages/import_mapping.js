/** What becomes of each label of a data set: guessed, and chosen in a table. */
/** @import { ChoiceWriteRequest, FoundLabel, Label } from '../api/schema.d.ts' */
import { h } from './dom.js';
import { number } from './format.js';

/** The value of a select stands for a choice: `label:ID`, or one of these. */
const WORDS = /** @type {const} */ ([
  ['new', 'A new label'],
  ['none', 'No label'],
  ['skip', 'Leave its objects out'],
]);

/** @param {{ to: string, label?: string }} choice */
export function optionOf({ to, label }) {
  return to === 'label' ? `label:${label}` : to;
}

/** What is sent for a row. @param {string} value of its select @param {string} name typed for a new label
 *  @returns {ChoiceWriteRequest} */
export function choiceOf(value, name) {
  if (value.startsWith('label:')) return { to: 'label', label: value.slice('label:'.length) };
  if (value === 'new') return { to: 'new', name: name.trim() };
  return { to: value === 'skip' ? 'skip' : 'none' };
}

/** A row of the table. @param {FoundLabel} found @param {Label[]} labels of the project */
function mappingRow({ name, count, choice }, labels) {
  const shown = name || 'objects without label';
  const known = labels.some(({ id }) => id === choice.label);
  const guess = choice.to === 'label' && !known ? { to: 'new' } : choice;
  const select = h(
    'select',
    { class: 'input', 'aria-label': `What “${shown}” becomes`, 'data-label': name },
    ...labels.map((label) => h('option', { value: `label:${label.id}` }, label.name)),
    ...WORDS.map(([value, word]) => h('option', { value }, word)),
  );
  select.value = optionOf(guess);
  const typed = h('input', {
    class: 'input',
    'aria-label': `Name of the new label for “${shown}”`,
    maxlength: 100,
    value: choice.name ?? name.slice(0, 100),
    required: true,
  });
  const tell = () => {
    typed.hidden = select.value !== 'new';
  };
  select.addEventListener('change', tell);
  tell();
  const row = h(
    'tr',
    {},
    h('th', { scope: 'row' }, shown),
    h('td', { class: 'number muted' }, number(count)),
    h('td', {}, h('div', { class: 'choice' }, select, typed)),
  );
  return { row, name, read: () => choiceOf(select.value, typed.value) };
}

/**
 * The table of all labels, and what is chosen in it now.
 * @param {FoundLabel[]} found @param {Label[]} labels of the project
 */
export function mapping(found, labels) {
  const rows = found.map((label) => mappingRow(label, labels));
  const head = ['In the file', 'Objects', 'Becomes'].map((word, at) =>
    h('th', { scope: 'col', class: at === 1 ? 'number' : '' }, word),
  );
  const table = h(
    'div',
    { class: 'table-scroll' },
    h(
      'table',
      { class: 'table mapping' },
      h('thead', {}, h('tr', {}, ...head)),
      h('tbody', {}, ...rows.map(({ row }) => row)),
    ),
  );
  return {
    table: rows.length ? table : null,
    chosen: () => Object.fromEntries(rows.map(({ name, read }) => [name, read()])),
  };
}
