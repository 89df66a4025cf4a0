/** Keys by name: "Ctrl+Shift+Z", "?", "Delete". Pure. */

/** Keys whose character already tells that Shift was held. */
const SHIFTED = /^[^a-z0-9]$/i;
/** @type {Record<string, string>} */
const NAMES = {
  ' ': 'Space',
  Esc: 'Escape',
  Del: 'Delete',
  Left: 'ArrowLeft',
  Right: 'ArrowRight',
  Up: 'ArrowUp',
  Down: 'ArrowDown',
};

/**
 * The names of a key press, the one that counts first. The character typed wins over the place of the key: `[` is `[` however
 * a layout makes it. Only where nothing has that character the place helps: digits of the row above the letters (French
 * layouts type `&` there), letters where they are not Latin. Shift with a digit's key is first of all that, everywhere.
 * @param {Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'> & Partial<KeyboardEvent>} event
 */
export function keyNames(event) {
  const { key, code } = event;
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  const typed = NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  const sign = SHIFTED.test(typed);
  // AltGr is a layout's third level: what it types is a character like any other, the key below is not meant.
  if (event.getModifierState?.('AltGraph')) return [typed];
  const held = [(event.ctrlKey || event.metaKey) && 'Ctrl', event.altKey && 'Alt', event.shiftKey && 'Shift'];
  /** @param {string} name @param {boolean} [unshifted] */
  const withHeld = (name, unshifted) => [...(unshifted ? held.slice(0, 2) : held), name].filter(Boolean).join('+');
  const names = [withHeld(typed, sign || digit === key)];
  if (letter && /^[^ -~]$/.test(key)) names.push(withHeld(letter));
  // The same level on a Mac is Option, on old browsers of Windows Ctrl and Alt.
  else if (sign && event.altKey && (event.ctrlKey || digit || letter)) names.push(typed);
  else if (digit && event.shiftKey) names.unshift(withHeld(digit));
  else if (digit) names.push(withHeld(digit));
  return names;
}

/** The same spelling for a key a person or a table wrote. @param {string} text */
export function normalKey(text) {
  const parts = text
    .split('+')
    .map((part) => part.trim())
    .filter(Boolean);
  if (text.endsWith('+')) parts.push('+');
  const key = parts.pop() ?? '';
  const named = NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  return [...['Ctrl', 'Alt', 'Shift'].filter((modifier) => parts.includes(modifier)), named].join('+');
}

/** @type {Record<string, string>} */
const SHOWN = {
  Escape: 'Esc',
  Delete: 'Del',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Enter: '↵',
  ContextMenu: 'Menu',
};

/** How a key is printed in tooltips and help. @param {string} key */
export function shownKey(key) {
  if (key === '+' || key === '-') return key;
  return (
    normalKey(key)
      .split('+')
      .map((part) => SHOWN[part] ?? part)
      .join('+') || key
  );
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
