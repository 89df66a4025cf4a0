/** Key presses to commands. */

/** @import { Command, Editor } from '../editor.js' */
import { bindKeys, keyNames } from '../core/keys.js';
import { isTyping } from './dom.js';

/**
 * @param {Editor} editor
 * @param {Command[]} commands
 * @param {{ spaceHeld: boolean, updateCursor(): void }} pointer
 */
export function listenToKeys(editor, commands, pointer) {
  const byId = new Map(commands.map((command) => [command.id, command]));
  let bound = bindKeys(commands, keyOverrides(editor.config.preferences)).byKey;

  /** @param {KeyboardEvent} event */
  function down(event) {
    if (
      event.defaultPrevented ||
      (isTyping(event.target) && !/^F(?!10$)\d+$/.test(event.key)) ||
      document.querySelector('dialog[open]')
    )
      return;
    if (event.key === ' ' && !belongsToControl(event)) {
      event.preventDefault();
      pointer.spaceHeld = true;
      return pointer.updateCursor();
    }
    const name = keyNames(event).find((one) => bound.has(one)) ?? '';
    const command = byId.get(bound.get(name) ?? '');
    if (!command || belongsToControl(event) || (event.repeat && !command.notes.includes('repeat'))) return;
    // With nothing to walk through, Tab goes where the browser takes it.
    if (event.key === 'Tab' && !(command.enabled?.() ?? true)) return;
    event.preventDefault();
    if (command.enabled?.() ?? true) command.run();
  }

  /** @param {KeyboardEvent} event */
  function up(event) {
    if (event.key === ' ') {
      pointer.spaceHeld = false;
      pointer.updateCursor();
    }
    if (event.key === 'Control' || event.key === 'Meta') editor.tools.armed.release?.();
  }

  window.addEventListener('keydown', down);
  window.addEventListener('keyup', up);
  // Keys let go elsewhere are never told.
  window.addEventListener('blur', () => {
    pointer.spaceHeld = false;
    editor.tools.armed.release?.();
  });
  return {
    /** @param {Record<string, string[]>} overrides */
    rebind(overrides) {
      bound = bindKeys(commands, overrides).byKey;
    },
  };
}

/** @param {Record<string, unknown>} preferences @returns {Record<string, string[]>} */
export function keyOverrides(preferences) {
  const keys = preferences.keys;
  return keys && typeof keys === 'object' ? /** @type {Record<string, string[]>} */ (keys) : {};
}

/** Enter and Space press a focused control, arrows move a slider, Tab leaves the stage when nothing can be cycled. @param {KeyboardEvent} event */
function belongsToControl(event) {
  const { target } = event;
  if (!(target instanceof HTMLElement) || target === document.body || target.matches('.stage')) return false;
  if (event.key === 'Enter')
    return target.matches('button, a, summary, [role="option"], [role="menuitem"]') && !event.ctrlKey;
  if (event.key === ' ') return target.matches('button, a, summary, input, [role="option"], [role="menuitem"]');
  if (event.key === 'Tab') return true;
  return event.key.startsWith('Arrow') && target.matches('input, [role="listbox"], [role="option"]');
}
