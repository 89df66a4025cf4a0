/** The object list's filters by choice: label, stage, state. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { h } from './dom.js';
import { STAGES } from './stages.js';

const FLAGS = { locked: 'Locked', hidden: 'Hidden', shape: 'Polygons', approved: 'Approved', open: 'Not approved' };
const NO_LABEL = 'none';

/**
 * @param {Editor} editor
 * @param {Element} place
 * @param {() => void} changed
 * @returns {(annotation: Annotation) => boolean} whether all that is chosen applies
 */
export function addChoices(editor, place, changed) {
  /** @param {string} name @param {string} any @param {[value: string, label: string][]} options */
  const choice = (name, any, options) =>
    h(
      'select',
      { class: 'input', 'aria-label': name, onchange: changed },
      ...[['', any], ...options].map(([value, label]) => h('option', { value }, label)),
    );
  const label = choice('Label', 'Any label', [
    ...editor.labels.map(({ id, name }) => /** @type {[string, string]} */ ([id, name])),
    [NO_LABEL, 'No label'],
  ]);
  const stage = choice(
    'Stage',
    'Any stage',
    Object.entries(STAGES).map(([value, { name }]) => [value, name]),
  );
  const flag = choice('State', 'Any state', Object.entries(FLAGS));
  place.append(label, stage, flag);
  return (annotation) =>
    (!label.value || (annotation.label ?? NO_LABEL) === label.value) &&
    (!stage.value || annotation.stage === stage.value) &&
    matchesFlag(annotation, flag.value);
}

/** @param {Annotation} annotation @param {string} flag */
export function matchesFlag(annotation, flag) {
  switch (flag) {
    case 'locked':
      return annotation.locked;
    case 'hidden':
      return annotation.hidden;
    case 'shape':
      return annotation.shape !== null;
    case 'approved':
      return annotation.status === 'approved';
    case 'open':
      return annotation.status !== 'approved';
    default:
      return true;
  }
}
