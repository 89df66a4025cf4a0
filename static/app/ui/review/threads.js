/** The comments of the open image: threads with their answers. */

/** @import { Comment, Thread } from '../../api/schema.d.ts' */
/** @import { Editor } from '../../editor.js' */
/** @import { ReviewModel } from './model.js' */
/** @import { createPins } from './pins.js' */
import { showBox } from '../../view/viewport.js';
import { h, iconButton, setText } from '../dom.js';
import { smallButton } from '../popover.js';
import { createComposer, sendByKey } from './composer.js';
import { offerNames } from './mentions.js';
import { about, ago, numbered, pieces } from './words.js';

/** Image pixels around a place that are shown with it. */
const AROUND = 120;

/** @param {Editor} editor @param {ReviewModel} model @param {ReturnType<typeof createPins>} pins */
export function createThreads(editor, model, pins) {
  const list = h('ul', { class: 'review-rows threads' });
  const settled = h('ul', { class: 'review-rows threads' });
  const summary = h('summary', { class: 'muted' });
  const old = h('details', { hidden: true }, summary, settled);
  const composer = createComposer(editor, model, pins);
  const element = h('div', { class: 'review-comments' }, h('h3', {}, 'Comments'), list, old, composer.element);
  /** Text of answers that are being written, by thread. @type {Map<string, string>} */
  const drafts = new Map();

  const failed = (/** @type {Error} */ error) => editor.notify({ message: error.message, kind: 'error' });

  function draw() {
    const focus = document.activeElement?.closest('[data-thread]')?.getAttribute('data-thread');
    const rows = numbered(model.threads);
    const row = (/** @type {{ thread: Thread, number: number }} */ one) => threadRow(one.thread, one.number);
    list.replaceChildren(...rows.filter(({ thread }) => !thread.resolved_at).map(row));
    const done = rows.filter(({ thread }) => thread.resolved_at);
    settled.replaceChildren(...done.map(row));
    old.hidden = done.length === 0;
    setText(summary, `${done.length} settled`);
    if (focus) element.querySelector(`[data-thread="${focus}"] textarea`)?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {Thread} thread @param {number} number */
  function threadRow(thread, number) {
    const field = h('textarea', {
      class: 'input',
      rows: '1',
      placeholder: 'Answer',
      'aria-label': `Answer to comment ${number}`,
      oninput: () => drafts.set(thread.id, field.value),
      onkeydown: (/** @type {KeyboardEvent} */ event) => sendByKey(event, send),
    });
    field.value = drafts.get(thread.id) ?? '';
    async function send() {
      const text = field.value.trim();
      if (!text) return field.focus();
      drafts.delete(thread.id);
      await model.answer(thread.id, text).catch((error) => {
        drafts.set(thread.id, text);
        failed(error);
      });
    }
    const open = !thread.resolved_at;
    const names = editor.canEdit && open && offerNames(field, () => model.people(editor.config.project.id));
    const settle = () => void model.settle(thread.id, open).catch(failed);
    return h(
      'li',
      { class: 'thread', 'data-thread': thread.id },
      h(
        'div',
        { class: 'row' },
        h('button', { type: 'button', class: 'pin-number', title: 'Show it', onclick: () => reveal(thread) }, number),
        h('span', { class: 'muted grow' }, about(thread)),
        editor.canEdit && smallButton(open ? 'Settle' : 'Open again', settle),
      ),
      ...thread.comments.map((comment) =>
        commentRow(comment, editor, () => void model.takeBack(comment.id).catch(failed)),
      ),
      !open && h('p', { class: 'muted' }, `Settled by ${thread.resolved_by?.name ?? 'somebody who left'}.`),
      editor.canEdit &&
        open &&
        h(
          'div',
          { class: 'row answer' },
          field,
          smallButton('Answer', () => void send()),
        ),
      names,
    );
  }

  /** @param {Thread} thread */
  function reveal(thread) {
    const place = pins.placeOf(thread);
    if (!place) return;
    if (thread.annotation) editor.session.set({ selection: [thread.annotation] });
    const { x, y } = place;
    editor.stage.viewport = showBox(editor.stage.viewport, [x - AROUND, y - AROUND, x + AROUND, y + AROUND]);
  }

  model.on(draw);
  draw();
  return {
    element,
    /** @param {string} thread */
    show(thread) {
      const row = element.querySelector(`[data-thread="${thread}"]`);
      row?.closest('details')?.setAttribute('open', '');
      row?.scrollIntoView({ block: 'nearest' });
      row?.querySelector('textarea')?.focus();
    },
    write: composer.begin,
  };
}

/** @param {Comment} comment @param {Editor} editor @param {() => void} takeBack */
function commentRow({ author, text, created, mentions }, { config }, takeBack) {
  const mine = author?.id === config.user.id || ['owner', 'manager'].includes(config.role);
  const words = pieces(text, mentions).map((part) =>
    part.name ? h('span', { class: 'mention', title: part.name }, part.text) : part.text,
  );
  return h(
    'div',
    { class: 'comment' },
    h(
      'div',
      { class: 'row' },
      h('strong', {}, author?.name ?? 'Somebody who left'),
      h('time', { class: 'muted grow', datetime: created, title: new Date(created).toLocaleString() }, ago(created)),
      mine && iconButton('trash-2', 'Delete this comment', takeBack),
    ),
    h('p', {}, ...words),
  );
}
