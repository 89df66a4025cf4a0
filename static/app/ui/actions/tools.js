/** Arming tools: one action a line `tool.ID` of the table. */

/** @import { CommandRow } from '../../core/commands.js' */
/** @import { Editor, ToolId } from '../../editor.js' */
/** @import { Actions } from '../types.d.ts' */
import { isTool } from '../../tools/registry.js';

/** @param {Editor} editor @param {CommandRow[]} rows @returns {Actions} */
export function toolActions(editor, rows) {
  const arming = rows.flatMap(({ id, notes }) => {
    const tool = id.replace(/^tool\./, '');
    return isTool(tool) ? [[id, arm(editor, tool, notes.includes('viewer'))]] : [];
  });
  return {
    ...Object.fromEntries(arming),
    'tool.smaller': () => editor.tools.armed.wheel?.(1),
    'tool.larger': () => editor.tools.armed.wheel?.(-1),
  };
}

/** @param {Editor} editor @param {ToolId} tool @param {boolean} viewer */
function arm(editor, tool, viewer) {
  return {
    run: () => editor.tools.arm(tool),
    pressed: () => editor.session.state.tool === tool,
    enabled: () => editor.canEdit || viewer,
  };
}
