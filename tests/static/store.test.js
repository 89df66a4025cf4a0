import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createStore } from '../../static/app/state/store.js';
import { row } from './support/annotations.js';

test('one mutation is one change set with old and new values and its origin', () => {
  const store = createStore();
  const [a, b] = [row(), row()];
  store.reset([a, b]);
  const heard = [];
  store.subscribe((change) => heard.push(change));
  const c = row();
  store.apply({ create: [c], update: [{ id: a.id, data: { label: 'dog' } }], remove: [b.id] }, 'remote');
  assert.equal(heard.length, 1);
  assert.equal(heard[0].origin, 'remote');
  assert.deepEqual(heard[0].created, [c]);
  assert.deepEqual(heard[0].updated, [{ before: a, after: { ...a, label: 'dog' } }]);
  assert.deepEqual(heard[0].deleted, [b]);
  assert.deepEqual(
    store.all().map(({ id }) => id),
    [a.id, c.id],
  );
});

test('what concerns no known object changes nothing and is not told', () => {
  const store = createStore();
  let heard = 0;
  store.subscribe(() => {
    heard += 1;
  });
  store.apply({ update: [{ id: 'nobody', data: {} }], remove: ['nobody'] }, 'local');
  assert.equal(heard, 0);
});

test('a reset is silent in origin and tells what went and came', () => {
  const store = createStore();
  const [a, b] = [row(), row()];
  store.reset([a]);
  const heard = [];
  store.subscribe((change) => heard.push(change));
  store.reset([b]);
  assert.deepEqual([heard[0].origin, heard[0].created, heard[0].deleted], ['silent', [b], [a]]);
});
