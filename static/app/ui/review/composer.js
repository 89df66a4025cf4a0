/** The field for a new comment, and what it is about. */

/** @import { Point } from '../../core/geometry.js' */
/** @import { Editor } from '../../editor.js' */
/** @import { ReviewModel } from './model.js' */
/** @import { createPins } from './pins.js' */
import { h, iconButton, setText } from '../dom.js';
import { smallButton } from '../popover.js';
import { offerNames } from './mentions.js';

/** @typedef {{ at: Point } | { annotation: string } | null} Subject what a new comment is about; null: the image */

/** @param {Editor} editor @param {ReviewModel} model @param {ReturnType<typeof createPins>} pins */
export function createComposer(editor, model, pins) {
  /** @type {Subject} */
  let subject = null;
  const field = h('textarea', {
    class: 'input',
    rows: '2',
    'aria-label': 'New comment',
    placeholder: 'Write a comment; @name mentions somebody',
    onkeydown: (/** @type {KeyboardEvent} */ event) => sendByKey(event, send),
  });
  const where = h('span', { class: 'muted grow' });
  const element = h(
    'div',
    { class: 'composer', hidden: !editor.canEdit },
    field,
    offerNames(field, () => model.people(editor.config.project.id)),
    h(
      'div',
      { class: 'row' },
      iconButton('crosshair', 'Pin it to a place on the photo', () => pins.ask((at) => begin({ at }))),
      iconButton('square-dashed', 'About the selected object', () => begin(selected())),
      where,
      smallButton('Comment', () => void send(), 'button-primary'),
    ),
  );

  /** @returns {Subject} */
  function selected() {
    const [annotation] = editor.session.state.selection;
    if (!annotation) editor.notify({ message: 'Select an object first (V), then say what it is about.' });
    return annotation ? { annotation } : null;
  }

  /** @param {Subject} about */
  function begin(about) {
    subject = about;
    pins.draft(about && 'at' in about ? about.at : null);
    const words = about && 'at' in about ? `at ${Math.round(about.at.x)}, ${Math.round(about.at.y)}` : 'on the object';
    setText(where, about ? words : 'on the image');
    field.focus();
  }

  async function send() {
    const text = field.value.trim();
    if (!text) return field.focus();
    const about =
      subject === null
        ? {}
        : 'at' in subject
          ? { x: subject.at.x, y: subject.at.y }
          : { annotation: subject.annotation };
    try {
      await editor.outbox.flush(); // the object it is about may be on its way
      await model.say({ text, ...about });
      clear();
    } catch (error) {
      editor.notify({ message: error instanceof Error ? error.message : String(error), kind: 'error' });
    }
  }

  function clear() {
    field.value = '';
    subject = null;
    pins.draft(null);
    setText(where, 'on the image');
  }

  editor.image.on(() => {
    if (editor.image.phase === 'loading') clear();
  });
  clear();
  return { element, begin };
}

/** @param {KeyboardEvent} event @param {() => unknown} send */
export function sendByKey(event, send) {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.stopPropagation();
  void send();
}
