/** The command palette: every command by name. */

/** @import { Command } from '../editor.js' */
import { shownKey } from '../core/keys.js';
import { h, icon } from './dom.js';

/** @param {Command[]} commands @param {(command: Command) => string[]} keysOf */
export function createPalette(commands, keysOf) {
  const list = h('div', { class: 'palette-list', role: 'listbox', id: 'palette-list', 'aria-label': 'Commands' });
  const input = h('input', {
    class: 'palette-input',
    type: 'text',
    placeholder: 'Type a command',
    role: 'combobox',
    'aria-expanded': 'true',
    'aria-controls': 'palette-list',
    'aria-label': 'Command',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const dialog = h(
    'dialog',
    { class: 'dialog palette', 'aria-label': 'All commands' },
    h('div', { class: 'palette-head' }, icon('search'), input),
    list,
  );
  /** @type {Command[]} */
  let found = [];
  let at = 0;

  function render() {
    found = rank(commands, input.value);
    at = Math.min(at, Math.max(0, found.length - 1));
    list.replaceChildren(
      ...(found.length > 0 ? found.map(option) : [h('p', { class: 'panel-empty' }, 'No command has that name.')]),
    );
    mark();
  }

  /** @param {Command} command @param {number} index */
  function option(command, index) {
    const enabled = command.enabled?.() ?? true;
    return h(
      'div',
      {
        class: 'palette-row',
        role: 'option',
        id: `palette-${index}`,
        'aria-disabled': String(!enabled),
        onclick: () => pick(index),
        onpointermove: () => {
          at = index;
          mark();
        },
      },
      icon(command.icon),
      h('span', { class: 'grow truncate' }, command.name),
      h('span', { class: 'muted' }, command.group),
      ...keysOf(command)
        .slice(0, 1)
        .map((key) => h('kbd', {}, shownKey(key))),
    );
  }

  function mark() {
    for (const [i, row] of [...list.children].entries()) row.setAttribute('aria-selected', String(i === at));
    list.children[at]?.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', `palette-${at}`);
  }

  /** @param {number} index */
  function pick(index) {
    const command = found[index];
    if (!command || !(command.enabled?.() ?? true)) return;
    dialog.close();
    command.run();
  }

  input.addEventListener('input', () => {
    at = 0;
    render();
  });
  input.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) {
      at = (at + step + found.length) % found.length;
      mark();
    } else if (event.key === 'Enter') pick(at);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  return {
    element: dialog,
    show() {
      input.value = '';
      at = 0;
      dialog.showModal();
      render();
      input.focus();
    },
  };
}

/**
 * Commands whose name holds every word: those that begin with the query, those that hold it as it was typed, those that
 * begin with its first word, the others.
 * @template {{ name: string, group: string }} T
 * @param {T[]} commands
 * @param {string} query
 * @returns {T[]}
 */
export function rank(commands, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const phrase = words.join(' ');
  const hits = commands.filter(({ name, group }) =>
    words.every((word) => `${name} ${group}`.toLowerCase().includes(word)),
  );
  const place = (/** @type {T} */ { name }) => {
    const at = name.toLowerCase().indexOf(phrase);
    return at === 0 ? 0 : at > 0 ? 1 : name.toLowerCase().startsWith(words[0] ?? '') ? 2 : 3;
  };
  return hits
    .map((hit, i) => ({ hit, i }))
    .sort((a, b) => place(a.hit) - place(b.hit) || a.i - b.i)
    .map(({ hit }) => hit);
}
