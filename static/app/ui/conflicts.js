/** When two people changed the same object: keep mine, take theirs, keep both. */

/** @import { Conflict } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { shapeOf } from '../view/shapes.js';
import { h, iconButton } from './dom.js';

const SIDE = 150;

/** @param {Editor} editor */
export function createConflicts(editor) {
  const list = h('div', { class: 'conflict-list' });
  const dialog = h('dialog', { class: 'dialog conflicts', 'aria-labelledby': 'conflicts-title' },
    h('header', { class: 'dialog-head' }, h('h2', { id: 'conflicts-title' }, 'Changed by two people'), h('span', { class: 'grow' }), iconButton('x', 'Decide later', () => dialog.close())), list);

  function render() {
    const { state } = editor.outbox;
    const conflicts = state.kind === 'conflict' ? state.conflicts : [];
    if (conflicts.length === 0 && dialog.open) dialog.close();
    list.replaceChildren(...conflicts.map(row));
  }

  /** @param {Conflict} conflict */
  function row(conflict) {
    const { mine, theirs, message } = conflict;
    const choose = (/** @type {'mine' | 'theirs' | 'both'} */ choice) => () => editor.outbox.resolve(conflict, choice)
      .catch((error) => editor.notify({ message: `The decision was not stored. ${error.message}`, kind: 'error' }));
    const label = editor.labels.find(({ id }) => id === (mine ?? theirs)?.label)?.name ?? 'Object';
    return h('section', { class: 'conflict' }, h('h3', {}, label), message && h('p', { class: 'muted' }, message),
      h('div', { class: 'conflict-sides' }, side(editor, 'Mine', mine, 'you deleted it'), side(editor, 'Theirs', theirs, 'it was deleted')),
      h('div', { class: 'row' }, button('Keep mine', choose('mine'), true), button('Take theirs', choose('theirs')), mine && theirs ? button('Keep both', choose('both')) : null));
  }

  function show() {
    render();
    if (editor.outbox.state.kind === 'conflict' && !dialog.open) dialog.showModal();
  }

  editor.outbox.onState(render);
  return { element: dialog, show };
}

/** @param {string} name @param {() => void} run @param {boolean} [primary] */
function button(name, run, primary = false) {
  return h('button', { type: 'button', class: `button button-small${primary ? ' button-primary' : ''}`, onclick: run }, name);
}

/** @param {Editor} editor @param {string} name @param {Conflict['mine']} annotation @param {string} instead where there is none */
function side(editor, name, annotation, instead) {
  const label = editor.labels.find(({ id }) => id === annotation?.label);
  const canvas = h('canvas', { width: SIDE, height: SIDE, class: 'conflict-picture', 'aria-hidden': 'true' });
  const context = canvas.getContext('2d');
  if (annotation && context) {
    const shape = shapeOf(annotation.rle);
    const [x0, y0, x1, y1] = shape.box;
    const scale = (SIDE - 16) / Math.max(1, x1 - x0, y1 - y0);
    context.setTransform(scale, 0, 0, scale, SIDE / 2 - ((x0 + x1) / 2) * scale, SIDE / 2 - ((y0 + y1) / 2) * scale);
    context.fillStyle = label?.color ?? '#7f7f7f';
    context.fill(shape.path(scale), 'evenodd');
  }
  return h('figure', {}, canvas, h('figcaption', {}, annotation ? `${name}: ${label?.name ?? 'no label'} · ${annotation.area.toLocaleString('en')} px` : `${name}: ${instead}`));
}
