import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ApiError } from '../../static/app/api/errors.js';
import { DurableOutbox } from '../../static/app/sync/outbox.js';
import { createMemoryStorage } from './support/memory_storage.js';
import { FakeServer, handTimers, mask, offline, row, signedOut } from './support/annotations.js';

let keys = 0;
/** @returns {any} */
const create = (id, data = { label: 'cat' }) => ({ key: `key-${++keys}`, op: 'create', id, data });
/** @returns {any} */
const update = (id, data, revision = 0) => ({ key: `key-${++keys}`, op: 'update', id, revision, data });
/** @returns {any} */
const remove = (id, revision = 0) => ({ key: `key-${++keys}`, op: 'delete', id, revision });

/** @param {any} [parts] @returns {any} */
function world({ storage = createMemoryStorage(), server = new FakeServer(), baseOf } = {}) {
  const timers = handTimers();
  const outbox = new DurableOutbox({ storage, send: server.send, later: timers.later, ...(baseOf ? { baseOf } : {}) });
  const states = [];
  outbox.onState((state) => states.push(state.kind));
  const settled = [];
  outbox.onSettled((event) => settled.push(event));
  return { outbox, server, storage, timers, states, settled };
}

test('work is on disk before push resolves, and "saved" is said only after the server answered', async () => {
  const server = new FakeServer();
  let answer;
  const send = server.send;
  server.send = (...args) =>
    new Promise((resolve) => {
      answer = () => resolve(send(...args));
    });
  const { outbox, storage, states } = world({ server });
  await outbox.push('image', [create('a')]);
  assert.equal((await storage.list()).length, 1);
  assert.equal(outbox.state.kind, 'saving');
  while (!answer) await new Promise(setImmediate);
  assert.ok(!states.includes('saved'));
  answer();
  await outbox.flush();
  assert.equal(outbox.state.kind, 'saved');
  assert.equal((await storage.list()).length, 0);
});

test('gestures on one object go one after another, each with the revision the last one left', async () => {
  const { outbox, server } = world();
  await Promise.all([
    outbox.push('image', [create('a')]),
    outbox.push('image', [update('a', { label: 'dog' })]),
    outbox.push('image', [update('a', { hidden: true })]),
    outbox.push('image', [remove('a')]),
  ]);
  await outbox.flush();
  assert.equal(server.rows.get('a').revision, 4);
  assert.ok(server.rows.get('a').deleted);
  assert.equal(outbox.state.kind, 'saved');
});

test('objects that do not touch share a request, images do not', async () => {
  const { outbox, server } = world();
  server.failNext(offline());
  await outbox.push('one', [create('a'), create('b')]);
  await outbox.idle();
  await Promise.all([outbox.push('two', [create('c')]), outbox.push('one', [create('d')])]);
  await outbox.idle();
  const sent = server.requests.slice(1).map(({ image, operations }) => [image, ...operations.map(({ id }) => id)]);
  assert.deepEqual(
    sent.filter((entry, index) => JSON.stringify(entry) !== JSON.stringify(sent[index - 1])),
    [
      ['one', 'a', 'b', 'd'],
      ['two', 'c'],
    ],
  );
});

test('a lost answer is asked for again with the same key and makes no double', async () => {
  const { outbox, server, timers } = world();
  server.failNext(offline(), { afterwards: true });
  await outbox.push('image', [create('a')]);
  await outbox.idle();
  assert.equal(outbox.state.kind, 'offline');
  timers.fire();
  await outbox.idle();
  assert.equal(outbox.state.kind, 'saved');
  assert.equal(server.rows.size, 1);
  assert.equal(server.rows.get('a').revision, 1);
  assert.equal(server.requests[0].operations[0].key, server.requests[1].operations[0].key);
});

test('a dead network for an hour: everything waits in order, pauses grow to half a minute, then all is sent', async () => {
  const { outbox, server, timers } = world();
  for (let minute = 0; minute < 130; minute++) server.failNext(offline());
  await outbox.push('image', [create('a')]);
  await outbox.idle();
  const pauses = [];
  for (let index = 0; index < 60; index++) {
    await outbox.push('image', [update('a', { label: `label ${index}` })]);
    await outbox.idle();
    pauses.push(timers.waiting.at(-1).ms);
    timers.fire();
    await outbox.idle();
  }
  assert.equal(Math.max(...pauses), 30_000);
  server.failures = [];
  await outbox.flush();
  assert.equal(outbox.state.kind, 'saved');
  assert.equal(server.rows.get('a').label, 'label 59');
  assert.equal(server.rows.get('a').revision, 61);
});

test('after a reload the new page sends what the old one left, with the right revisions', async () => {
  const storage = createMemoryStorage();
  const server = new FakeServer();
  const first = world({ storage, server });
  server.failNext(offline());
  await first.outbox.push('image', [create('a')]);
  await first.outbox.idle();
  await storage.add([{ image: 'image', operation: update('a', { label: 'dog' }), base: null, conflict: null }]);
  const second = world({ storage, server });
  await second.outbox.refresh();
  assert.deepEqual(second.outbox.state, { kind: 'saving', pending: 2 });
  assert.deepEqual(
    (await second.outbox.pending('image')).map(({ op }) => op),
    ['create', 'update'],
  );
  await second.outbox.flush();
  assert.equal(server.rows.get('a').label, 'dog');
});

