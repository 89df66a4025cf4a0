/** Copy and paste of objects, across images of a project and across tabs of this browser. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { beside } from './beside.js';
import { pasted } from './mask_verbs.js';

const KEY = 'maskwright:clipboard';

/** @param {Editor} editor */
export function copySelected(editor) {
  copyObjects(editor, editor.objects.selected());
}

/** @param {Editor} editor @param {Annotation[]} list */
export function copyObjects(editor, list) {
  if (list.length === 0) return;
  try {
    localStorage.setItem(KEY, JSON.stringify({ project: editor.config.project.id, objects: list }));
    editor.notify({
      message: `${list.length === 1 ? 'One object' : `${list.length} objects`} copied. Ctrl+V puts ${list.length === 1 ? 'it' : 'them'} on any image of this project.`,
    });
  } catch {
    editor.notify({
      message: "These objects are too large for the browser's clipboard. Copy fewer at once.",
      kind: 'warning',
    });
  }
}

/** @param {Editor} editor */
export function paste(editor) {
  const { info } = editor.image;
  /** @type {{ project: string, objects: Annotation[] } | null} */
  const copied = JSON.parse(localStorage.getItem(KEY) ?? 'null');
  if (!info || !copied) return editor.notify({ message: 'Nothing is copied yet. Select objects and press Ctrl+C.' });
  if (copied.project !== editor.config.project.id)
    return editor.notify({
      message: 'What was copied belongs to another project, with other labels.',
      kind: 'warning',
    });
  const { width, height } = info;
  const by = beside(copied.objects, editor.store.all(), { width, height, scale: editor.stage.viewport.scale });
  const objects = pasted(copied.objects, info, by);
  const ids = editor.objects.add(objects, objects.length === 1 ? 'Paste object' : `Paste ${objects.length} objects`);
  if (ids.length > 0) editor.session.set({ selection: ids });
  const lost = copied.objects.length - objects.length;
  if (lost > 0)
    editor.notify({
      message: `${lost} of them ${lost === 1 ? 'lies' : 'lie'} outside this image and ${lost === 1 ? 'was' : 'were'} left out.`,
      kind: 'warning',
    });
}
