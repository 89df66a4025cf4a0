/** The label panel: digit, colour, name, count; a search field when there are many. */

/** @import { Editor } from '../editor.js' */
import { relabel } from '../tools/object_verbs.js';
import { h, setText, swatch } from './dom.js';

/** From so many labels on, looking is slower than typing. */
const SEARCH_FROM = 10;

/** @param {Editor} editor */
export function createLabels(editor) {
  let query = '';
  const list = h('div', { class: 'label-list', role: 'listbox', 'aria-label': 'Labels' });
  const search = h('input', {
    class: 'input panel-search',
    type: 'search',
    placeholder: 'Find a label',
    'aria-label': 'Find a label',
    oninput: () => {
      query = search.value;
      render();
    },
    onkeydown: searchKey,
  });
  const element = h(
    'section',
    { class: 'panel-part panel-labels' },
    h('header', { class: 'panel-head' }, h('h2', {}, 'Labels')),
    editor.labels.length >= SEARCH_FROM && search,
    list,
  );
  /** @type {Map<string, HTMLElement>} */
  const counts = new Map();

  function render() {
    counts.clear();
    const words = query.trim().toLowerCase();
    const rows = editor.labels.flatMap((label, i) => (label.name.toLowerCase().includes(words) ? [row(label, i)] : []));
    list.replaceChildren(
      ...(rows.length > 0
        ? rows
        : [
            h(
              'p',
              { class: 'panel-empty' },
              editor.labels.length === 0
                ? 'This project has no labels yet. Add some in its settings.'
                : 'No label has that name.',
            ),
          ]),
    );
    update();
  }

  /** @param {Editor['labels'][number]} label @param {number} i */
  function row(label, i) {
    const count = h('span', { class: 'label-count' });
    counts.set(label.id, count);
    return h(
      'button',
      {
        type: 'button',
        class: 'label-row',
        role: 'option',
        'data-id': label.id,
        title: i < 9 ? `${label.name} (${i + 1})` : label.name,
        onclick: () => relabel(editor, label.id),
      },
      h('span', { class: 'label-digit' }, i < 9 ? String(i + 1) : ''),
      swatch(label.color),
      h('span', { class: 'truncate grow' }, label.name),
      count,
    );
  }

  function update() {
    /** @type {Map<string | null, number>} */
    const sums = new Map();
    for (const { label } of editor.store.all()) sums.set(label, (sums.get(label) ?? 0) + 1);
    for (const [id, count] of counts) setText(count, String(sums.get(id) ?? ''));
    for (const option of list.querySelectorAll('[data-id]')) {
      option.setAttribute('aria-selected', String(option.getAttribute('data-id') === editor.session.state.label));
    }
  }

  /** @param {KeyboardEvent} event */
  function searchKey(event) {
    const first = list.querySelector('[data-id]')?.getAttribute('data-id');
    if (event.key === 'Enter' && first) relabel(editor, first);
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    search.value = query = '';
    render();
    editor.stage.host.focus();
  }

  editor.store.subscribe(update);
  editor.image.on(update);
  editor.session.on((changed) => (changed.has('labelTick') ? render() : changed.has('label') && update()));
  render();
  return element;
}
