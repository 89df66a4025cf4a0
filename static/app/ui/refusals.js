/** What the server refused though nobody else changed it: said as what it is, with ways out that keep the work. Those with
 *  one reason are decided together: a deleted label may have been on fifty objects. */

/** @import { Conflict } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { later } from '../core/later.js';
import { button, side } from './conflict_parts.js';
import { h } from './dom.js';

const clipboard = later(() => import('../tools/clipboard.js'));

/** What can be done, by the server's code. @type {Record<string, string>} */
const ADVICE = {
  unknown_label: 'Give it another label and send it again.',
  not_found:
    'Where the image is in the bin, restore it and send again; else copy the object and paste it on another image.',
  permission_denied: 'Ask an owner or manager of the project, then send it again; or copy the object.',
  empty_mask: 'There is nothing in it to keep.',
  too_large: 'Copy it, split or simplify the copy, and discard this one.',
};
/** So many pictures are enough to know them by. */
const SHOWN = 3;

/** One section a reason. @param {Editor} editor @param {Conflict[]} refused */
export function refusalRows(editor, refused) {
  /** @type {Map<string, Conflict[]>} */
  const reasons = new Map();
  for (const conflict of refused) {
    const reason = `${conflict.code} ${conflict.message}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), conflict]);
  }
  return [...reasons.values()].map((group) => section(editor, group));
}

/** @param {Editor} editor @param {Conflict[]} group of one reason */
function section(editor, group) {
  const { code, message } = /** @type {Conflict} */ (group[0]);
  const masks = group.flatMap(({ mine }) => mine ?? []);
  const another = code === 'unknown_label' && masks.length > 0 ? labelChoice(editor, group) : null;
  const failed = (/** @type {Error} */ error) =>
    void editor.notify({ message: `The decision was not stored. ${error.message}`, kind: 'error' });

  /** @param {'mine' | 'theirs'} choice */
  const all = (choice) => async () => {
    const label = another?.value;
    try {
      for (const conflict of group) {
        await editor.outbox.resolve(conflict, choice, choice === 'mine' && another ? { label: label || null } : {});
        const { id } = conflict.operation;
        if (choice === 'mine' && another && editor.store.get(id))
          editor.store.apply({ update: [{ id, data: { label: label || null } }] }, 'silent');
      }
    } catch (error) {
      failed(/** @type {Error} */ (error));
    }
  };
  const copy = () => void clipboard().then(({ copyObjects }) => copyObjects(editor, masks), failed);
  return h(
    'section',
    { class: 'conflict' },
    h('h3', {}, group.length === 1 ? 'One change' : `${group.length} changes`),
    h('p', {}, message),
    h('p', { class: 'muted' }, ADVICE[code] ?? 'Send it again, or copy the object before you discard it.'),
    h(
      'div',
      { class: 'conflict-sides' },
      ...group.slice(0, SHOWN).map(({ mine }) => side(editor, 'Yours', mine, 'you deleted it')),
    ),
    another && h('label', { class: 'field' }, h('span', {}, 'Another label'), another),
    h(
      'div',
      { class: 'row' },
      code === 'empty_mask' ? null : button('Send again', all('mine'), true),
      masks.length > 0 && code !== 'empty_mask' ? button('Copy', copy) : null,
      button('Discard', all('theirs')),
    ),
  );
}

/** The labels but those that the server no longer knows. @param {Editor} editor @param {Conflict[]} group */
function labelChoice(editor, group) {
  const gone = new Set(group.map(({ operation }) => operation.data?.label));
  const left = editor.labels.filter(({ id }) => !gone.has(id));
  return h(
    'select',
    { class: 'input' },
    ...left.map(({ id, name }) => h('option', { value: id }, name)),
    h('option', { value: '' }, 'no label'),
  );
}
