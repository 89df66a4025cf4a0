import assert from 'node:assert/strict';
import { test } from 'node:test';

import { relabel } from '../../static/app/tools/object_verbs.js';
import { createSession } from '../../static/app/tools/session.js';

const kept = new Map();
globalThis.localStorage = /** @type {any} */ ({
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => kept.set(key, value),
});

/** @returns {any} */
const config = (labels = ['cat', 'dog'], project = 'p', user = 'u') => ({
  role: 'annotator',
  preferences: {},
  user: { id: user },
  project: { id: project, labels: labels.map((id) => ({ id })) },
});

test('the label used last is there after a reload, for this person in this project, while the project has it', () => {
  createSession(config()).set({ label: 'dog' });
  assert.equal(createSession(config()).state.label, 'dog');
  assert.equal(createSession(config(['cat'])).state.label, 'cat');
  assert.equal(createSession(config([])).state.label, null);
  assert.equal(createSession(config(undefined, 'other')).state.label, 'cat');
  assert.equal(createSession(config(undefined, 'p', 'somebody')).state.label, 'cat');
});

test('a browser without storage begins with the first label, and goes on', () => {
  const before = globalThis.localStorage;
  globalThis.localStorage = /** @type {any} */ ({
    getItem() {
      throw new Error('forbidden');
    },
    setItem() {
      throw new Error('full');
    },
  });
  const session = createSession(config());
  session.set({ label: 'dog' });
  assert.equal(session.state.label, 'dog');
  globalThis.localStorage = before;
});

test('what was made last is let go when anything else is taken up', () => {
  for (const other of [{ selection: [] }, { selection: ['b'] }, { tool: 'brush' }, { editing: true }]) {
    const session = createSession(config());
    session.set({ selection: [], made: ['a'] });
    assert.deepEqual(session.state.made, ['a']);
    session.set({ hovered: 'b', label: 'dog', editing: false });
    assert.deepEqual(session.state.made, ['a']);
    session.set(/** @type {any} */ (other));
    assert.deepEqual(session.state.made, [], JSON.stringify(other));
  }
});

test('a digit names the selection, else what was made last, once', () => {
  const rows = new Map(['old', 'new'].map((id) => [id, { id, label: 'cat', locked: false }]));
  const session = createSession(config());
  /** @type {any} */
  const editor = {
    session,
    canEdit: true,
    store: rows,
    tools: { armed: {} },
    objects: {
      selected: () => session.state.selection.map((id) => rows.get(id)),
      update: (ids, data) => {
        for (const id of ids) rows.set(id, { ...rows.get(id), ...data });
      },
    },
  };
  const labels = () => [...rows.values()].map(({ label }) => label);
  session.set({ selection: [], made: ['new'] });
  relabel(editor, 'dog');
  assert.deepEqual([labels(), session.state.made], [['cat', 'dog'], []]);
  relabel(editor, 'cow');
  assert.deepEqual([labels(), session.state.label], [['cat', 'dog'], 'cow']);
  session.set({ selection: ['old'] });
  relabel(editor, 'dog');
  assert.deepEqual(labels(), ['dog', 'dog']);
});
