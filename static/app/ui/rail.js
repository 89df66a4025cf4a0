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
 */
export function createRail(editor, commands) {
  const byId = new Map(commands.map((command) => [command.id, command]));
  /** @type {{ command: Command, button: HTMLButtonElement }[]} */
  const buttons = [];
  const groups = RAIL.map((ids) => h('div', { class: 'rail-group' }, ...ids.flatMap((id) => {
    const command = byId.get(id);
    if (!command) return [];
    const button = railButton(command);
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
  return element;
}

/** @param {Command} command */
function railButton(command) {
  const key = command.keys[0];
  const title = key ? `${command.name} (${shownKey(key)})` : command.name;
  return h('button', { type: 'button', class: 'rail-button', title, 'aria-label': title, 'aria-keyshortcuts': key ?? null, 'data-key': key && shownKey(key).length === 1 ? shownKey(key) : null, onclick: () => command.run() },
    icon(command.icon ?? 'circle'));
}
