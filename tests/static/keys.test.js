import assert from 'node:assert/strict';
import { test } from 'node:test';

import { commandRows } from '../../static/app/core/commands.js';
import { bindKeys, keyNames, normalKey, shownKey } from '../../static/app/core/keys.js';
import { writtenKey } from '../../static/app/ui/keymap.js';
import { LAYOUTS, pressesOf } from './support/layouts.js';

const commands = commandRows().flatMap(({ id, keys }) =>
  id === 'label.digit'
    ? [1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => ({
        id: `label.${i}`,
        keys: keys.map((key) => key.replace('1…9', String(i))),
      }))
    : [{ id, keys }],
);
const { byKey } = bindKeys(commands);
/** What a press does with the keys as they come. */
const does = (event) => byKey.get(keyNames(event).find((name) => byKey.has(name)) ?? '');

/** @returns {any} */
const press = (key, more = {}) =>
  writtenKey({ key, code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

test('letters are named in capitals, with their modifiers in one order', () => {
  assert.equal(press('s'), 'S');
  assert.equal(press('Z', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+Z');
  assert.equal(press('z', { metaKey: true }), 'Ctrl+Z');
});

test('signs do not repeat the Shift that made them', () => {
  assert.equal(press('?', { shiftKey: true, code: 'Slash' }), '?');
  assert.equal(press('+', { shiftKey: true, ctrlKey: true, code: 'Equal' }), 'Ctrl++');
});

test('a digit is its key where the layout types no command there', () => {
  const at = (key, more) =>
    does({ key, code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });
  assert.equal(press('!', { shiftKey: true, code: 'Digit1' }), 'Shift+1');
  assert.equal(at('&', { code: 'Digit1' }), 'label.1');
  assert.equal(at('1', { code: 'Digit1', shiftKey: true }), 'label.1', 'French: Shift makes the digit');
  assert.equal(at('&', { code: 'Digit1', ctrlKey: true }), 'label.1');
  assert.equal(at('0', { code: 'Numpad0' }), 'view.fit');
  assert.equal(at('Home', { code: 'Numpad7' }), undefined, 'without NumLock it is no digit');
  assert.equal(at(')', { code: 'Digit0', shiftKey: true }), 'view.full');
  assert.equal(at('=', { code: 'Digit0', shiftKey: true }), 'view.full', 'German');
});

for (const [name, layout] of Object.entries(LAYOUTS)) {
  test(`${name}: what AltGr types is that character, and never the digit or letter below it`, () => {
    for (const { event, char, level } of pressesOf(layout)) {
      if (level !== 'altgr') continue;
      const wanted = byKey.get(normalKey(char));
      assert.equal(does(event), wanted, `${char} from ${event.code}`);
    }
  });

  test(`${name}: every sign that a command has is reached, however it is typed`, () => {
    const signs = [...byKey.keys()].filter((key) => /^[^A-Za-z0-9 ]$/.test(key));
    for (const sign of signs) {
      const presses = pressesOf(layout).filter(({ char }) => char === sign);
      assert.ok(presses.length > 0 || sign === '=', `${sign} can be typed`);
      // One sign may share its key with Shift and a digit that has a command: that is on every layout.
      const free = presses.filter(({ event }) => !(event.shiftKey && byKey.has(`Shift+${event.code.slice(-1)}`)));
      for (const { event } of free) assert.equal(does(event), byKey.get(sign), `${sign} from ${event.code}`);
    }
  });

  test(`${name}: every label has a key, and what is typed on the way is never another command`, () => {
    for (const { event, char, level } of pressesOf(layout)) {
      if (level === 'altgr') continue;
      const done = does(event);
      const digit = /^Digit(\d)$/.exec(event.code)?.[1];
      if (/^[1-9]$/.test(char)) assert.equal(done, `label.${char}`, `the digit ${char}`);
      else if (digit && !byKey.has(char) && level === 'plain' && digit !== '0') assert.equal(done, `label.${digit}`);
      else if (/^[a-z]$/i.test(char))
        assert.equal(done, byKey.get(`${event.shiftKey ? 'Shift+' : ''}${char.toUpperCase()}`), char);
      else if (byKey.has(char) && !(event.shiftKey && digit)) assert.equal(done, byKey.get(char), char);
    }
    const reached = new Set(pressesOf(layout).map(({ event }) => does(event)));
    for (let i = 1; i <= 9; i++) assert.ok(reached.has(`label.${i}`), `label ${i}`);
  });
}

test('Option on a Mac, and Ctrl with Alt on old browsers, are the third level too', () => {
  const at = (key, code, more) =>
    does({ key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: true, ...more });
  assert.equal(at('[', 'Digit5'), 'tool.smaller', 'German Mac');
  assert.equal(at('\\', 'Digit7', { shiftKey: true }), 'view.panel', 'German Mac');
  assert.equal(at('{', 'Digit8'), undefined, 'German Mac: no label');
  assert.equal(at('[', 'Digit8', { ctrlKey: true }), 'tool.smaller', 'German Windows');
  assert.equal(at('\\', 'Minus', { ctrlKey: true }), 'view.panel', 'German Windows');
  assert.equal(at('-', 'Minus'), undefined, 'Alt with a sign of its own key is Alt');
});

test('a key of ones own is found again by the press that it was written down from', () => {
  for (const layout of Object.values(LAYOUTS)) {
    for (const { event } of pressesOf(layout)) {
      const own = bindKeys(commands, { 'view.fit': [writtenKey(event)] }).byKey;
      const taken = byKey.get(writtenKey(event));
      const found = own.get(keyNames(event).find((name) => own.has(name)) ?? '');
      assert.ok(found === 'view.fit' || found === taken, `${event.key} from ${event.code}: ${found}`);
    }
  }
});

test('named keys keep their Shift', () => {
  assert.equal(press('Tab', { shiftKey: true }), 'Shift+Tab');
  assert.equal(press(' '), 'Space');
});

test('written keys are read in any order and spelling', () => {
  assert.equal(normalKey('shift+ctrl+z'.replace('shift', 'Shift').replace('ctrl', 'Ctrl')), 'Ctrl+Shift+Z');
  assert.equal(normalKey('Esc'), 'Escape');
  assert.equal(normalKey('Ctrl++'), 'Ctrl++');
  assert.equal(normalKey('-'), '-');
});

test('keys are shown short', () => {
  assert.equal(shownKey('Ctrl+Enter'), 'Ctrl+↵');
  assert.equal(shownKey('Delete'), 'Del');
  assert.equal(shownKey('-'), '-');
});

test('a remapped key replaces the default and conflicts are reported', () => {
  const commands = [
    { id: 'a', keys: ['F'] },
    { id: 'b', keys: ['D'] },
  ];
  assert.equal(bindKeys(commands, { a: ['X'] }).byKey.get('F'), undefined);
  assert.equal(bindKeys(commands, { a: ['X'] }).byKey.get('X'), 'a');
  assert.deepEqual(bindKeys(commands, { a: ['D'] }).conflicts, [{ key: 'D', commands: ['a', 'b'] }]);
});

test('where letters are not Latin a key is named by its place', () => {
  /** @returns {any} */
  const press = (key, code, more = {}) =>
    writtenKey({ key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });
  assert.equal(press('ы', 'KeyS'), 'S');
  assert.equal(press('Я', 'KeyZ', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+Z');
  assert.equal(press('q', 'KeyA'), 'Q');
});