test('an empty line is known without reading the disk, until this tab or another puts something into it', async () => {
  const storage = createMemoryStorage();
  let reads = 0;
  const counting = {
    ...storage,
    list: () => {
      reads += 1;
      return storage.list();
    },
  };
  const server = new FakeServer();
  /** @type {(message: unknown) => void} */
  let hear = () => {};
  const outbox = new DurableOutbox({
    storage: counting,
    send: server.send,
    later: handTimers().later,
    channel: {
      post: () => {},
      on: (listener) => {
        hear = listener;
      },
    },
  });
  await outbox.refresh();
  reads = 0;
  assert.deepEqual(await outbox.pending('image'), []);
  assert.equal(reads, 0);
  await storage.add([{ image: 'image', operation: update('b', { label: 'dog' }), base: null, conflict: null }]);
  hear('changed');
  assert.deepEqual(
    (await outbox.pending('image')).map(({ id }) => id),
    ['b'],
  );
  server.failNext(offline());
  await outbox.push('image', [create('a')]);
  assert.deepEqual(
    (await outbox.pending('image')).map(({ id }) => id),
    ['b', 'a'],
  );
});

test('an expired sign-in keeps everything and says so; signing in again sends it', async () => {
  const { outbox, server } = world();
  server.failNext(signedOut());
  await outbox.push('image', [create('a')]);
  await outbox.idle();
  assert.deepEqual(outbox.state, { kind: 'signed_out', pending: 1, message: 'You are signed out.' });
  await outbox.flush();
  assert.equal(outbox.state.kind, 'saved');
});

test('a server in trouble with one operation is asked again later, not in a circle', async () => {
  const { outbox, server, timers } = world();
  const { send } = server;
  server.send = async () => ({ results: [{ key: 'other', status: 200 }] });
  const own = world({ server });
  await own.outbox.push('image', [create('a')]);
  await own.outbox.idle();
  assert.equal(own.outbox.state.kind, 'offline');
  assert.equal(own.timers.waiting.length, 1);
  server.send = send;
  assert.equal(outbox.state.kind, 'saved');
  assert.equal(timers.waiting.length, 0);
});

/** @param {(revision: number) => any} mine @param {object} theirs @param {{ base?: boolean, op?: string }} [options] */
async function conflicted(mine, theirs, { base = true, op } = {}) {
  const server = new FakeServer();
  const before = server.change('a', row({ id: 'a' }));
  server.change('a', theirs, op);
  const setup = world({ server, baseOf: () => (base ? before : null) });
  await setup.outbox.push('image', [mine(before.revision)]);
  await setup.outbox.idle();
  return setup;
}

test('changes to different fields of one object merge by themselves', async () => {
  const { outbox, server, settled } = await conflicted((revision) => update('a', { label: 'dog' }, revision), {
    rle: mask(1, 2),
  });
  assert.equal(outbox.state.kind, 'saved');
  assert.deepEqual([server.rows.get('a').label, server.rows.get('a').rle], ['dog', mask(1, 2)]);
  assert.deepEqual(
    settled.map(({ outcome }) => outcome),
    ['merged', 'done'],
  );
});

test('the same field changed by both is asked, other objects go on', async () => {
  const { outbox, server } = await conflicted((revision) => update('a', { label: 'dog' }, revision), { label: 'cow' });
  await outbox.push('image', [update('a', { hidden: true }, 1), create('b')]);
  await outbox.idle();
  assert.equal(outbox.state.kind, 'conflict');
  assert.equal(outbox.state.pending, 2);
  const [conflict] = outbox.state.conflicts;
  assert.deepEqual([conflict.mine.label, conflict.theirs.label], ['dog', 'cow']);
  assert.ok(server.rows.has('b'));
  assert.equal(server.rows.get('a').hidden, false);
});

test('keep mine: sent again on top of theirs, and what waited behind follows', async () => {
  const { outbox, server } = await conflicted((revision) => update('a', { label: 'dog' }, revision), { label: 'cow' });
  await outbox.push('image', [update('a', { hidden: true }, 1)]);
  await outbox.resolve(outbox.state.conflicts[0], 'mine');
  assert.equal(outbox.state.kind, 'saved');
  assert.deepEqual([server.rows.get('a').label, server.rows.get('a').hidden], ['dog', true]);
});

test('take theirs: mine is dropped with what followed on that object', async () => {
  const { outbox, server, settled } = await conflicted((revision) => update('a', { label: 'dog' }, revision), {
    label: 'cow',
  });
  await outbox.push('image', [update('a', { hidden: true }, 1)]);
  await outbox.resolve(outbox.state.conflicts[0], 'theirs');
  assert.equal(outbox.state.kind, 'saved');
  assert.deepEqual([server.rows.get('a').label, server.rows.get('a').hidden], ['cow', false]);
  assert.equal(settled.at(-1).row.label, 'cow');
});

