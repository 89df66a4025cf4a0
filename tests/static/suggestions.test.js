import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Suggestions } from '../../static/app/state/suggestions.js';
import { toPart, toWhole } from '../../static/app/state/walk_suggestions.js';

/** @returns {any} */
/** @param {string} id @param {number} predicted_iou @param {string | null} [parent] */
const row = (id, predicted_iou, parent = null) => ({ id, predicted_iou, parent, rank: 0, image: 'photo' });

function world(
  rows,
  decide = (operations) =>
    operations.map(({ key, id, op }) => ({
      key,
      status: 200,
      suggestion: { id },
      annotation: op === 'accept' ? { id: `object-${id}` } : null,
    })),
) {
  let clock = 0;
  const sent = [];
  const gone = new Set();
  const taken = [];
  let listed = rows;
  const api = {
    list: async () => ({
      results: listed.filter(({ id }) => !gone.has(id)),
      covered: 1,
      prefill_above: 0.9,
      search: null,
    }),
    decide: async (_image, operations) => {
      sent.push(operations);
      for (const { id, op, merge = [] } of operations)
        for (const each of [id, ...merge]) op === 'reopen' ? gone.delete(each) : gone.add(each);
      return { results: decide(operations) };
    },
  };
  const suggestions = new Suggestions(
    api,
    (objects) => taken.push(...objects.map(({ id }) => id)),
    () => clock,
  );
  return {
    suggestions,
    sent,
    taken,
    tick: (ms) => {
      clock += ms;
    },
    relist: (next) => {
      listed = next;
    },
  };
}

const FAMILY = [
  row('whole', 0.95),
  row('part', 0.97, 'whole'),
  row('speck', 0.92, 'part'),
  row('weak', 0.5),
  row('alone', 0.91),
];

test('the best is chosen first and the threshold is the project’s', async () => {
  const { suggestions } = world(FAMILY);
  await suggestions.load('photo');
  assert.equal(suggestions.chosen, 'whole');
  assert.equal(suggestions.threshold, 0.9);
});

test('of a whole and its parts only the whole is confident', async () => {
  const { suggestions } = world(FAMILY);
  await suggestions.load('photo');
  assert.deepEqual(
    suggestions.confident().map(({ id }) => id),
    ['whole', 'alone'],
  );
  suggestions.setThreshold(0.96);
  assert.deepEqual(
    suggestions.confident().map(({ id }) => id),
    ['part'],
  );
});

test('accepting tells the next one and counts the seconds of looking', async () => {
  const { suggestions, sent, taken, tick } = world(FAMILY);
  await suggestions.load('photo');
  tick(2500);
  await suggestions.accept({ label: 'cat' });
  assert.deepEqual(sent[0][0].data, { label: 'cat', seconds: 2.5 });
  assert.deepEqual(taken, ['object-whole']);
  assert.equal(suggestions.chosen, 'part');
  tick(600_000);
  await suggestions.accept({});
  assert.equal(sent[1][0].data.seconds, 30);
});

test('picked ones are merged into the chosen one', async () => {
  const { suggestions, sent } = world(FAMILY);
  await suggestions.load('photo');
  suggestions.pick('weak');
  suggestions.pick('alone');
  suggestions.pick('alone');
  await suggestions.accept({});
  assert.deepEqual(sent[0][0].merge, ['weak']);
  assert.equal(suggestions.picked.size, 0);
});

test('part and whole are one key apart', async () => {
  const { suggestions } = world(FAMILY);
  await suggestions.load('photo');
  assert.equal(toPart(suggestions), true);
  assert.equal(suggestions.chosen, 'part');
  assert.equal(toWhole(suggestions), true);
  assert.equal(suggestions.chosen, 'whole');
  assert.equal(toWhole(suggestions), false);
});

test('a refused one stays, one that repeats an object goes', async () => {
  const refuse = (operations) =>
    operations.map(({ key, id }) => ({
      key,
      status: 409,
      error: { code: id === 'whole' ? 'repeats_object' : 'object_changed', message: '' },
    }));
  const { suggestions } = world(FAMILY, refuse);
  await suggestions.load('photo');
  await suggestions.acceptConfident(() => ({}));
  assert.deepEqual(
    suggestions.list.map(({ id }) => id),
    ['part', 'speck', 'weak', 'alone'],
  );
  assert.equal(suggestions.undoName, null);
});

