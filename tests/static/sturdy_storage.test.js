import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DurableOutbox } from '../../static/app/sync/outbox.js';
import { createMemoryStorage } from './support/memory_storage.js';
import { SturdyStorage } from '../../static/app/sync/sturdy_storage.js';
import { FakeServer, handTimers, offline } from './support/annotations.js';

let keys = 0;
/** @param {'create' | 'update'} op @param {string} id @param {object} data */
const operation = (op, id, data = { label: 'cat' }) => ({ key: `key-${++keys}`, op, id, revision: 0, data });

/** A disk that can be full, cleared, closed or silent. */
class FakeDisk {
  full = false;
  silent = false;
  forbidden = false;
  opened = 0;
  rows = createMemoryStorage();
  connected = 0;

  /** As clearing a site's data does: the rows go, and every connection is closed. */
  clear() {
    this.rows = createMemoryStorage();
    this.connected += 1;
  }

  open = () => {
    this.opened += 1;
    if (this.silent) return new Promise(() => {});
    if (this.forbidden) return Promise.reject(new Error('The operation is insecure.'));
    const connection = this.connected;
    /** @param {keyof import('../../static/app/sync/types.d.ts').QueueStorage} name @param {boolean} writes */
    const call = (name, writes) => async (/** @type {any} */ argument) => {
      if (connection !== this.connected) throw new DOMException('The database is closed.', 'InvalidStateError');
      if (this.full && writes) throw new DOMException('Quota exceeded.', 'QuotaExceededError');
      return /** @type {any} */ (this.rows)[name](argument);
    };
    return Promise.resolve({
      add: call('add', true),
      list: call('list', false),
      put: call('put', true),
      remove: call('remove', false),
    });
  };
}

/** @param {FakeDisk} disk */
function world(disk, server = new FakeServer()) {
  const storage = new SturdyStorage(disk.open, () => Promise.resolve());
  const timers = handTimers();
  const outbox = new DurableOutbox({ storage, send: server.send, later: timers.later });
  return { disk, storage, outbox, server, timers };
}

test('a full disk: everything is sent all the same, and "saved" comes when the server has all of it', async () => {
  const { disk, outbox, server, storage } = world(new FakeDisk());
  disk.full = true;
  for (let time = 0; time < 2; time++) server.failNext(offline());
  await outbox.push('image', [operation('create', 'a')]);
  await outbox.idle();
  await outbox.push('image', [operation('create', 'b')]);
  await outbox.idle();
  assert.equal(outbox.state.kind, 'offline');
  assert.equal(storage.onlyInMemory, true);
  assert.equal(storage.trouble?.name, undefined, 'reading works');
  assert.deepEqual(
    (await outbox.pending('image')).map(({ id }) => id),
    ['a', 'b'],
  );
  await outbox.flush();
  assert.equal(outbox.state.kind, 'saved');
  assert.deepEqual([...server.rows.keys()], ['a', 'b']);
  assert.equal(storage.onlyInMemory, false);
});

test('several steps of one object on a full disk go out in their order', async () => {
  const { disk, outbox, server } = world(new FakeDisk());
  server.failNext(offline());
  await outbox.push('image', [operation('create', 'a')]);
  await outbox.idle();
  disk.full = true;
  await outbox.push('image', [operation('update', 'a', { label: 'dog' })]);
  await outbox.push('image', [operation('update', 'a', { label: 'cow' })]);
  await outbox.flush();
  assert.equal(outbox.state.kind, 'saved');
  assert.deepEqual([server.rows.get('a').label, server.rows.get('a').revision], ['cow', 3]);
});

test('a refusal on a full disk is held, and asked', async () => {
  const { disk, outbox } = world(new FakeDisk());
  disk.full = true;
  await outbox.push('image', [operation('create', 'a', { label: 'gone' })]);
  await outbox.idle();
  assert.equal(outbox.state.kind, 'conflict');
  await outbox.resolve(outbox.state.conflicts[0], 'theirs');
  assert.equal(outbox.state.kind, 'saved');
});

test('when there is room again, what only the memory held is written down with the next change', async () => {
  const { disk, outbox, server, storage } = world(new FakeDisk());
  for (let time = 0; time < 9; time++) server.failNext(offline());
  disk.full = true;
  await outbox.push('image', [operation('create', 'a')]);
  await outbox.idle();
  disk.full = false;
  await outbox.push('image', [operation('create', 'b')]);
  await outbox.idle();
  assert.equal(storage.onlyInMemory, false);
  const other = world(disk, server);
  server.failures = [];
  await other.outbox.flush();
  assert.deepEqual([...server.rows.keys()], ['a', 'b']);
});

test('a database cleared while the page is open: nothing is forgotten, and it is opened again', async () => {
  const { disk, outbox, server } = world(new FakeDisk());
  for (let time = 0; time < 3; time++) server.failNext(offline());
  await outbox.push('image', [operation('create', 'a')]);
  await outbox.push('image', [operation('update', 'a', { label: 'dog' })]);
  await outbox.idle();
  disk.clear();
  await outbox.push('image', [operation('create', 'b')]);
  await outbox.idle();
  assert.deepEqual(
    (await outbox.pending()).map(({ op, id }) => [op, id]),
    [
      ['create', 'a'],
      ['update', 'a'],
      ['create', 'b'],
    ],
  );
  server.failures = [];
  await outbox.flush();
  assert.equal(outbox.state.kind, 'saved');
  assert.deepEqual([server.rows.get('a').label, server.rows.has('b')], ['dog', true]);
  assert.equal((await disk.rows.list()).length, 0);
  assert.equal(disk.opened, 2);
});

test('a database that is cleared while a request is away is sent once more at most, and then saved', async () => {
  const { disk, outbox, server } = world(new FakeDisk());
  const { send } = server;
  server.send = async (...args) => {
    const answer = await send(...args);
    disk.clear();
    server.send = send;
    return answer;
  };
  const own = world(disk, server);
  await own.outbox.push('image', [operation('create', 'a')]);
  await own.outbox.idle();
  await own.outbox.flush();
  assert.equal(own.outbox.state.kind, 'saved');
  assert.equal(server.rows.get('a').revision, 1);
  assert.equal(outbox.state.kind, 'saved');
});

test('an opening that never answers keeps nobody waiting, and one that is forbidden neither', async () => {
  for (const fault of /** @type {const} */ (['silent', 'forbidden'])) {
    const { disk, outbox, server, storage } = world(new FakeDisk());
    disk[fault] = true;
    await outbox.refresh();
    assert.ok(storage.trouble);
    await outbox.push('image', [operation('create', 'a')]);
    await outbox.idle();
    assert.equal(outbox.state.kind, 'saved');
    assert.ok(server.rows.has('a'));
  }
});
