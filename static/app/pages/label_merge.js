/** Merging a label into another one: asks which, says how many objects that changes, does it, and takes it back. */
/** @import { Merged } from '../api/schema.d.ts' */
/** @import { Label } from '../types.js' */
import { h } from './dom.js';
import { plural } from './format.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

/**
 * @param {Label} label what goes
 * @param {Label[]} others where its objects may go, at least one
 * @param {(merge: Merged) => void} merged
 */
export async function askMerge(label, others, merged) {
  /** @type {{ objects: number }} */
  let seen;
  try {
    seen = await client.get(`labels/${label.id}/merge/`);
  } catch (error) {
    return toastError(error);
  }
  const many = plural(seen.objects, 'object');
  const into = h(
    'select',
    { class: 'input', id: 'merge-into', name: 'into', onchange: say },
    ...others.map(({ id, name }) => h('option', { value: id }, name)),
  );
  const sentence = h('p', { 'aria-live': 'polite' });
  const go = h('button', { class: 'button button-danger' }, seen.objects ? `Merge ${many}` : 'Merge');
  const problem = h('p', { class: 'error-text', role: 'alert' });

  function say() {
    const other = into.selectedOptions[0]?.text ?? '';
    sentence.textContent = seen.objects
      ? `${many} called “${label.name}” will be called “${other}”, deleted ones and those in the bin too. Masks and attributes stay as they are; the label “${label.name}” goes. You can undo it afterwards.`
      : `No object is called “${label.name}”. The label goes; what was deleted earlier comes back as “${other}”. You can undo it afterwards.`;
  }

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    go.disabled = true;
    go.setAttribute('aria-busy', 'true');
    problem.textContent = '';
    try {
      const merge = await client.post(`labels/${label.id}/merge/`, { into: into.value });
      dialog.close();
      merged(merge);
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      go.disabled = false;
      go.removeAttribute('aria-busy');
    }
  }

  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'merge-title' },
    h(
      'form',
      { method: 'dialog', onsubmit: submit },
      h('h2', { id: 'merge-title' }, `Merge “${label.name}” into another label`),
      h('div', { class: 'field' }, h('label', { for: 'merge-into' }, 'Into'), into),
      sentence,
      problem,
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', class: 'button button-plain', 'data-close': true }, 'Keep both'),
        go,
      ),
    ),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  say();
  dialog.showModal();
}

/** @param {string} merge its id @param {(label: Label) => void} putBack */
export async function undoMerge(merge, putBack) {
  try {
    const { restored, objects, kept } = await client.post(`label-merges/${merge}/undo/`, undefined);
    putBack(restored);
    const others = kept ? ` ${plural(kept, 'object was', 'objects were')} named anew since, and not changed.` : '';
    toast(`“${restored.name}” is back: ${plural(objects, 'object')}.${others}`, { kind: 'positive' });
  } catch (error) {
    // What stands in the way can be mended, so the offer stays.
    toast(error instanceof Error ? error.message : String(error), {
      kind: 'negative',
      action: { label: 'Undo', run: () => void undoMerge(merge, putBack) },
      seconds: 60,
    });
  }
}
