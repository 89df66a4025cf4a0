/** Which objects a command means, whatever tool is armed: those that are selected; with nothing selected the one under the
 *  cursor, on the photo or in the list; else the one made last. With something unfinished at hand it is only the selected. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { toImage } from '../view/viewport.js';

/** @typedef {'selected' | 'cursor' | 'last'} AimedBy */

/** @param {Editor} editor @returns {{ objects: Annotation[], by: AimedBy }} */
export function aimed(editor) {
  const selected = editor.objects.selected();
  if (selected.length > 0 || editor.session.state.editing) return { objects: selected, by: 'selected' };
  const under = underCursor(editor);
  if (under) return { objects: [under], by: 'cursor' };
  const last = editor.objects.last();
  return { objects: last ? [last] : [], by: 'last' };
}

/** Selects what a command means, so that it is seen what it is done to. @param {Editor} editor @returns {AimedBy} */
export function aim(editor) {
  const { objects, by } = aimed(editor);
  if (by !== 'selected') editor.session.set({ selection: objects.map(({ id }) => id) });
  return by;
}

/** @param {Editor} editor */
function underCursor(editor) {
  const { stage, session, store, objects } = editor;
  const row = document.querySelector('.object-row:hover');
  if (row) return store.get(row.id.replace('object-', ''));
  const onPhoto = stage.host.matches(':hover') && !stage.host.querySelector('[data-floating]:hover');
  if (!stage.pointer || !onPhoto || session.state.masksHidden) return undefined;
  return objects.at(toImage(stage.viewport, stage.pointer));
}
