/** Commands on objects. */

/** @import { Command, Editor } from '../../editor.js' */
/** @import { CommandParts } from '../commands.js' */
import { later } from '../../core/later.js';
import { toggleFlag, unlocked } from '../../tools/object_verbs.js';
import { SmartTool } from '../../tools/smart.js';

const maskVerbs = later(() => import('../../tools/mask_verbs.js'));
const clipboard = later(() => import('../../tools/clipboard.js'));
const carrying = later(() => import('../../tools/propagate.js'));
const carriage = later(() => import('../../tools/carry_along.js'));

/**
 * @param {Editor} editor
 * @param {CommandParts} parts
 * @returns {Command[]}
 */
export function objectCommands(editor, { dialogs, navigator }) {
  const group = 'Objects';
  const some = () => unlocked(editor).length > 0;
  const any = () => editor.canEdit && editor.objects.selected().length > 0;
  const failed = (/** @type {Error} */ error) => editor.notify({ message: error.message, kind: 'error' });
  /** @param {(verbs: Awaited<ReturnType<typeof maskVerbs>>) => void} use */
  const mask = (use) => () => void maskVerbs().then(use).catch(failed);
  /** @param {(verbs: Awaited<ReturnType<typeof clipboard>>) => void} use */
  const clip = (use) => () => void clipboard().then(use).catch(failed);
  const may = () => editor.canEdit && editor.image.phase === 'ready';
  return [
    { id: 'object.delete', name: 'Delete', group, keys: ['Delete', 'Backspace'], icon: 'trash-2', enabled: may, run: () => removeSelected(editor) },
    { id: 'object.refine', name: 'Refine the mask with clicks', group, keys: ['Q'], icon: 'wand-sparkles', enabled: some, run: () => refineSelected(editor) },
    { id: 'object.duplicate', name: 'Duplicate', group, keys: ['Ctrl+D'], icon: 'copy', enabled: any, run: mask((verbs) => verbs.duplicateSelected(editor)) },
    { id: 'object.copy', name: 'Copy', group, keys: ['Ctrl+C'], icon: 'copy', run: clip((verbs) => verbs.copySelected(editor)) },
    { id: 'object.paste', name: 'Paste', group, keys: ['Ctrl+V'], icon: 'copy', enabled: may, run: clip((verbs) => verbs.paste(editor)) },
    { id: 'object.propagate', name: 'Carry over to the next image', group, keys: ['Ctrl+B'], icon: 'arrow-right', enabled: any, run: () => {
      carrying().then(({ propagate }) => propagate(editor, navigator.openNextReady)).catch((error) => editor.notify({ message: `The objects were not carried over. ${error.message}`, kind: 'error' }));
    } },
    { id: 'object.carry', name: 'Carry over along the next images…', group, keys: ['Shift+B'], icon: 'images', enabled: may, run: () => dialogs.show('carry') },
    { id: 'object.acceptCarried', name: 'Accept all that was carried here, with its labels', group, keys: ['Shift+G'], icon: 'check-check', enabled: may, run: () => void carriage().then(({ acceptCarried }) => acceptCarried(editor)).catch(failed) },
    { id: 'object.merge', name: 'Merge selected', group, keys: ['Shift+M'], icon: 'layers', enabled: some, run: mask((verbs) => verbs.mergeSelected(editor)) },
    { id: 'object.split', name: 'Split into connected parts', group, keys: ['Shift+S'], icon: 'shapes', enabled: some, run: mask((verbs) => verbs.splitSelected(editor)) },
    { id: 'object.subtract', name: 'Subtract from the objects below', group, keys: ['Shift+X'], icon: 'minus', enabled: some, run: mask((verbs) => verbs.subtractFromBelow(editor)) },
    { id: 'object.cleanup', name: 'Clean up: holes, islands, smooth', group, keys: ['Shift+C'], icon: 'sparkles', enabled: some, run: () => dialogs.show('cleanup') },
    { id: 'object.polygon', name: 'Convert mask to polygon', group, keys: ['Shift+P'], icon: 'pentagon', enabled: some, run: mask((verbs) => verbs.toPolygons(editor)) },
    { id: 'object.mask', name: 'Convert polygon to mask', group, keys: [], icon: 'shapes', enabled: some, run: mask((verbs) => verbs.toMasks(editor)) },
    { id: 'object.back', name: 'To back', group, keys: ['-'], icon: 'arrow-down', enabled: some, run: mask((verbs) => verbs.reorderSelected(editor, 'back')) },
    { id: 'object.front', name: 'To front', group, keys: ['+', '='], icon: 'arrow-up', enabled: some, run: mask((verbs) => verbs.reorderSelected(editor, 'front')) },
    { id: 'object.hide', name: 'Hide or show', group, keys: ['H'], icon: 'eye-off', enabled: any, run: () => toggleFlag(editor, editor.objects.selected(), 'hidden') },
    { id: 'object.lock', name: 'Lock or unlock', group, keys: ['L'], icon: 'lock', enabled: any, run: () => toggleFlag(editor, editor.objects.selected(), 'locked') },
    { id: 'object.hideAll', name: 'Hide or show all', group, keys: ['Shift+H'], icon: 'eye-off', enabled: may, run: () => toggleFlag(editor, editor.store.all(), 'hidden') },
    { id: 'object.lockAll', name: 'Lock or unlock all', group, keys: ['Shift+L'], icon: 'lock', enabled: may, run: () => toggleFlag(editor, editor.store.all(), 'locked') },
    { id: 'object.selectAll', name: 'Select all', group, keys: ['Ctrl+A'], icon: 'check-check', run: () => editor.session.set({ selection: editor.objects.ordered().filter((a) => !a.hidden).map(({ id }) => id) }) },
  ];
}

/** @param {Editor} editor */
function removeSelected(editor) {
  if (editor.tools.armed.remove?.()) return;
  const free = unlocked(editor);
  const kept = editor.objects.selected().length - free.length;
  editor.objects.remove(free.map(({ id }) => id));
  if (free.length > 1) editor.notify({ message: `${free.length} objects deleted. Ctrl+Z brings them back.` });
  if (kept > 0) editor.notify({ message: `${kept} locked ${kept === 1 ? 'object was' : 'objects were'} kept. Unlock with L first.`, kind: 'warning' });
}

/** @param {Editor} editor */
function refineSelected(editor) {
  const [first] = unlocked(editor);
  editor.tools.arm('smart');
  const tool = editor.tools.armed;
  if (first && tool instanceof SmartTool) void tool.refine(first);
}
