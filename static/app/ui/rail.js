/** The tool rail: one button per tool, from the commands. */

/** @import { Command, Editor } from '../editor.js' */
import { shownKey } from '../core/keys.js';
import { h, icon } from './dom.js';

/** Notes of the command table: its groups, top to bottom. */
const RAIL = ['rail1', 'rail2', 'rail3', 'rail4'];

/**
 * @param {Editor} editor
 * @param {Command[]} commands
 * @param {(command: Command) => string[]} keysOf the person's own keys, or the table's
 */
export function createRail(editor, commands, keysOf) {
  /** @type {{ command: Command, button: HTMLButtonElement }[]} */
  const buttons = [];
  const groups = RAIL.map((note) =>
    h(
      'div',
      { class: 'rail-group' },
      ...commands
        .filter(({ notes }) => notes.includes(note))
        .map((command) => {
          const button = h(
            'button',
            { type: 'button', class: 'rail-button', onclick: () => command.run() },
            icon(command.icon),
          );
          nameButton(button, command.name, keysOf(command)[0]);
          buttons.push({ command, button });
          return button;
        }),
    ),
  );
  const element = h('nav', { class: 'rail', 'aria-label': 'Tools' }, ...groups);

  function update() {
    for (const { command, button } of buttons) {
      if (command.pressed) button.setAttribute('aria-pressed', String(command.pressed()));
      button.disabled = !(command.enabled?.() ?? true);
    }
  }
  editor.session.on(update);
  editor.store.subscribe(update);
  editor.image.on(update);
  update();
  return {
    element,
    showKeys() {
      for (const { command, button } of buttons) nameButton(button, command.name, keysOf(command)[0]);
    },
  };
}

/** @param {HTMLButtonElement} button @param {string} name @param {string | undefined} key */
function nameButton(button, name, key) {
  const title = key ? `${name} (${shownKey(key)})` : name;
  button.title = title;
  button.setAttribute('aria-label', title);
  button.setAttribute('aria-keyshortcuts', key?.replace('Ctrl', 'Control') ?? '');
  const letter = key ? shownKey(key) : '';
  if (letter.length === 1) button.dataset.key = letter;
  else delete button.dataset.key;
}