test('keep both: theirs stays and mine becomes an object of its own', async () => {
  const { outbox, server } = await conflicted((revision) => update('a', { rle: mask(1) }, revision), { rle: mask(2) });
  await outbox.resolve(outbox.state.conflicts[0], 'both');
  assert.equal(outbox.state.kind, 'saved');
  assert.deepEqual(
    [...server.rows.values()].map(({ rle }) => rle),
    [mask(2), mask(1)],
  );
});

test('mine after their deletion: restored first, then changed', async () => {
  const { outbox, server } = await conflicted(
    (revision) => update('a', { label: 'dog' }, revision + 1),
    {},
    { op: 'delete' },
  );
  assert.equal(outbox.state.kind, 'conflict');
  await outbox.resolve(outbox.state.conflicts[0], 'mine');
  assert.equal(outbox.state.kind, 'saved');
  assert.deepEqual([server.rows.get('a').label, server.rows.get('a').deleted], ['dog', undefined]);
});

test('a conflict outlives a reload', async () => {
  const { storage, server } = await conflicted((revision) => update('a', { label: 'dog' }, revision), { label: 'cow' });
  const { outbox } = world({ storage, server });
  await outbox.refresh();
  assert.equal(outbox.state.conflicts[0].mine.label, 'dog');
});

test("a change the server refuses for its content is held with the server's sentence, not sent for ever", async () => {
  const { outbox, server } = world();
  await outbox.push('image', [create('a', { label: 'gone' })]);
  await outbox.idle();
  assert.match(outbox.state.conflicts[0].message, /not one of the project/);
  await outbox.flush();
  assert.equal(server.requests.length, 1);
  await outbox.resolve(outbox.state.conflicts[0], 'theirs');
  assert.equal(outbox.state.kind, 'saved');
});

test('what is refused for another reason than an edit is told apart, and keeps what was made', async () => {
  const { outbox, server } = world();
  await outbox.push('image', [create('a', { label: 'gone', rle: mask(1) })]);
  await outbox.idle();
  const [held] = outbox.state.conflicts;
  assert.deepEqual([held.code, held.theirs, held.mine.rle], ['unknown_label', null, mask(1)]);
  assert.equal(held.mine.image, 'image');
  assert.equal(server.rows.size, 0);
});

test('an object whose label was deleted is given another one and sent, with what was done to it since', async () => {
  const { outbox, server } = world();
  await outbox.push('image', [create('a', { label: 'gone', rle: mask(1) })]);
  await outbox.push('image', [update('a', { hidden: true })]);
  await outbox.idle();
  await outbox.resolve(outbox.state.conflicts[0], 'mine', { label: 'dog' });
  assert.equal(outbox.state.kind, 'saved');
  const { label, rle, hidden } = server.rows.get('a');
  assert.deepEqual([label, rle, hidden], ['dog', mask(1), true]);
});

test('a refusal sent again unchanged is asked again, and refused again as long as its reason lasts', async () => {
  const { outbox, server } = world();
  await outbox.push('image', [create('a', { label: 'gone' })]);
  await outbox.idle();
  await outbox.resolve(outbox.state.conflicts[0], 'mine');
  assert.deepEqual([outbox.state.kind, server.requests.length], ['conflict', 2]);
});

test('a request refused as a whole is taken apart until the bad operation is found', async () => {
  const server = new FakeServer();
  const { send } = server;
  server.send = async (image, operations) => {
    if (operations.some(({ id }) => id === 'bad'))
      throw new ApiError(400, { code: 'invalid', message: 'operations.1: no.' });
    return send(image, operations);
  };
  const { outbox } = world({ server });
  await outbox.push('image', [create('a'), create('bad'), create('c')]);
  await outbox.idle();
  assert.deepEqual([...server.rows.keys()], ['a', 'c']);
  assert.equal(outbox.state.conflicts[0].operation.id, 'bad');
});

test('an image that is gone holds back its own work only', async () => {
  const server = new FakeServer();
  const { send } = server;
  server.send = async (image, operations) => {
    if (image === 'gone') throw new ApiError(404, { code: 'not_found', message: 'There is no such image.' });
    return send(image, operations);
  };
  const { outbox } = world({ server });
  await outbox.push('gone', [create('a'), update('a', { label: 'dog' })]);
  await outbox.push('image', [create('b')]);
  await outbox.idle();
  assert.ok(server.rows.has('b'));
  assert.deepEqual(
    outbox.state.conflicts.map(({ message }) => message),
    ['There is no such image.'],
  );
  await outbox.resolve(outbox.state.conflicts[0], 'theirs');
  assert.equal(outbox.state.kind, 'saved');
});

test('"saved" is not said while a change is still on its way to the disk', async () => {
  const { outbox } = world();
  const pushed = outbox.push('image', [create('a')]);
  assert.equal(outbox.state.kind, 'saving', 'at once, in the same turn');
  await outbox.refresh();
  assert.equal(outbox.state.kind, 'saving');
  await pushed;
  await outbox.idle();
  assert.equal(outbox.state.kind, 'saved');
});
