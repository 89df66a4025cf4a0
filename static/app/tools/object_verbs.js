/** What commands and panels do to the selection. */

/** @import { Annotation, Uuid } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { showBox } from '../view/viewport.js';
import { boxOf } from './objects.js';

/**
 * A label was picked. In every tool it names what is in hand: it finishes an open mask, else it relabels the selection, else
 * the object made last. And it is the label of what comes next.
 * @param {Editor} editor
 * @param {Uuid | null} label
 */
export function relabel(editor, label) {
  const { session, store } = editor;
  session.set({ label });
  if (session.state.editing && editor.tools.armed.finish?.()) return session.set({ made: [] });
  // An object whose mask is still on its way takes the label when it is there (smart_commit.js).
  const named = [...unlocked(editor), ...session.state.made.flatMap((id) => store.get(id) ?? [])];
  if (named.length > 0) session.set({ made: [] });
  const ids = named.filter((a) => a.label !== label).map(({ id }) => id);
  if (ids.length > 0) editor.objects.update(ids, { label }, 'Change label');
}

/** Selected objects that may be changed. @param {Editor} editor @returns {Annotation[]} */
export function unlocked(editor) {
  return editor.canEdit ? editor.objects.selected().filter((a) => !a.locked) : [];
}

/**
 * Selects the next object, topmost first, and brings it into sight.
 * @param {Editor} editor
 * @param {1 | -1} direction
 */
export function cycleObjects(editor, direction) {
  const list = editor.objects.ordered().reverse();
  if (list.length === 0) return;
  const at = list.findIndex(({ id }) => id === editor.session.state.selection[0]);
  const next = list[at < 0 ? (direction > 0 ? 0 : list.length - 1) : (at + direction + list.length) % list.length];
  if (!next) return;
  editor.session.set({ selection: [next.id] });
  bringIntoSight(editor, next);
}

/** @param {Editor} editor @param {Annotation} annotation */
export function bringIntoSight(editor, annotation) {
  const v = editor.stage.viewport;
  const [x0, y0, x1, y1] = boxOf(annotation);
  const inside =
    x0 * v.scale + v.x >= 0 &&
    y0 * v.scale + v.y >= 0 &&
    x1 * v.scale + v.x <= v.width &&
    y1 * v.scale + v.y <= v.height;
  const tooSmall = Math.max(x1 - x0, y1 - y0) * v.scale < 12;
  if (!inside || tooSmall) editor.stage.viewport = showBox(v, [x0, y0, x1, y1]);
}

/**
 * Sets a flag on all given objects: on, unless all have it.
 * @param {Editor} editor
 * @param {readonly Annotation[]} objects
 * @param {'locked' | 'hidden'} flag
 */
export function toggleFlag(editor, objects, flag) {
  if (objects.length === 0) return;
  const value = !objects.every((a) => a[flag]);
  const verb = flag === 'locked' ? (value ? 'Lock' : 'Unlock') : value ? 'Hide' : 'Show';
  editor.objects.update(
    objects.map(({ id }) => id),
    { [flag]: value },
    `${verb} objects`,
  );
}
