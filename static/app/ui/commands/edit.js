/** Finish, cancel, undo, redo, labels: what applies to whatever the person is doing. */

/** @import { Command, Editor } from '../../editor.js' */
/** @import { CommandParts } from '../commands.js' */
import { cycleObjects, relabel } from '../../tools/object_verbs.js';

/** There is one where the schema has many labels. @returns {HTMLElement | null} */
const labelSearch = () => document.querySelector('.panel-labels .panel-search');

/**
 * @param {Editor} editor
 * @param {CommandParts} parts
 * @returns {Command[]}
 */
export function editCommands(editor, { history }) {
  const { session, tools } = editor;
  const group = 'Edit';
  const mayEdit = () => editor.canEdit;
  const canCycle = () => session.state.editing || editor.store.all().length > 0 || (session.state.tool === 'suggest' && editor.suggestions.list.length > 0);
  return [
    { id: 'edit.finish', name: 'Finish object', group, keys: ['Enter', 'N'], icon: 'check', run: () => { tools.armed.finish?.(); } },
    { id: 'edit.cancel', name: 'Cancel, or clear the selection', group, keys: ['Escape'], icon: 'x', run: () => {
      if (!tools.armed.cancel?.()) session.set({ selection: [] });
    } },
    { id: 'edit.undo', name: 'Undo', group, keys: ['Ctrl+Z'], icon: 'undo-2', repeat: true, enabled: mayEdit, run: () => {
      if (!tools.armed.undo?.()) history.undo();
    } },
    { id: 'edit.redo', name: 'Redo', group, keys: ['Ctrl+Shift+Z', 'Ctrl+Y'], icon: 'redo-2', repeat: true, enabled: mayEdit, run: () => {
      if (!tools.armed.redo?.()) history.redo();
    } },
    { id: 'edit.next', name: 'Next candidate or object', group, keys: ['Tab'], icon: 'arrow-down', repeat: true, enabled: canCycle, run: () => {
      if (!tools.armed.cycle?.(1)) cycleObjects(editor, 1);
    } },
    { id: 'edit.previous', name: 'Previous candidate or object', group, keys: ['Shift+Tab'], icon: 'arrow-up', repeat: true, enabled: canCycle, run: () => {
      if (!tools.armed.cycle?.(-1)) cycleObjects(editor, -1);
    } },
    { id: 'label.find', name: 'Find a label by its name', group: 'Labels', keys: ['/'], icon: 'search', enabled: () => labelSearch() !== null, run: () => {
      session.set({ panel: true });
      labelSearch()?.focus();
    } },
    ...editor.labels.slice(0, 9).map((label, i) => ({
      id: `label.${i + 1}`, name: `Label: ${label.name}`, group: 'Labels', keys: [`${i + 1}`, `Ctrl+${i + 1}`], icon: 'tag',
      run: () => relabel(editor, label.id),
    })),
  ];
}
