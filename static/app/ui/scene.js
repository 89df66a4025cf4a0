/** Objects to what the mask layer draws: colour, style, order. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor } from '../editor.js' */
/** @import { MaskItem, MaskStyle } from '../view/layers/masks.js' */
import { instanceColor } from '../core/color.js';
import { later } from '../core/later.js';
import { boxOf } from '../tools/objects.js';

const UNLABELLED = '#9aa4b2';

/**
 * @param {Editor} editor
 * @param {Pick<Annotation, 'id' | 'label'>} annotation
 */
export function colorOf(editor, { id, label }) {
  if (editor.session.state.colorBy === 'instance') return instanceColor(id);
  return editor.labels.find((known) => known.id === label)?.color ?? UNLABELLED;
}

/** @type {(editor: Editor) => MaskItem[]} */
let ghostsOf = () => [];
const ghosts = later(async () => {
  ({ ghostsOf } = await import('./ghosts.js'));
});

/** Keeps the mask layer in step with store and session. @param {Editor} editor */
export function linkScene(editor) {
  const { session, stage } = editor;
  /** @type {(keyof typeof session.state)[]} */
  const drawn = [
    'selection',
    'made',
    'hovered',
    'editing',
    'replacing',
    'opacity',
    'outlineOnly',
    'masksHidden',
    'colorBy',
    'tool',
  ];
  let queued = false;

  function update() {
    queued = false;
    const { opacity, outlineOnly } = session.state;
    stage.masks.set(items(editor), { opacity, outlineOnly });
    stage.invalidate('masks');
  }

  function queue() {
    if (queued) return;
    queued = true;
    requestAnimationFrame(update);
  }

  editor.store.subscribe(queue);
  editor.suggestions.on(() => (editor.suggestions.list.length ? ghosts().then(queue, queue) : queue()));
  editor.image.on(queue);
  session.on((changed) => drawn.some((key) => changed.has(key)) && queue());
  queue();
}

/** @param {Editor} editor @returns {MaskItem[]} */
function items(editor) {
  const { state } = editor.session;
  if (state.masksHidden) return [];
  const selected = new Set(state.selection);
  const list = editor.objects
    .ordered()
    .filter((a) => !a.hidden && a.id !== state.replacing)
    .map((annotation) => ({
      id: annotation.id,
      rle: annotation.rle,
      box: boxOf(annotation),
      color: colorOf(editor, annotation),
      style: styleOf(annotation, state, selected),
    }));
  const dashed = ghostsOf(editor);
  // Selected outlines lie on top of what covers them.
  return selected.size === 0
    ? [...dashed, ...list]
    : [...dashed, ...list.filter(({ id }) => !selected.has(id)), ...list.filter(({ id }) => selected.has(id))];
}

/**
 * @param {Annotation} annotation
 * @param {Editor['session']['state']} state
 * @param {Set<string>} selected
 * @returns {MaskStyle}
 */
function styleOf(annotation, state, selected) {
  if (state.editing) return 'dim';
  if (selected.has(annotation.id)) return 'selected';
  if (annotation.id === state.hovered || state.made.includes(annotation.id)) return 'hovered';
  return 'normal';
}
