/** Attributes of the selected objects, edited in place under the object list. */

/** @import { Annotation, AttributeSpec } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { unlocked } from '../tools/object_verbs.js';
import { h } from './dom.js';

/** @param {Editor} editor */
export function createAttributes(editor) {
  const element = h('section', { class: 'panel-part panel-attributes', 'aria-label': 'Attributes', hidden: true });
  let [shown, values] = ['', ''];
  /** The person is in one of the fields; between two of them document.activeElement is neither. */
  let inside = false;
  element.addEventListener('focusin', () => {
    inside = true;
  });
  element.addEventListener('focusout', (event) => {
    inside = event.relatedTarget instanceof Node && element.contains(event.relatedTarget);
    if (!inside) render();
  });

  function render() {
    const free = unlocked(editor);
    // Who may not change them reads them: a viewer, and anyone where all that is selected is locked.
    const list = free.length > 0 ? free : editor.objects.selected();
    const label = editor.labels.find(({ id }) => id === list[0]?.label);
    const same = label !== undefined && label.attributes.length > 0 && list.every((a) => a.label === label.id);
    element.hidden = !same;
    if (!same) return;
    const objects = JSON.stringify([label.id, free.length > 0, list.map((a) => a.id)]);
    // While the person is in a field, a change must not rebuild it under the hands; it is done when they leave.
    if (objects === shown && inside) return;
    const now = JSON.stringify(list.map((a) => a.attributes));
    if (objects === shown && now === values) return;
    [shown, values] = [objects, now];
    element.replaceChildren(
      h(
        'header',
        { class: 'panel-head' },
        h('h2', {}, list.length > 1 ? `Attributes of ${list.length} objects` : 'Attributes'),
      ),
      h(
        'fieldset',
        { class: 'attribute-list', disabled: free.length === 0 },
        ...label.attributes.map((spec) => field(spec, list)),
      ),
    );
  }

  /** @param {AttributeSpec} spec @param {Annotation[]} list */
  function field(spec, list) {
    const values = new Set(list.map((a) => a.attributes[spec.name] ?? spec.default ?? ''));
    const mixed = values.size > 1;
    const value = mixed ? '' : ([...values][0] ?? '');
    return h('label', { class: spec.kind === 'checkbox' ? 'check' : 'attribute-row' }, ...control(spec, value, mixed));
  }

  /** @param {AttributeSpec} spec @param {string | number | boolean} value @param {boolean} mixed */
  function control(spec, value, mixed) {
    const hint = mixed ? 'different values' : '';
    if (spec.kind === 'checkbox') {
      const box = h('input', { type: 'checkbox', checked: value === true, onchange: () => write(spec, box.checked) });
      box.indeterminate = mixed;
      return [box, spec.name];
    }
    if (spec.kind === 'select') {
      const select = h(
        'select',
        { class: 'input', onchange: () => write(spec, select.value) },
        h('option', { value: '' }, hint || '–'),
        ...(spec.options ?? []).map((option) => h('option', { value: option, selected: option === value }, option)),
      );
      return [h('span', {}, spec.name), select];
    }
    const input = h('input', {
      class: 'input',
      type: spec.kind,
      value,
      placeholder: hint,
      onchange: () => write(spec, spec.kind === 'number' ? input.valueAsNumber : input.value),
    });
    return [h('span', {}, spec.name), input];
  }

  /** @param {AttributeSpec} spec @param {string | number | boolean} value */
  function write(spec, value) {
    const empty = value === '' || Number.isNaN(value);
    const update = unlocked(editor).map((a) => {
      const { [spec.name]: _, ...rest } = a.attributes;
      return { id: a.id, data: { attributes: empty ? rest : { ...rest, [spec.name]: value } } };
    });
    editor.objects.commit({ update }, `Set ${spec.name}`);
  }

  editor.store.subscribe(render);
  editor.session.on((changed) => {
    if (changed.has('selection')) {
      shown = '';
      render();
    }
  });
  render();
  return element;
}
