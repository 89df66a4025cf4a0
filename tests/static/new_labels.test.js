import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createStore } from '../../static/app/state/store.js';
import { createSession } from '../../static/app/tools/session.js';
import { followLabels } from '../../static/app/ui/new_labels.js';
import { row } from './support/annotations.js';

const CAT = { id: 'cat', name: 'Cat', color: '#0072b2', order: 0, attributes: [] };
const DOG = { id: 'dog', name: 'Dog', color: '#d55e00', order: 1, attributes: [] };

/** An editor with these labels; `server.labels` is what the project has by now. */
function open(...labels) {
  const config = { project: { id: 'p', labels: [...labels] }, preferences: {}, role: 'owner', user: { id: 'me' } };
  const store = createStore();
  const session = createSession(/** @type {any} */ (config));
  const editor = /** @type {any} */ ({ labels: config.project.labels, store, session });
  const server = { labels: [...labels], asked: 0, answer: Promise.resolve() };
  followLabels(editor, async () => {
    server.asked++;
    return server.labels;
  });
  return { editor, store, session, server };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a label that was brought back has its name and colour as soon as an object comes with it', async () => {
  const { editor, store, session, server } = open(CAT);
  const object = row({ label: 'cat' });
  store.reset([object]);
  server.labels = [CAT, DOG];
  const seen = [];
  session.on((changed) => changed.has('labelTick') && seen.push(editor.labels.map(({ id }) => id)));
  let drawn = 0;
  store.apply({ update: [{ id: object.id, data: { label: 'dog', revision: 2 } }] }, 'remote');
  store.subscribe(() => drawn++);
  await settled();
  assert.deepEqual(seen, [['cat', 'dog']]);
  assert.equal(drawn, 1, 'the objects are drawn again');
  assert.equal(store.get(object.id)?.label, 'dog');
  assert.equal(server.asked, 1);
});

test('a label that was merged away goes, and what is clicked next has the other one', async () => {
  const { editor, store, session, server } = open(CAT, DOG);
  const objects = [row({ label: 'cat' }), row({ label: 'cat' })];
  store.reset(objects);
  session.set({ label: 'cat' });
  server.labels = [DOG];
  store.apply({ update: objects.map(({ id }) => ({ id, data: { label: 'dog' } })) }, 'remote');
  await settled();
  assert.deepEqual(
    editor.labels.map(({ id }) => id),
    ['dog'],
  );
  assert.equal(session.state.label, 'dog');
});

test('nothing is asked for what one did oneself, nor for one object among others of its label', async () => {
  const { store, server } = open(CAT, DOG);
  const objects = [row({ label: 'cat' }), row({ label: 'cat' })];
  store.reset(objects);
  store.apply({ update: [{ id: objects[0].id, data: { label: 'dog' } }] }, 'remote');
  store.apply({ update: [{ id: objects[1].id, data: { label: 'dog' } }] }, 'local');
  await settled();
  assert.equal(server.asked, 0);
});
