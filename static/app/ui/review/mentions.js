/** Names offered while somebody types `@…` in a comment. */

import { h } from '../dom.js';

/** @typedef {{ username: string, name: string }} Named */

const MOST = 6;
let lists = 0;

/** What is being typed after an `@` right before the caret: where the `@` stands, and the beginning of a name. An
 *  address (a@b) asks for nobody. @param {string} text @param {number} caret */
export function asked(text, caret) {
  const found = /(?:^|[^\w@.])@([\w.+-]*)$/.exec(text.slice(0, caret));
  return found ? { start: caret - (found[1]?.length ?? 0) - 1, prefix: (found[1] ?? '').toLowerCase() } : null;
}

/** Whose user name, or a part of whose name, begins so. @param {readonly Named[]} people @param {string} prefix */
export function suited(people, prefix) {
  const begins = (/** @type {string} */ word) => word.toLowerCase().startsWith(prefix);
  return people.filter(({ username, name }) => begins(username) || name.split(/\s+/).some(begins)).slice(0, MOST);
}

/**
 * Lets a field offer names; returns their list, to be placed below it. Arrows choose, Enter and Tab take, Escape leaves.
 * @param {HTMLTextAreaElement} field @param {() => Promise<readonly Named[]>} load who may be mentioned
 */
export function offerNames(field, load) {
  lists += 1;
  const id = `mentions-${lists}`;
  const list = h('div', { id, class: 'palette-list', role: 'listbox', 'aria-label': 'People', hidden: true });
  /** @type {readonly Named[]} */
  let shown = [];
  let at = 0;

  async function look() {
    const wanted = asked(field.value, field.selectionStart);
    const people = wanted ? await load().catch(() => []) : [];
    // While they were fetched more may have been typed.
    const now = asked(field.value, field.selectionStart);
    show(now && document.activeElement === field ? suited(people, now.prefix) : []);
  }

  /** @param {readonly Named[]} people */
  function show(people) {
    shown = people;
    at = 0;
    list.replaceChildren(...people.map(row));
    list.hidden = people.length === 0;
    mark();
  }

  /** @param {Named} person @param {number} index */
  function row(person, index) {
    return h(
      'div',
      {
        id: `${id}-${index}`,
        class: 'palette-row',
        role: 'option',
        onpointerdown: (/** @type {Event} */ event) => {
          event.preventDefault(); // the field keeps the focus
          take(person);
        },
      },
      person.name,
      h('span', { class: 'muted' }, `@${person.username}`),
    );
  }

  function mark() {
    [...list.children].forEach((each, index) => {
      each.setAttribute('aria-selected', String(index === at));
    });
    if (shown.length) field.setAttribute('aria-activedescendant', `${id}-${at}`);
    else field.removeAttribute('aria-activedescendant');
  }

  /** @param {Named} person */
  function take({ username }) {
    const wanted = asked(field.value, field.selectionStart);
    if (!wanted) return;
    field.setRangeText(`@${username} `, wanted.start, field.selectionStart, 'end');
    show([]);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const person = shown[at];
    if (!person || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowDown') at = (at + 1) % shown.length;
    else if (event.key === 'ArrowUp') at = (at + shown.length - 1) % shown.length;
    else if (event.key === 'Escape') show([]);
    else if (event.key === 'Enter' || event.key === 'Tab') take(person);
    else return;
    event.preventDefault();
    event.stopPropagation();
    mark();
  }

  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-controls', id);
  field.addEventListener('input', () => void look());
  field.addEventListener('keydown', onKey);
  field.addEventListener('blur', () => show([]));
  return list;
}
