/** The extra fields an object of a label carries: name, kind, options. */
/** @import {AttributeSpec, Label} from '../types.js' */
import { h, icon } from './dom.js';

/** @type {[AttributeSpec['kind'], string][]} */
const KINDS = [
  ['select', 'Choice'],
  ['checkbox', 'Yes or no'],
  ['number', 'Number'],
  ['text', 'Text'],
];

/** "a, b , ,c" -> ["a", "b", "c"], each once. @param {string} text */
export function optionsFrom(text) {
  return [
    ...new Set(
      text
        .split(',')
        .map((option) => option.trim())
        .filter(Boolean),
    ),
  ];
}

/** Why a set of attributes cannot be saved, or ''. @param {AttributeSpec[]} attributes */
export function problemWith(attributes) {
  const names = attributes.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) return `Two attributes are called “${twice}”. Give one of them another name.`;
  const bare = attributes.find(({ kind, options }) => kind === 'select' && !options?.length);
  return bare ? `“${bare.name}” needs at least one choice. Write them with commas between.` : '';
}

/**
 * @param {Label} label
 * @param {(attributes: AttributeSpec[]) => Promise<boolean>} save
 */
export function attributesEditor(label, save) {
  const rows = label.attributes.map((attribute) => attributeRow(attribute));
  const complaint = h('p', { class: 'error-text', role: 'alert', hidden: true });
  const box = h('div', { class: 'attributes', role: 'group', 'aria-label': `Attributes of ${label.name}` });

  async function store() {
    const attributes = rows.map((row) => row.value()).filter(({ name }) => name);
    const problem = problemWith(attributes);
    complaint.textContent = problem;
    complaint.hidden = !problem;
    if (!problem) await save(attributes);
  }

  /** @param {AttributeSpec} attribute */
  function attributeRow(attribute) {
    const name = h('input', {
      class: 'input',
      value: attribute.name,
      maxlength: 100,
      placeholder: 'Name',
      'aria-label': 'Name of the attribute',
      onchange: store,
    });
    const kind = h(
      'select',
      {
        class: 'input',
        'aria-label': 'Kind of value',
        onchange: () => {
          options.hidden = kind.value !== 'select';
          void store();
        },
      },
      ...KINDS.map(([value, title]) => h('option', { value, selected: value === attribute.kind }, title)),
    );
    const options = h('input', {
      class: 'input',
      value: (attribute.options ?? []).join(', '),
      placeholder: 'red, green, blue',
      'aria-label': 'Choices, with commas between',
      hidden: attribute.kind !== 'select',
      onchange: store,
    });
    const row = {
      element: h(
        'div',
        { class: 'attribute' },
        name,
        kind,
        h('span', {}, options),
        h(
          'button',
          {
            type: 'button',
            class: 'button button-plain button-icon',
            'aria-label': `Remove attribute ${attribute.name}`,
            title: 'Remove',
            onclick: () => {
              rows.splice(rows.indexOf(row), 1);
              row.element.remove();
              void store();
            },
          },
          icon('x'),
        ),
      ),
      /** @returns {AttributeSpec} */
      value: () => ({
        ...keepDefault(attribute, /** @type {AttributeSpec['kind']} */ (kind.value)),
        name: name.value.trim(),
        kind: /** @type {AttributeSpec['kind']} */ (kind.value),
        ...(kind.value === 'select' ? { options: optionsFrom(options.value) } : {}),
      }),
    };
    return row;
  }

  const more = h(
    'button',
    {
      type: 'button',
      class: 'button button-small',
      onclick: () => {
        const row = attributeRow({ name: '', kind: 'select', options: [] });
        rows.push(row);
        more.before(row.element);
        row.element.querySelector('input')?.focus();
      },
    },
    icon('plus'),
    'Add attribute',
  );
  box.append(...rows.map((row) => row.element), more, complaint);
  return box;
}

/** A default survives as long as the kind of value stays. @param {AttributeSpec} before @param {AttributeSpec['kind']} kind */
function keepDefault(before, kind) {
  return before.default !== undefined && before.kind === kind ? { default: before.default } : {};
}
