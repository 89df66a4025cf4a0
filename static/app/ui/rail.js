/** The tool rail: one button per tool, from the command table. */

/** @import { Command, Editor } from '../editor.js' */
import { shownKey } from '../core/keys.js';
import { h, icon } from './dom.js';

/** Commands on the rail, in groups. */
const RAIL = [
  ['tool.smart', 'tool.box', 'tool.polygon', 'tool.brush', 'tool.eraser', 'tool.wand'],
  ['tool.select', 'tool.pan'],
  ['edit.undo', 'edit.redo'],
  ['view.fit', 'help.show'],
];

/**
 * @param {Editor} editor
 * @param {Command[]} commands
 * @param {(command: Command) => string[]} keysOf the person's own keys, or the table's
 */
export function createRail(editor, commands, keysOf) {
  const byId = new Map(commands.map((command) => [command.id, command]));
  /** @type {{ command: Command, button: HTMLButtonElement }[]} */
  const buttons = [];
  const groups = RAIL.map((ids) => h('div', { class: 'rail-group' }, ...ids.flatMap((id) => {
    const command = byId.get(id);
    if (!command) return [];
    const button = h('button', { type: 'button', class: 'rail-button', onclick: () => command.run() }, icon(command.icon ?? 'circle'));
    nameButton(button, command.name, keysOf(command)[0]);
    buttons.push({ command, button });
    return [button];
  })));
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
  return { element, showKeys() { for (const { command, button } of buttons) nameButton(button, command.name, keysOf(command)[0]); } };
}

/** @param {HTMLButtonElement} button @param {string} name @param {string | undefined} key */
function nameButton(button, name, key) {
  const title = key ? `${name} (${shownKey(key)})` : name;
  button.title = title;
  button.setAttribute('aria-label', title);
  button.setAttribute('aria-keyshortcuts', key?.replace('Ctrl', 'Control') ?? '');
  const letter = key ? shownKey(key) : '';
  if (letter.length === 1) button.dataset['key'] = letter;
  else delete button.dataset['key'];
}
