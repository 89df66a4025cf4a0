/** The panel of an image's review: how it stands, what is to be decided, what looks doubtful, what changed, what people say. */

/** @import { Editor } from '../../editor.js' */
/** @import { createComparison } from './compare.js' */
/** @import { createDecisions } from './decide.js' */
/** @import { ReviewModel } from './model.js' */
/** @import { createThreads } from './threads.js' */
import { h, icon } from '../dom.js';
import { popover, smallButton } from '../popover.js';
import { sendByKey } from './composer.js';
import { STATES, standing } from './words.js';

/**
 * @param {Editor} editor
 * @param {ReviewModel} model
 * @param {{ decisions: ReturnType<typeof createDecisions>, comparison: ReturnType<typeof createComparison>, threads: ReturnType<typeof createThreads> }} parts
 */
export function createPanel(editor, model, { decisions, comparison, threads }) {
  const state = h('div', { class: 'review-state' });
  const returning = createReturning(decisions.sendBack);
  const buttons = h('div', { class: 'row review-buttons' });
  const body = h(
    'div',
    { class: 'review-body' },
    state,
    buttons,
    returning.element,
    comparison.element,
    threads.element,
  );
  const element = popover('Review and comments', { class: 'review', close, onkeydown }, body);

  function draw() {
    const { review } = model;
    if (!review) return state.replaceChildren(h('p', { class: 'muted' }, 'Loading…'));
    const chip = review.review === 'none' ? null : STATES[review.review];
    state.replaceChildren(
      ...[
        chip && h('span', { class: `chip ${chip[0]}` }, icon(chip[1]), chip[2]),
        h('p', {}, standing(review, editor.config.user.id)),
        review.review === 'waiting' && !review.may_decide && h('p', { class: 'muted' }, review.why_not),
        review.review === 'waiting' && review.reasons.length > 0 && reasons(review.reasons),
      ].filter((part) => part instanceof Node),
    );
    buttons.replaceChildren(
      ...(model.decides
        ? [
            smallButton('Accept', () => void decisions.accept(), 'button-primary'),
            smallButton('Return…', returning.begin),
            h('span', { class: 'grow' }),
            smallButton('Next', () => void decisions.next()),
          ]
        : []),
    );
    for (const button of buttons.querySelectorAll('button'))
      button.title = { Accept: 'Shift+K', 'Return…': 'Shift+T', Next: 'Shift+J' }[button.textContent ?? ''] ?? '';
    if (!model.decides) returning.close();
  }

  /** @param {{ text: string, objects: string[] }[]} rows */
  function reasons(rows) {
    return h(
      'div',
      { class: 'review-reasons' },
      ...rows.map(({ text, objects }) =>
        h(
          'button',
          {
            type: 'button',
            class: 'chip chip-warning',
            disabled: objects.length === 0,
            title: objects.length ? 'Select what it is about' : null,
            onclick: () => editor.session.set({ selection: objects.filter((id) => editor.store.get(id)) }),
          },
          text,
        ),
      ),
    );
  }

  function close() {
    element.hidden = true;
    editor.stage.host.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  function onkeydown(event) {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    close();
  }

  model.on(draw);
  draw();
  return {
    element,
    show() {
      element.hidden = false;
    },
    toggle() {
      if (element.hidden) element.hidden = false;
      else close();
    },
    /** Asks what is to be changed. */
    sendBack() {
      element.hidden = false;
      returning.begin();
    },
  };
}

/** What is to be changed, before an image is returned. @param {(text: string) => Promise<boolean>} send */
function createReturning(send) {
  const field = h('textarea', {
    class: 'input',
    rows: '2',
    'aria-label': 'What is to be changed',
    placeholder: 'What is to be changed? Not needed where a comment says it.',
    onkeydown: (/** @type {KeyboardEvent} */ event) => sendByKey(event, go),
  });
  const element = h(
    'div',
    { class: 'composer', hidden: true },
    field,
    h('div', { class: 'row' }, h('span', { class: 'grow' }), smallButton('Keep it', close), smallButton('Return', go)),
  );

  async function go() {
    if (!(await send(field.value.trim()))) return;
    field.value = '';
    close();
  }

  function close() {
    element.hidden = true;
  }

  return {
    element,
    close,
    begin() {
      element.hidden = false;
      field.focus();
    },
  };
}
