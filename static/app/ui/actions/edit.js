/** Finish, cancel, undo, redo: what applies to whatever the person is doing. */

/** @import { Editor } from '../../editor.js' */
/** @import { Actions, CommandParts } from '../types.d.ts' */
import { cycleObjects } from '../../tools/object_verbs.js';

/** There is one where the schema has many labels. @returns {HTMLElement | null} */
const labelSearch = () => document.querySelector('.panel-labels .panel-search');

/** @param {Editor} editor @param {Pick<CommandParts, 'history'>} parts @returns {Actions} */
export function editActions(editor, { history }) {
  const { session, tools } = editor;
  const enabled = () => editor.canEdit;
  const canCycle = () =>
    session.state.editing ||
    editor.store.all().length > 0 ||
    (session.state.tool === 'suggest' && editor.suggestions.list.length > 0);
  const cycle = (/** @type {1 | -1} */ step) => ({
    enabled: canCycle,
    run: () => {
      if (!tools.armed.cycle?.(step)) cycleObjects(editor, step);
    },
  });
  return {
    'edit.finish': () => {
      tools.armed.finish?.();
    },
    'edit.cancel': () => {
      if (!tools.armed.cancel?.()) session.set({ selection: [] });
    },
    'edit.undo': {
      enabled,
      run: () => {
        if (!tools.armed.undo?.()) history.undo();
      },
    },
    'edit.redo': {
      enabled,
      run: () => {
        if (!tools.armed.redo?.()) history.redo();
      },
    },
    'edit.next': cycle(1),
    'edit.previous': cycle(-1),
    'label.find': {
      enabled: () => labelSearch() !== null,
      run: () => {
        session.set({ panel: true });
        labelSearch()?.focus();
      },
    },
  };
}
