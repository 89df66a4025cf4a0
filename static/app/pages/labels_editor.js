/** Labels of a project: name, colour, order (drag or arrows), attributes. Every change is saved as it is made. */
/** @import {Label} from '../types.js' */
import { ApiError } from '../api/errors.js';
import { attributesEditor } from './attributes_editor.js';
import { find } from './dom.js';
import { onSubmit, showErrors } from './forms.js';
import { client } from './http.js';
import { plural } from './format.js';
import { askMerge, undoMerge } from './label_merge.js';
import { editableLabelRow, plainLabelRow } from './label_row.js';
import { nextColor } from './palette.js';
import { makeSortable } from './sortable.js';
import { toast, toastError } from './toast.js';

/** @param {{ project: string, labels: Label[], palette: string[], editable: boolean }} options */
export function createLabelsEditor({ project, labels, palette, editable }) {
  const list = find('[data-labels]', HTMLOListElement);
  const none = find('[data-no-labels]', HTMLElement);
  let all = labels.slice();
  /** Ids of the labels whose attributes are open. @type {Set<string>} */
  const open = new Set();

  function draw() {
    const focus = focusIn(list);
    list.replaceChildren(...all.map((label, index) => (editable ? row(label, index) : plainLabelRow(label, index))));
    none.hidden = all.length > 0;
    const color = document.querySelector('#new-label-color');
    if (color instanceof HTMLInputElement)
      color.value = nextColor(
        all.map((label) => label.color),
        palette,
      );
    focus();
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
    } catch (error) {
      return toastError(error);
    }
    all = all.filter((each) => each !== label);
    draw();
    const { name, color, order, attributes } = label;
    toast(`The label “${name}” is gone.`, {
      action: {
        label: 'Undo',
        run: () => {
          void add({ name, color, order, attributes });
        },
      },
    });
  }

  /** @param {Label} label */
  function merge(label) {
    const others = all.filter((each) => each !== label);
    return askMerge(label, others, ({ id, into, objects }) => {
      all = others;
      draw();
      toast(`“${label.name}” is merged into “${into.name}”: ${plural(objects, 'object')}.`, {
        kind: 'positive',
        action: { label: 'Undo', run: () => void undoMerge(id, putBack) },
        seconds: 60,
      });
    });
  }

  /** @param {Omit<Label, 'id'>} data */
  async function add(data) {
    putBack(await client.post(`projects/${project}/labels/`, data));
  }

  /** Puts a label where its order says. @param {Label} label */
  function putBack(label) {
    all = [...all, label].sort((a, b) => a.order - b.order || a.name.localeCompare(b.name));
    draw();
  }

  /** @param {Label} label @param {number} index */
  function row(label, index) {
    const place = { index, last: index === all.length - 1, open: open.has(label.id) };
    const element = editableLabelRow(label, place, {
      save: (change) => void save(label, change),
      rename: (name) => void save(label, { name }).then((saved) => saved && draw()),
      move: (step) => void move(label, index + step),
      merge: () => void merge(label),
      remove: () => void remove(label),
      toggleAttributes() {
        if (!open.delete(label.id)) open.add(label.id);
        draw();
      },
    });
    if (place.open) element.append(attributesEditor(label, (attributes) => save(label, { attributes })));
    return element;
  }

  makeSortable(list, (id, index) => {
    const label = all.find((each) => each.id === id);
    if (label) void move(label, index);
  });
  const form = document.querySelector('[data-add-label]');
  if (form instanceof HTMLFormElement)
    wireForm(form, {
      add: (label) => add({ ...label, order: (all.at(-1)?.order ?? -1) + 1, attributes: [] }),
      draw,
    });
  draw();
}

/**
 * Rows are made anew: the focus goes back to the same control, or to its label's name if that one is off now.
 * @param {HTMLElement} list
 * @returns {() => void} to call when the new rows are there
 */
function focusIn(list) {
  const before = document.activeElement;
  const row = before instanceof HTMLElement && list.contains(before) ? before.closest('li') : null;
  if (!before || !row) return () => undefined;
  const words = before.getAttribute('aria-label');
  const id = row.dataset.label;
  return () => {
    const again = list.querySelector(`[data-label="${id}"]`) ?? list.lastElementChild;
    const same = [...(again?.querySelectorAll('button, input') ?? [])].find(
      (control) => control.getAttribute('aria-label') === words && !control.matches(':disabled'),
    );
    const other = same ?? again?.querySelector('input.input') ?? document.querySelector('#new-label');
    if (other instanceof HTMLElement) other.focus();
  };
}

/**
 * @param {HTMLFormElement} form
 * @param {{ add: (label: { name: string, color: string }) => Promise<void>, draw: () => void }} verbs
 */
function wireForm(form, { add, draw }) {
  onSubmit(form, async ({ name = '', color = '' }) => {
    if (!name.trim()) return showErrors(form, { name: ['Give the label a name.'] }, '');
    try {
      await add({ name: name.trim(), color });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'label_exists') throw error;
      return showErrors(form, { name: [error.message] }, '');
    }
    form.reset();
    draw();
    find('#new-label', HTMLInputElement).focus();
  });
}
