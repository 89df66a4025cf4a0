/** The help overlay: every key, from the command table, and the project's guidelines. */

/** @import { Command, Editor } from '../editor.js' */
import { shownKey } from '../core/keys.js';
import { h, iconButton } from './dom.js';

/** What is not a command but a way to use the mouse. */
const GESTURES = [
  ['Click', 'add to the object'],
  ['Shift, Alt or right click', 'take away from it'],
  ['Drag', 'box around the object'],
  ['Click a point', 'remove it'],
  ['Drag a point', 'move it'],
  ['Hold Ctrl', 'set several points, then decode'],
  ['Wheel', 'zoom at the cursor'],
  ['Space or middle button + drag', 'move the photo'],
  ['Alt + wheel', 'next candidate, brush size'],
  ['Two fingers', 'zoom and move'],
  ['Long press', 'take away'],
];

/**
 * @param {Editor} editor
 * @param {Command[]} commands
 * @param {{ keysOf(command: Command): string[], customise?: () => void }} options
 */
export function createHelp(editor, commands, { keysOf, customise }) {
  const body = h('div', { class: 'help-columns' });
  const dialog = h(
    'dialog',
    { class: 'dialog help', 'aria-labelledby': 'help-title' },
    h(
      'header',
      { class: 'dialog-head' },
      h('h2', { id: 'help-title' }, 'Keys and help'),
      h('span', { class: 'grow' }),
      customise &&
        h(
          'button',
          {
            type: 'button',
            class: 'button button-small',
            onclick: () => {
              dialog.close();
              customise();
            },
          },
          'Change keys',
        ),
      iconButton('x', 'Close', () => dialog.close()),
    ),
    body,
  );

  function fill() {
    const groups = grouped(commands);
    const sections = [...groups].map(([group, list]) =>
      section(
        group,
        list
          .filter((c) => keysOf(c).length > 0)
          .map((c) => [keysOf(c).map((key) => h('kbd', {}, shownKey(key))), c.name]),
      ),
    );
    const { guidelines } = editor.config.project;
    body.replaceChildren(
      ...(guidelines
        ? [
            h(
              'section',
              { class: 'help-guidelines' },
              h('h3', {}, 'Guidelines of this project'),
              h('p', {}, guidelines),
            ),
          ]
        : []),
      section(
        'Mouse, pen and touch',
        GESTURES.map(([gesture, what]) => [[h('span', { class: 'help-gesture' }, gesture ?? '')], what ?? '']),
      ),
      ...sections,
    );
  }

  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  return {
    element: dialog,
    show() {
      fill();
      dialog.showModal();
    },
  };
}

/** @param {Command[]} commands */
function grouped(commands) {
  /** @type {Map<string, Command[]>} */
  const groups = new Map();
  for (const command of commands) groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  return groups;
}

/** @param {string} title @param {[keys: Node[], what: string][]} rows */
function section(title, rows) {
  return h(
    'section',
    {},
    h('h3', {}, title),
    h(
      'dl',
      { class: 'help-keys' },
      ...rows.flatMap(([keys, what]) => [
        h('dt', {}, ...keys.flatMap((key, i) => [i > 0 ? ' ' : '', key])),
        h('dd', {}, what),
      ]),
    ),
  );
}
