/** Every command once: name, keys, action. Toolbar, palette, help and shortcuts read this table.
 *  The groups live in ui/commands/; a new command is one entry in one of them. */

/** @import { Uuid } from '../types.js' */
/** @import { Endpoints } from '../api/endpoints.js' */
/** @import { Command, Editor } from '../editor.js' */
import { editCommands } from './commands/edit.js';
import { imageCommands } from './commands/image.js';
import { objectCommands } from './commands/objects.js';
import { suggestCommands } from './commands/suggest.js';
import { toolCommands } from './commands/tools.js';
import { viewCommands } from './commands/view.js';

/** What commands need beside the editor. */
/**
 * @typedef {object} CommandParts
 * @property {{ undo(): unknown, redo(): unknown, readonly undoName: string | null, readonly redoName: string | null }} history
 * @property {Pick<Endpoints, 'embed' | 'run'>} regions
 * @property {Pick<Endpoints, 'searchImage' | 'run' | 'carryAlong' | 'cancelRun'>} search
 * @property {{ go(step: number): void, unfinished(): void, submit(): void, openNextReady(): Promise<unknown>, open(id: Uuid): unknown }} navigator
 * @property {{ show(name: 'palette' | 'help' | 'display' | 'cleanup' | 'carry' | 'keys' | 'conflicts' | 'signIn'): void }} dialogs
 */

/**
 * @param {Editor} editor
 * @param {CommandParts} parts
 * @returns {Command[]}
 */
export function createCommands(editor, parts) {
  return [
    ...toolCommands(editor), ...editCommands(editor, parts), ...objectCommands(editor, parts), ...suggestCommands(editor, parts),
    ...imageCommands(editor, parts), ...viewCommands(editor, parts),
  ];
}
