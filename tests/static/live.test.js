import assert from 'node:assert/strict';
import { test } from 'node:test';

import { History } from '../../static/app/state/history.js';
import { createStore } from '../../static/app/state/store.js';
import { LiveImage } from '../../static/app/sync/live.js';
import { DurableOutbox } from '../../static/app/sync/outbox.js';
import { createMemoryStorage } from './support/memory_storage.js';
import { FakeServer, handTimers, mask, offline, row } from './support/annotations.js';
import { there } from './support/there.js';

async function page(server, storage = createMemoryStorage()) {
  const store = createStore();
  const { later } = handTimers();
  const outbox = new DurableOutbox({ storage, send: server.send, later });
  const people = [{ user: 'you', name: 'You', client: 'your tab' }];
  const endpoints = {
    annotations: server.annotations,
    presence: async (_image, tab) => ({ people: [...people, { user: 'me', name: 'Me', client: tab }] }),
  };
  const live = new LiveImage({ endpoints, store, outbox, user: { id: 'me', name: 'Me' }, tab: 'my tab' });
  const history = new History(store);
  const { results, seq } = await server.annotations('image');
  store.reset(await live.open('image', results, seq));
  return {
    store,
    outbox,
    live,
    history,
    storage,
    saved: async () => {
      while ((await outbox.pending()).length) await outbox.flush();
    },
  };
}

test('what one person does, the other sees', async () => {
  const server = new FakeServer();
  const [mine, yours] = [await page(server), await page(server)];
  const a = row();
  mine.history.commit({ create: [a] }, 'Add');
  await mine.saved();
  await yours.live.poll();
  assert.equal(yours.store.get(a.id)?.revision, 1);
  yours.history.commit({ update: [{ id: a.id, data: { label: 'dog' } }] }, 'Label');
  await yours.saved();
  await mine.live.poll();
  assert.equal(mine.store.get(a.id)?.label, 'dog');
  mine.history.commit({ remove: [a.id] }, 'Delete');
  await mine.saved();
  await yours.live.poll();
  assert.equal(yours.store.get(a.id), undefined);
});

test('undo of a deletion restores the same object, undo of an addition deletes it, redo brings it back', async () => {
  const server = new FakeServer();
  const { store, history, saved } = await page(server);
  const a = row();
  history.commit({ create: [a] }, 'Add');
  history.commit({ remove: [a.id] }, 'Delete');
  history.undo();
  await saved();
  assert.equal(server.rows.get(a.id)?.deleted, undefined);
  history.undo();
  await saved();
  assert.equal(server.rows.get(a.id)?.deleted, true);
  history.redo();
  await saved();
  assert.equal(server.rows.get(a.id)?.deleted, undefined);
  assert.equal(store.get(a.id)?.revision, server.rows.get(a.id)?.revision);
  assert.equal(server.rows.size, 1);
});

test('unsent work is there after a reload, on top of what the server has', async () => {
  const server = new FakeServer();
  const kept = server.change('kept', row({ id: 'kept' }));
  server.change('dropped', row({ id: 'dropped' }));
  const before = await page(server);
  server.failNext(offline());
  const made = row({ rle: mask(1, 2, 3), area: 3, bbox: [1, 0, 3, 1] });
  before.history.commit(
    { create: [made], update: [{ id: kept.id, data: { label: 'dog' } }], remove: ['dropped'] },
    'Work',
  );
  await before.outbox.idle();
  const after = await page(server, before.storage);
  assert.deepEqual(
    after.store
      .all()
      .map(({ id }) => id)
      .sort(),
    [kept.id, made.id].sort(),
  );
  assert.equal(after.store.get(kept.id)?.label, 'dog');
  assert.deepEqual([after.store.get(made.id)?.area, after.store.get(made.id)?.bbox], [made.area, made.bbox]);
  await after.saved();
  assert.equal(server.rows.get(kept.id)?.label, 'dog');
  assert.equal(after.store.get(made.id)?.revision, 1);
});

test('their change does not run over my unsent one, and both survive when they do not touch', async () => {
  const server = new FakeServer();
  const a = server.change('a', row({ id: 'a' }));
  const { store, history, live, outbox, saved } = await page(server);
  server.failNext(offline());
  history.commit({ update: [{ id: a.id, data: { label: 'dog' } }] }, 'Label');
  await outbox.idle();
  server.change('a', { rle: mask(9, 10), area: 2, bbox: [1, 2, 2, 1] });
  await live.poll();
  assert.equal(store.get('a')?.label, 'dog');
  await saved();
  assert.deepEqual([store.get('a')?.label, store.get('a')?.rle, store.get('a')?.area], ['dog', mask(9, 10), 2]);
  assert.deepEqual([server.rows.get('a')?.label, server.rows.get('a')?.rle], ['dog', mask(9, 10)]);
});

test('after "take theirs" the store shows theirs', async () => {
  const server = new FakeServer();
  server.change('a', row({ id: 'a' }));
  const { store, history, outbox } = await page(server);
  server.change('a', { label: 'cow' });
  history.commit({ update: [{ id: 'a', data: { label: 'dog' } }] }, 'Label');
  while (outbox.state.kind !== 'conflict') await outbox.flush();
  await outbox.resolve(outbox.state.conflicts[0], 'theirs');
  assert.deepEqual([store.get('a')?.label, store.get('a')?.revision], ['cow', 2]);
});

test('after "keep both" the copy is in the store and goes on being saved', async () => {
  const server = new FakeServer();
  server.change('a', row({ id: 'a' }));
  const { store, history, outbox, saved } = await page(server);
  server.change('a', { label: 'cow' });
  history.commit({ update: [{ id: 'a', data: { label: 'dog' } }] }, 'Label');
  while (outbox.state.kind !== 'conflict') await outbox.flush();
  await outbox.resolve(outbox.state.conflicts[0], 'both');
  assert.deepEqual(
    store
      .all()
      .map(({ label }) => label)
      .sort(),
    ['cow', 'dog'],
  );
  const copy = there(store.all().find(({ label }) => label === 'dog'));
  history.commit({ update: [{ id: copy.id, data: { hidden: true } }] }, 'Hide');
  await saved();
  assert.equal(server.rows.get(copy.id)?.hidden, true);
});

test('a refused change that is given up goes back to what was there', async () => {
  const server = new FakeServer();
  server.change('a', row({ id: 'a' }));
  const { store, history, outbox } = await page(server);
  history.commit({ update: [{ id: 'a', data: { label: 'gone' } }] }, 'Label');
  while (outbox.state.kind !== 'conflict') await outbox.flush();
  await outbox.resolve(outbox.state.conflicts[0], 'theirs');
  assert.equal(store.get('a')?.label, 'cat');
});

test('presence names everyone but this tab', async () => {
  const { live } = await page(new FakeServer());
  const heard = [];
  live.onPeople((people) => heard.push(people.map(({ name }) => name)));
  await live.announce();
  assert.deepEqual(heard.at(-1), ['You']);
});

test('an answer for an image that was left is not laid into the next one', async () => {
  const server = new FakeServer();
  const { store, live } = await page(server);
  server.change('late', row({ id: 'late' }));
  const polling = live.poll();
  store.reset(await live.open('other', [], 0));
  await polling;
  assert.equal(store.get('late'), undefined);
});
