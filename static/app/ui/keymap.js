/** Changing keys: press the new key for a command; conflicts are shown; stored with the account. */

/** @import { Command } from '../editor.js' */
import { bindKeys, keyNames, shownKey } from '../core/keys.js';
import { h, icon, iconButton } from './dom.js';

/** Keys for hands used to another tool. What has to make room takes a key that became free, so that no preset has conflicts.
 *  @type {Record<string, Record<string, string[]>>} */
export const PRESETS = {
  'CVAT (default)': {},
  'X-AnyLabeling': {
    'image.next': ['D', 'ArrowRight'],
    'image.previous': ['A', 'ArrowLeft'],
    'image.forward': ['Shift+D'],
    'image.back': ['Shift+A'],
    'suggest.accept': ['Y'],
    'suggest.acceptAll': ['Shift+F'],
    'tool.suggest': ['F'],
  },
};
const OWN = 'Your own keys';

/** What a press is kept as: what it types, or its place where nobody else could type that. @param {Parameters<typeof keyNames>[0]} event */
export function writtenKey(event) {
  const names = keyNames(event);
  return names.find((name) => /^[ -~]+$/.test(name)) ?? names[0] ?? '';
}

/** The preset that these keys are, key by key. @param {Record<string, string[]>} keys */
export function presetOf(keys) {
  const text = (/** @type {Record<string, string[]>} */ of) => JSON.stringify(Object.entries(of).sort());
  return Object.entries(PRESETS).find(([, preset]) => text(preset) === text(keys))?.[0] ?? OWN;
}

/**
 * @param {Command[]} commands
 * @param {Record<string, string[]>} initial
 * @param {(overrides: Record<string, string[]>) => void} changed
 */
export function createKeymap(commands, initial, changed) {
  let overrides = { ...initial };
  /** @type {string | null} command waiting for its key */
  let waiting = null;
  const warning = h('div', { role: 'status' });
  const table = h('div', { class: 'keymap-table' });
  const preset = h(
    'select',
    { class: 'input', 'aria-label': 'Preset', onchange: () => set(PRESETS[preset.value] ?? {}) },
    ...[...Object.keys(PRESETS), OWN].map((name) => h('option', { value: name, hidden: name === OWN }, name)),
  );
  const dialog = h(
    'dialog',
    { class: 'dialog keymap', 'aria-labelledby': 'keymap-title', onkeydown: key },
    h(
      'header',
      { class: 'dialog-head' },
      h('h2', { id: 'keymap-title' }, 'Change keys'),
      h('span', { class: 'grow' }),
      preset,
      h('button', { type: 'button', class: 'button button-small', onclick: () => set({}) }, 'Reset all'),
      iconButton('x', 'Close', () => dialog.close()),
    ),
    warning,
    table,
  );

  /** @param {Command} command */
  const keysOf = ({ id, keys }) => overrides[id] ?? keys;

  /** @param {Record<string, string[]>} next */
  function set(next) {
    overrides = { ...next };
    changed(overrides);
    render();
  }

  function render() {
    const { conflicts } = bindKeys(commands, overrides);
    preset.value = presetOf(overrides);
    const clashing = new Set(conflicts.flatMap((c) => c.commands));
    warning.replaceChildren(...conflicts.map((conflict) => notice(conflict, commands)));
    table.replaceChildren(
      ...commands.map((command) =>
        row(command.name, {
          keys: waiting === command.id ? null : keysOf(command),
          clashes: clashing.has(command.id),
          own: command.id in overrides,
          change: () => waitFor(command.id),
          reset() {
            const { [command.id]: _, ...rest } = overrides;
            set(rest);
          },
        }),
      ),
    );
  }

  /** @param {string} id of the command that takes the next key */
  function waitFor(id) {
    waiting = id;
    render();
    dialog.focus();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (!waiting || ['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const id = waiting;
    waiting = null;
    if (event.key === 'Escape') render();
    else set({ ...overrides, [id]: [writtenKey(event)] });
  }

  return {
    element: dialog,
    keysOf,
    show() {
      render();
      dialog.showModal();
    },
  };
}

/** Two commands with one key. @param {ReturnType<typeof bindKeys>['conflicts'][number]} conflict @param {Command[]} commands */
function notice({ key, commands: ids }, commands) {
  const names = ids.map((id) => `“${commands.find((command) => command.id === id)?.name ?? id}”`);
  return h(
    'p',
    { class: 'notice notice-warning' },
    icon('triangle-alert'),
    h('span', {}, h('kbd', {}, shownKey(key)), ` is used by ${names.join(' and ')}; only the first of them gets it.`),
  );
}

/**
 * One command with its keys.
 * @param {string} name
 * @param {{ keys: string[] | null, clashes: boolean, own: boolean, change: () => void, reset: () => void }} state `keys` is
 *   null while the next press is the new key; `own`: they are not the usual ones
 */
function row(name, { keys, clashes, own, change, reset }) {
  return h(
    'div',
    { class: `keymap-row${clashes ? ' keymap-clash' : ''}` },
    h('span', { class: 'grow' }, name),
    keys
      ? h('span', {}, ...keys.flatMap((key) => [h('kbd', {}, shownKey(key)), ' ']))
      : h('em', {}, 'Press a key, Esc to leave'),
    h(
      'button',
      { type: 'button', class: 'button button-small', 'aria-label': `Change the key of ${name}`, onclick: change },
      'Change',
    ),
    iconButton('rotate-ccw', `Default key for ${name}`, reset, { disabled: !own }),
  );
}
