/** An unfinished prompt outlives a reload and a closed tab: its points and box wait in the browser's storage, for the person
 *  who set them. At most the last few photos' prompts are kept. */

/** @import { Box, PromptPoint, Uuid } from '../types.js' */
/** @import { Editor } from '../editor.js' */

/** @typedef {{ points: PromptPoint[], box: Box | null }} SavedPrompt */

const KEPT = 50;

/** @param {Editor} editor */
const keyOf = (editor) => `maskwright:prompts:${editor.config.user.id}`;

/** Photos, the one touched last at the end. @param {Editor} editor @returns {[string, SavedPrompt][]} */
function readAll(editor) {
  try {
    const all = JSON.parse(localStorage.getItem(keyOf(editor)) ?? '[]');
    return Array.isArray(all) ? all : [];
  } catch {
    return [];
  }
}

/**
 * @param {Editor} editor
 * @param {SavedPrompt} prompt an empty one is forgotten
 * @param {Uuid | undefined} [image] another than the open one
 */
export function rememberPrompt(editor, { points, box }, image = editor.image.info?.id) {
  if (!image) return;
  const before = readAll(editor);
  const others = before.filter(([id]) => id !== image);
  const empty = points.length === 0 && !box;
  if (empty && others.length === before.length) return;
  try {
    localStorage.setItem(
      keyOf(editor),
      JSON.stringify(empty ? others : [...others.slice(1 - KEPT), [image, { points, box }]]),
    );
  } catch {
    // Storage may be full or forbidden; losing an unfinished prompt on reload is then acceptable.
  }
}

/**
 * @param {Editor} editor
 * @returns {SavedPrompt | null}
 */
export function recallPrompt(editor) {
  const saved = readAll(editor).find(([id]) => id === editor.image.info?.id)?.[1];
  return saved && Array.isArray(saved.points) ? saved : null;
}
