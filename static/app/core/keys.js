/** Keys by name: "Ctrl+Shift+Z", "?", "Delete". Pure. */

/** Keys whose character already tells that Shift was held. */
const SHIFTED = /^[^a-z0-9]$/i;
/** @type {Record<string, string>} */
const NAMES = { ' ': 'Space', Esc: 'Escape', Del: 'Delete', Left: 'ArrowLeft', Right: 'ArrowRight', Up: 'ArrowUp', Down: 'ArrowDown' };

/**
 * The name of a key press. Letters follow the character typed, digits the key, so that Shift+1 is
 * Shift+1 on every layout. Where letters are not Latin they follow the key, else no command had one.
 * @param {Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>} event
 */
export function keyName(event) {
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1];
  const latin = /^Key([A-Z])$/.exec(event.code)?.[1];
  const key = digit ?? (latin && /^[^\x00-\x7f]$/.test(event.key) ? latin : event.key.length === 1 ? event.key.toUpperCase() : event.key);
  const named = NAMES[key] ?? key;
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  if (event.shiftKey && !(digit === undefined && SHIFTED.test(named))) parts.push('Shift');
  return [...parts, named].join('+');
}

/** The same spelling for a key a person or a table wrote. @param {string} text */
export function normalKey(text) {
  const parts = text.split('+').map((part) => part.trim()).filter(Boolean);
  if (text.endsWith('+')) parts.push('+');
  const key = parts.pop() ?? '';
  const named = NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  return [...['Ctrl', 'Alt', 'Shift'].filter((modifier) => parts.includes(modifier)), named].join('+');
}

/** @type {Record<string, string>} */
const SHOWN = { Escape: 'Esc', Delete: 'Del', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Enter: '↵' };

/** How a key is printed in tooltips and help. @param {string} key */
export function shownKey(key) {
  if (key === '+' || key === '-') return key;
  return normalKey(key).split('+').map((part) => SHOWN[part] ?? part).join('+') || key;
}

/**
 * @param {{ id: string, keys: string[] }[]} commands
 * @param {Record<string, string[]>} [overrides] a person's own keys by command id
 * @returns {{ byKey: Map<string, string>, conflicts: { key: string, commands: string[] }[] }}
 */
export function bindKeys(commands, overrides = {}) {
  /** @type {Map<string, string[]>} */
  const all = new Map();
  for (const { id, keys } of commands) {
    for (const key of overrides[id] ?? keys) {
      const name = normalKey(key);
      all.set(name, [...(all.get(name) ?? []), id]);
    }
  }
  return {
    byKey: new Map([...all].map(([key, ids]) => [key, /** @type {string} */ (ids[0])])),
    conflicts: [...all].filter(([, ids]) => ids.length > 1).map(([key, ids]) => ({ key, commands: ids })),
  };
}
