/** What waits for a decision. When two people changed the same object: keep mine, take theirs, keep both. What the server
 *  refused for another reason is no conflict (refusals.js). */

/** @import { Conflict } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { h, iconButton, setText } from './dom.js';
import { button, side } from './conflict_parts.js';
import { refusalRows } from './refusals.js';

/** @param {Editor} editor */
export function createConflicts(editor) {
  const list = h('div', { class: 'conflict-list' });
  const title = h('h2', { id: 'conflicts-title' });
  const dialog = h(
    'dialog',
    { class: 'dialog conflicts', 'aria-labelledby': 'conflicts-title' },
    h(
      'header',
      { class: 'dialog-head' },
      title,
      h('span', { class: 'grow' }),
      iconButton('x', 'Decide later', () => dialog.close()),
    ),
    list,
  );

  function render() {
    const { state } = editor.outbox;
    const conflicts = state.kind === 'conflict' ? state.conflicts : [];
    if (conflicts.length === 0 && dialog.open) dialog.close();
    const [twice, refused] = [conflicts.filter(({ theirs }) => theirs), conflicts.filter(({ theirs }) => !theirs)];
    setText(
      title,
      refused.length === 0 ? 'Changed by two people' : twice.length === 0 ? 'Not accepted' : 'Changes to decide about',
    );
    list.replaceChildren(...twice.map(row), ...refusalRows(editor, refused));
  }

  /** @param {Conflict} conflict */
  function row(conflict) {
    const { mine, theirs, message } = conflict;
    const choose = (/** @type {'mine' | 'theirs' | 'both'} */ choice) => () =>
      editor.outbox
        .resolve(conflict, choice)
        .catch((error) => editor.notify({ message: `The decision was not stored. ${error.message}`, kind: 'error' }));
    const label = editor.labels.find(({ id }) => id === (mine ?? theirs)?.label)?.name ?? 'Object';
    return h(
      'section',
      { class: 'conflict' },
      h('h3', {}, label),
      message && h('p', { class: 'muted' }, message),
      h(
        'div',
        { class: 'conflict-sides' },
        side(editor, 'Mine', mine, 'you deleted it'),
        side(editor, 'Theirs', theirs, 'it was deleted'),
      ),
      h(
        'div',
        { class: 'row' },
        button('Keep mine', choose('mine'), true),
        button('Take theirs', choose('theirs')),
        mine && theirs ? button('Keep both', choose('both')) : null,
      ),
    );
  }

  function show() {
    render();
    if (editor.outbox.state.kind === 'conflict' && !dialog.open) dialog.showModal();
  }

  editor.outbox.onState(render);
  return { element: dialog, show };
}
