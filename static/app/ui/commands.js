/** The commands: each line of the table (core/commands.js) with its action (ui/actions/). */

/** @import { CommandRow } from '../core/commands.js' */
/** @import { Command, Editor } from '../editor.js' */
/** @import { Actions, CommandParts } from './types.d.ts' */
import { commandRows } from '../core/commands.js';
import { later } from '../core/later.js';
import { relabel } from '../tools/object_verbs.js';
import { editActions } from './actions/edit.js';
import { imageActions } from './actions/image.js';
import { toolActions } from './actions/tools.js';
import { viewActions } from './actions/view.js';

/** What nobody needs before the first click. */
const objects = later(() => import('./actions/objects.js'));
const suggestions = later(() => import('./actions/suggest.js'));

/**
 * @param {Editor} editor
 * @param {CommandParts} parts
 * @returns {Command[]}
 */
export function createCommands(editor, parts) {
  const rows = commandRows();
  const actions = createActions(editor, parts, rows);
  return rows.flatMap((row) => {
    if (row.id === 'label.digit') return labelCommands(editor, row);
    const action = actions[row.id];
    return action ? [{ ...row, ...(typeof action === 'function' ? { run: action } : action) }] : [];
  });
}

/** @param {Editor} editor @param {CommandParts} parts @param {CommandRow[]} rows @returns {Actions} */
export function createActions(editor, parts, rows) {
  return {
    ...toolActions(editor, rows),
    ...editActions(editor, parts),
    ...coming(editor, rows, 'object.', async () => (await objects()).objectActions(editor, parts)),
    ...coming(editor, rows, 'suggest.', async () => (await suggestions()).suggestActions(editor, parts)),
    ...coming(editor, rows, 'review.', async () => (await parts.review()).actions),
    ...imageActions(editor, parts),
    ...viewActions(editor, parts),
  };
}

/** Actions whose code comes when the first of them is wanted. @param {Editor} editor @param {CommandRow[]} rows
 *  @param {string} prefix of their ids @param {() => Promise<Actions>} load @returns {Actions} */
function coming(editor, rows, prefix, load) {
  /** @type {Actions | null} */
  let here = null;
  const get = (/** @type {string} */ id) => {
    const action = here?.[id];
    return typeof action === 'function' ? { run: action } : action;
  };
  const run = async (/** @type {string} */ id) => {
    here ??= await load();
    const action = get(id);
    if (action?.enabled?.() ?? true) action?.run();
  };
  const own = rows.filter(({ id }) => id.startsWith(prefix));
  return Object.fromEntries(
    own.map(({ id }) => [
      id,
      {
        enabled: () => get(id)?.enabled?.() ?? true,
        run: () => void run(id).catch((error) => editor.notify({ message: error.message, kind: 'error' })),
      },
    ]),
  );
}

/** One command a label, for as many as there are digits. @param {Editor} editor @param {CommandRow} row @returns {Command[]} */
function labelCommands(editor, row) {
  return editor.labels.slice(0, 9).map((label, i) => ({
    ...row,
    id: `label.${i + 1}`,
    name: `Label: ${label.name}`,
    keys: row.keys.map((key) => key.replace('1…9', String(i + 1))),
    run: () => relabel(editor, label.id),
  }));
}