test('a lost network leaves the list as it was', async () => {
  const { suggestions } = world(FAMILY, () => {
    throw new Error('offline');
  });
  await suggestions.load('photo');
  await assert.rejects(suggestions.accept({}), /offline/);
  assert.equal(suggestions.list.length, 5);
  assert.equal(suggestions.busy, false);
});

test('undo takes the last decision back', async () => {
  const { suggestions, sent } = world(FAMILY);
  await suggestions.load('photo');
  await suggestions.reject();
  assert.equal(suggestions.undoName, 'Reject suggestion');
  await suggestions.undo();
  assert.deepEqual(
    sent[1].map(({ op, id }) => [op, id]),
    [['reopen', 'whole']],
  );
  assert.equal(suggestions.chosen, 'whole');
  assert.equal(suggestions.undoName, null);
});

test('another image starts from nothing', async () => {
  const { suggestions, relist } = world(FAMILY);
  await suggestions.load('photo');
  suggestions.pick('weak');
  await suggestions.reject();
  relist([row('other', 0.8)]);
  await suggestions.load('next');
  assert.equal(suggestions.chosen, 'other');
  assert.equal(suggestions.undoName, null);
  assert.equal(suggestions.picked.size, 0);
});

test('keys pressed quickly are worked off one after the other', async () => {
  const { suggestions, sent } = world(FAMILY);
  await suggestions.load('photo');
  const done = Promise.all([suggestions.accept({}), suggestions.reject(), suggestions.accept({})]);
  assert.equal(suggestions.busy, true);
  await done;
  assert.deepEqual(
    sent.map(([{ op, id }]) => `${op} ${id}`),
    ['accept whole', 'reject part', 'accept speck'],
  );
  assert.equal(suggestions.busy, false);
});

test('a list asked for before a decision does not bring back what was decided', async () => {
  const { suggestions, relist } = world(FAMILY);
  await suggestions.load('photo');
  const stale = suggestions.load('photo');
  relist(FAMILY.filter(({ id }) => id !== 'whole'));
  await Promise.all([stale, suggestions.reject()]);
  assert.ok(!suggestions.list.some(({ id }) => id === 'whole'));
});

test('what arrives while a search goes on joins the list and leaves the choice alone', async () => {
  const { suggestions, relist } = world(FAMILY);
  await suggestions.load('photo');
  suggestions.choose('part');
  relist([...FAMILY, { ...FAMILY[2], id: 'new' }]);
  await suggestions.load('photo');
  assert.equal(suggestions.chosen, 'part');
  assert.ok(suggestions.get('new'));
});

test('thousands of confident ones are decided in requests the server takes', async () => {
  const { suggestions, sent } = world(Array.from({ length: 1250 }, (_, index) => row(`s${index}`, 0.95)));
  await suggestions.load('photo');
  const results = await suggestions.acceptConfident(() => ({}));
  assert.deepEqual(
    sent.map(({ length }) => length),
    [500, 500, 250],
  );
  assert.equal(results.length, 1250);
  assert.equal(suggestions.list.length, 0);
});

test('what was taken back is in its place at once, and the server is asked for the rest', async () => {
  const { suggestions } = world(FAMILY.map((each, rank) => ({ ...each, rank })));
  await suggestions.load('photo');
  suggestions.api = {
    ...suggestions.api,
    list: async () => {
      throw new Error('offline');
    },
  };
  await suggestions.acceptConfident(() => ({}));
  assert.deepEqual(
    suggestions.list.map(({ id }) => id),
    ['part', 'speck', 'weak'],
  );
  await suggestions.undo();
  assert.deepEqual(
    suggestions.list.map(({ id }) => id),
    FAMILY.map(({ id }) => id),
  );
});

test('nobody waits for the list after a decision', async () => {
  const { suggestions } = world(FAMILY);
  await suggestions.load('photo');
  const { list } = suggestions.api;
  let asked = 0;
  suggestions.api.list = (image) => {
    asked += 1;
    return list(image);
  };
  await Promise.all([suggestions.accept({}), suggestions.accept({})]);
  assert.equal(suggestions.busy, false);
  assert.equal(asked, 1);
});
