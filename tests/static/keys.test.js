import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bindKeys, keyName, normalKey, shownKey } from '../../static/app/core/keys.js';

const press = (key, more = {}) => keyName({ key, code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

test('letters are named in capitals, with their modifiers in one order', () => {
  assert.equal(press('s'), 'S');
  assert.equal(press('Z', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+Z');
  assert.equal(press('z', { metaKey: true }), 'Ctrl+Z');
});

test('signs do not repeat the Shift that made them', () => {
  assert.equal(press('?', { shiftKey: true, code: 'Slash' }), '?');
  assert.equal(press('+', { shiftKey: true, ctrlKey: true, code: 'Equal' }), 'Ctrl++');
});

test('digits are taken from the key, whatever the layout makes of Shift', () => {
  assert.equal(press('!', { shiftKey: true, code: 'Digit1' }), 'Shift+1');
  assert.equal(press('&', { code: 'Digit1' }), '1');
  assert.equal(press('0', { code: 'Numpad0' }), '0');
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
  const commands = [{ id: 'a', keys: ['F'] }, { id: 'b', keys: ['D'] }];
  assert.equal(bindKeys(commands, { a: ['X'] }).byKey.get('F'), undefined);
  assert.equal(bindKeys(commands, { a: ['X'] }).byKey.get('X'), 'a');
  assert.deepEqual(bindKeys(commands, { a: ['D'] }).conflicts, [{ key: 'D', commands: ['a', 'b'] }]);
});

test('where letters are not Latin a key is named by its place', () => {
  const press = (key, code, more = {}) => keyName({ key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });
  assert.equal(press('ы', 'KeyS'), 'S');
  assert.equal(press('Я', 'KeyZ', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+Z');
  assert.equal(press('q', 'KeyA'), 'Q');
});
