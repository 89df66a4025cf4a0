/** Labels of a project: name, colour, order (drag or arrows), attributes. Every change is saved as it is made. */
/** @import {Label} from '../types.js' */
import { ApiError } from '../api/errors.js';
import { attributesEditor } from './attributes_editor.js';
import { find, h, icon, swatch } from './dom.js';
import { plural } from './format.js';
import { onSubmit, showErrors } from './forms.js';
import { client } from './http.js';
import { nextColor } from './palette.js';
import { makeSortable } from './sortable.js';
import { toast, toastError } from './toast.js';

/** @param {{ path: string, labels: Label[], palette: string[], editable: boolean }} options */
export function createLabelsEditor({ path, labels, palette, editable }) {
  const list = find('[data-labels]', HTMLOListElement);
  const none = find('[data-no-labels]', HTMLElement);
  let all = labels.slice();
  /** Ids of the labels whose attributes are open. @type {Set<string>} */
  const open = new Set();

  function draw() {
    const focus = focused();
    list.replaceChildren(...all.map((label, index) => (editable ? editRow(label, index) : plainRow(label, index))));
    none.hidden = all.length > 0;
    const color = document.querySelector('#new-label-color');
    if (color instanceof HTMLInputElement) color.value = nextColor(all.map((label) => label.color), palette);
    focus();
  }

  /** Rows are made anew: the focus goes back to the same control, or to its label's name if that one is off now. */
  function focused() {
    const before = document.activeElement;
    const row = before instanceof HTMLElement && list.contains(before) ? before.closest('li') : null;
    if (!before || !row) return () => undefined;
    const words = before.getAttribute('aria-label');
    const id = row.dataset['label'];
    return () => {
      const again = list.querySelector(`[data-label="${id}"]`) ?? list.lastElementChild;
      const same = [...again?.querySelectorAll('button, input') ?? []].find((control) => control.getAttribute('aria-label') === words && !control.matches(':disabled'));
      const other = same ?? again?.querySelector('input.input') ?? document.querySelector('#new-label');
      if (other instanceof HTMLElement) other.focus();
    };
  }

  /** @param {Label} label @param {Partial<Label>} change */
  async function save(label, change) {
    try {
      Object.assign(label, await client.patch(`labels/${label.id}/`, change));
      return true;
    } catch (error) {
      toastError(error);
      draw();
      return false;
    }
  }

  /** @param {Label} label @param {number} to index */
  async function move(label, to) {
    const from = all.indexOf(label);
    if (to < 0 || to >= all.length || from === to) return;
    all.splice(from, 1);
    all.splice(to, 0, label);
    draw();
    for (const [order, each] of all.entries()) if (each.order !== order) await save(each, { order });
  }

  /** @param {Label} label */
  async function remove(label) {
    try {
      await client.del(`labels/${label.id}/`);
    } catch (error) { return toastError(error); }
    all = all.filter((each) => each !== label);
    draw();
    const { name, color, order, attributes } = label;
    toast(`The label “${name}” is gone.`, { action: { label: 'Undo', run: () => { void add({ name, color, order, attributes }); } } });
  }

  /** @param {Omit<Label, 'id'>} data */
  async function add(data) {
    const label = await client.post(path, data);
    all.push(label);
    all.sort((a, b) => a.order - b.order);
    draw();
  }

  /** @param {Label} label @param {number} index */
  function plainRow(label, index) {
    return h('li', { class: 'label-row' }, h('span', { class: 'digit' }, index < 9 ? index + 1 : ''), swatch(label.color), h('span', { class: 'truncate' }, label.name));
  }

  /** @param {Label} label @param {number} index */
  function editRow(label, index) {
    const color = h('input', { type: 'color', value: label.color, 'aria-label': `Colour of ${label.name}`, onchange: () => { void save(label, { color: color.value }); } });
    const name = h('input', {
      class: 'input', value: label.name, maxlength: 100, 'aria-label': `Name of label ${index + 1}`,
      onchange: async () => { if (!name.value.trim()) name.value = label.name; else if (await save(label, { name: name.value.trim() })) draw(); },
    });
    const row = h('li', { class: 'label-row', 'data-label': label.id },
      h('span', { class: 'digit', draggable: true, title: 'Drag to another place' }, icon('grip-vertical'), index < 9 ? index + 1 : ''), color, name,
      h('div', { class: 'tools' }, ...rowTools(label, index)));
    if (open.has(label.id)) row.append(attributesEditor(label, (attributes) => save(label, { attributes })));
    return row;
  }

  /** @param {Label} label @param {number} index */
  function rowTools(label, index) {
    const tool = (/** @type {string} */ picture, /** @type {string} */ words, /** @type {() => void} */ run, disabled = false) => h('button', {
      type: 'button', class: 'button button-plain button-icon', 'aria-label': `${words}: ${label.name}`, title: words, disabled, onclick: run,
    }, icon(picture));
    const words = label.attributes.length ? plural(label.attributes.length, 'attribute') : 'Attributes';
    return [
      h('button', {
        type: 'button', class: 'button button-plain', 'aria-expanded': String(open.has(label.id)), 'aria-label': `${words} of ${label.name}`,
        onclick: () => { if (!open.delete(label.id)) open.add(label.id); draw(); },
      }, icon('sliders-horizontal'), words),
      tool('arrow-up', 'Move up', () => { void move(label, index - 1); }, index === 0),
      tool('arrow-down', 'Move down', () => { void move(label, index + 1); }, index === all.length - 1),
      tool('trash-2', 'Delete label', () => { void remove(label); }),
    ];
  }

  makeSortable(list, (id, index) => {
    const label = all.find((each) => each.id === id);
    if (label) void move(label, index);
  });
  const form = document.querySelector('[data-add-label]');
  if (form instanceof HTMLFormElement) {
    onSubmit(form, async ({ name = '', color = '' }) => {
      if (!name.trim()) return showErrors(form, { name: ['Give the label a name.'] }, '');
      try {
        await add({ name: name.trim(), color, order: (all.at(-1)?.order ?? -1) + 1, attributes: [] });
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'label_exists') throw error;
        return showErrors(form, { name: [error.message] }, '');
      }
      form.reset();
      draw();
      find('#new-label', HTMLInputElement).focus();
    });
  }
  draw();
}
