/** Actions on objects: on the selected ones, or on what tools/aim.js says is meant. */

/** @import { Editor } from '../../editor.js' */
/** @import { Action, Actions, CommandParts } from '../types.d.ts' */
/** @import { AimedBy } from '../../tools/aim.js' */
import { later } from '../../core/later.js';
import { aim, aimed } from '../../tools/aim.js';
import { toggleFlag, unlocked } from '../../tools/object_verbs.js';
import { SmartTool } from '../../tools/smart.js';

const maskVerbs = later(() => import('../../tools/mask_verbs.js'));
const clipboard = later(() => import('../../tools/clipboard.js'));
const carrying = later(() => import('../../tools/propagate.js'));
const carriage = later(() => import('../../tools/carry_along.js'));

/** @param {Editor} editor @param {Pick<CommandParts, 'dialogs' | 'navigator'>} parts @returns {Actions} */
export function objectActions(editor, { dialogs, navigator }) {
  const some = () => editor.canEdit && aimed(editor).objects.some(({ locked }) => !locked);
  const any = () => editor.canEdit && aimed(editor).objects.length > 0;
  /** @param {() => void} run @param {() => boolean} enabled @returns {Action} */
  const on = (run, enabled) => ({
    enabled,
    run() {
      aim(editor);
      run();
    },
  });
  const may = () => editor.canEdit && editor.image.phase === 'ready';
  return {
    ...maskActions(editor, { on, some, any, may }),
    ...carryActions(editor, { dialogs, navigator }, { on, any, may }),
    ...flagActions(editor, { on, any, may }),
    'object.delete': { enabled: may, run: () => removeAimed(editor) },
    'object.refine': on(() => refineSelected(editor), some),
    'object.cleanup': on(() => dialogs.show('cleanup'), some),
    'object.menu': on(() => dialogs.show('menu'), any),
    'object.selectAll': () => {
      const shown = editor.objects.ordered().filter((object) => !object.hidden);
      editor.session.set({ selection: shown.map(({ id }) => id) });
    },
  };
}

/**
 * What makes an action of a verb, and when one may run.
 * @typedef {object} Means
 * @property {(run: () => void, enabled: () => boolean) => Action} on aims first
 * @property {() => boolean} some there is an unlocked object
 * @property {() => boolean} any there is an object
 * @property {() => boolean} may the image can be worked on
 */

/** New masks from old ones. @param {Editor} editor @param {Means} means @returns {Actions} */
function maskActions(editor, { on, some, any, may }) {
  /** @param {(verbs: Awaited<ReturnType<typeof maskVerbs>>) => void} use */
  const verb = (use) => () => void maskVerbs().then(use).catch(teller(editor));
  /** @param {Parameters<typeof verb>[0]} use */
  const mask = (use, enabled = some) => on(verb(use), enabled);
  return {
    'object.duplicate': mask((verbs) => verbs.duplicateSelected(editor), any),
    // Two have to be chosen.
    'object.merge': { enabled: may, run: verb((verbs) => verbs.mergeSelected(editor)) },
    'object.split': mask((verbs) => verbs.splitSelected(editor)),
    'object.subtract': mask((verbs) => verbs.subtractFromBelow(editor)),
    'object.polygon': mask((verbs) => verbs.toPolygons(editor)),
    'object.mask': mask((verbs) => verbs.toMasks(editor)),
    'object.back': mask((verbs) => verbs.reorderSelected(editor, 'back')),
    'object.front': mask((verbs) => verbs.reorderSelected(editor, 'front')),
  };
}

/** To other images. @param {Editor} editor @param {Pick<CommandParts, 'dialogs' | 'navigator'>} parts
 *  @param {Omit<Means, 'some'>} means @returns {Actions} */
function carryActions(editor, { dialogs, navigator }, { on, any, may }) {
  const failed = teller(editor);
  const notCarried = teller(editor, 'The objects were not carried over. ');
  return {
    'object.copy': on(
      () => void clipboard().then(({ copySelected }) => copySelected(editor), failed),
      () => true,
    ),
    'object.paste': {
      enabled: may,
      run: () =>
        void clipboard()
          .then(({ paste }) => paste(editor))
          .catch(failed),
    },
    'object.propagate': on(
      () =>
        void carrying()
          .then(({ propagate }) => propagate(editor, navigator.openNextReady))
          .catch(notCarried),
      any,
    ),
    'object.carry': { enabled: may, run: () => dialogs.show('carry') },
    'object.acceptCarried': {
      enabled: may,
      run: () =>
        void carriage()
          .then(({ acceptCarried }) => acceptCarried(editor))
          .catch(failed),
    },
  };
}

/** @param {Editor} editor @param {Omit<Means, 'some'>} means @returns {Actions} */
function flagActions(editor, { on, any, may }) {
  const own = (/** @type {'hidden' | 'locked'} */ flag) =>
    on(() => toggleFlag(editor, editor.objects.selected(), flag), any);
  const all = (/** @type {'hidden' | 'locked'} */ flag) => ({
    enabled: may,
    run: () => toggleFlag(editor, editor.store.all(), flag),
  });
  return {
    'object.hide': own('hidden'),
    'object.lock': own('locked'),
    'object.hideAll': all('hidden'),
    'object.lockAll': all('locked'),
  };
}

/** @param {Editor} editor @param {string} [what] a sentence that comes first @returns {(error: Error) => void} */
function teller(editor, what = '') {
  return (error) => {
    editor.notify({ message: what + error.message, kind: 'error' });
  };
}
/** What was not selected is named, and why it was meant. @type {Record<AimedBy, string>} */
const WHY = { selected: '', cursor: 'it was under the cursor', last: 'it was made last' };

/** @param {Editor} editor */
function removeAimed(editor) {
  if (editor.tools.armed.remove?.()) return;
  const why = WHY[aim(editor)];
  const free = unlocked(editor);
  const kept = editor.objects.selected().length - free.length;
  editor.objects.remove(free.map(({ id }) => id));
  if (free.length > 1) editor.notify({ message: `${free.length} objects deleted. Ctrl+Z brings them back.` });
  const [one] = free;
  if (one && why) {
    const label = editor.labels.find(({ id }) => id === one.label)?.name ?? 'An object without a label';
    editor.notify({ message: `${label} was deleted: ${why}. Ctrl+Z brings it back.` });
  }
  if (kept > 0)
    editor.notify({
      message: `${kept} locked ${kept === 1 ? 'object was' : 'objects were'} kept. Unlock with L first.`,
      kind: 'warning',
    });
}

/** @param {Editor} editor */
function refineSelected(editor) {
  const [first] = unlocked(editor);
  editor.tools.arm('smart');
  const tool = editor.tools.armed;
  if (first && tool instanceof SmartTool) void tool.refine(first);
}
