import assert from 'node:assert/strict';
import { test } from 'node:test';

import { History } from '../../static/app/state/history.js';
import { createStore } from '../../static/app/state/store.js';
import { row } from './support/annotations.js';

function world(...rows) {
  const store = createStore();
  store.reset(rows);
  const skipped = [];
  return { store, skipped, history: new History(store, (sentence) => skipped.push(sentence)) };
}

test('a gesture over several objects is taken back and redone as one', () => {
  const [a, b] = [row(), row()];
  const { store, history } = world(a, b);
  const c = row();
  history.commit({ create: [c], update: [{ id: a.id, data: { label: 'dog' } }], remove: [b.id] }, 'Merge');
  assert.equal(history.undoName, 'Merge');
  history.undo();
  assert.deepEqual(store.get(a.id), a);
  assert.deepEqual(store.get(b.id), b);
  assert.equal(store.get(c.id), undefined);
  history.redo();
  assert.equal(store.get(a.id)?.label, 'dog');
  assert.equal(store.get(b.id), undefined);
  assert.deepEqual(store.get(c.id), c);
});

test('a new gesture ends the way forward', () => {
  const a = row();
  const { history } = world(a);
  history.commit({ update: [{ id: a.id, data: { label: 'dog' } }] }, 'one');
  history.undo();
  history.commit({ update: [{ id: a.id, data: { label: 'cow' } }] }, 'two');
  assert.equal(history.redo(), null);
  assert.equal(history.redoName, null);
});

test('what others do is never recorded', () => {
  const a = row();
  const { store, history } = world(a);
  store.apply({ update: [{ id: a.id, data: { label: 'dog' } }] }, 'remote');
  assert.equal(history.undo(), null);
});

test("the server's bookkeeping does not stand in the way of undo", () => {
  const a = row();
  const { store, history } = world();
  history.commit({ create: [a] }, 'Add');
  store.apply({ update: [{ id: a.id, data: { revision: 1, seq: 9, updated: 'now' } }] }, 'silent');
  history.undo();
  assert.equal(store.get(a.id), undefined);
});

test('a field somebody else has changed since stays, with a sentence', () => {
  const a = row();
  const { store, history, skipped } = world(a);
  history.commit({ update: [{ id: a.id, data: { label: 'dog' } }] }, 'Change label');
  store.apply({ update: [{ id: a.id, data: { label: 'cow', revision: 2 } }] }, 'remote');
  history.undo();
  assert.equal(store.get(a.id)?.label, 'cow');
  assert.match(skipped[0], /Somebody else has changed an object since "Change label"/);
});

test('another field changed by somebody else does not hinder, and is kept', () => {
  const a = row();
  const { store, history } = world(a);
  history.commit({ update: [{ id: a.id, data: { label: 'dog' } }] }, 'Change label');
  store.apply({ update: [{ id: a.id, data: { hidden: true, revision: 2 } }] }, 'remote');
  history.undo();
  assert.deepEqual([store.get(a.id)?.label, store.get(a.id)?.hidden], ['cat', true]);
});

test('an object of mine that somebody else has worked on is not deleted by undo', () => {
  const a = row();
  const { store, history, skipped } = world();
  history.commit({ create: [a] }, 'Add');
  store.apply({ update: [{ id: a.id, data: { label: 'cow', revision: 2 } }] }, 'remote');
  history.undo();
  assert.equal(store.get(a.id)?.label, 'cow');
  assert.equal(skipped.length, 1);
});

test('an object somebody else has deleted does not come back', () => {
  const a = row();
  const { store, history, skipped } = world(a);
  history.commit({ update: [{ id: a.id, data: { label: 'dog' } }] }, 'Change label');
  store.apply({ remove: [a.id] }, 'remote');
  history.undo();
  assert.equal(store.get(a.id), undefined);
  assert.equal(skipped.length, 1);
});

test('a commit that changes nothing is no gesture', () => {
  const a = row();
  const { history } = world(a);
  history.commit({ update: [{ id: a.id, data: { label: a.label } }] }, 'Nothing');
  assert.equal(history.undoName, null);
});
