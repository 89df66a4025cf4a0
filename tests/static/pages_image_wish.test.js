import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alike, asQuery, matches, narrows, standsBefore } from '../../static/app/pages/image_wish.js';
import { inParts } from '../../static/app/pages/many.js';

/** @param {Record<string, unknown>} [about] @returns {any} */
const image = (about) => ({
  id: 'i',
  name: 'cat.png',
  folder: 'pets',
  place: 'cat',
  state: 'new',
  review: 'none',
  annotations: 2,
  tags: ['dark'],
  created: '2026-03-02T23:30:00Z',
  ...about,
});
/** @param {string} id */
const tagName = (id) => (id === 't1' ? 'dark' : undefined);
/** @param {Record<string, string>} wish @param {boolean} [shown] */
const fits = (wish, shown = true) => matches(wish, image(), tagName, shown);

test('the address has what is asked for and nothing else', () => {
  assert.equal(asQuery({ state: 'new', tag: '', sort: 'name' }), 'state=new');
  assert.equal(asQuery({ sort: 'most' }), 'sort=most');
  assert.equal(narrows({ sort: 'most' }), false);
  assert.ok(narrows({ tag: 'none' }));
  assert.ok(alike({ state: 'new', sort: 'name' }, { sort: '', state: 'new' }));
});

test('an image matches by each part that the page can tell', () => {
  assert.ok(fits({ state: 'new', search: 'PETS/c', tag: 't1', min_objects: '2', max_objects: '2' }));
  for (const wish of /** @type {Record<string, string>[]} */ ([
    { state: 'done' },
    { review: 'waiting' },
    { search: 'dog' },
    { tag: 't2' },
    { tag: 'none' },
    { min_objects: '3' },
    { max_objects: '1' },
    { added_from: '2026-03-03' },
    { added_to: '2026-03-01' },
  ]))
    assert.equal(fits(wish), false, JSON.stringify(wish));
  assert.ok(fits({ added_from: '2026-03-02', added_to: '2026-03-02' }));
});

test('who has an image only the server knows: what was let through stays, what is new does not come', () => {
  for (const wish of /** @type {Record<string, string>[]} */ ([{ assignee: 'u1' }, { with_label: 'l1' }])) {
    assert.ok(fits(wish));
    assert.equal(fits(wish, false), false);
  }
  assert.ok(fits({ assignee: 'nobody' }, false));
});

test('images stand as the server sorts them', () => {
  const few = image({ place: 'b', annotations: 1, created: '2026-03-02T23:30:00.123456Z' });
  const many = image({ place: 'c', annotations: 9, created: '2026-03-01T00:00:00Z' });
  const first = (/** @type {string} */ sort) => (standsBefore({ sort }, few, many) ? 'few' : 'many');
  assert.deepEqual(['name', 'newest', 'oldest', 'most', 'fewest'].map(first), ['few', 'few', 'many', 'many', 'few']);
  assert.equal(standsBefore({}, few, undefined), false);
});

test('many images go in parts; the first that fails ends it, and what came before counts', async () => {
  const ids = Array.from({ length: 450 }, (_, at) => `${at}`);
  /** @type {number[]} */
  const told = [];
  const whole = await inParts(
    ids,
    async (part) => part.length,
    (done) => told.push(done),
  );
  assert.deepEqual([whole.results, told, whole.error], [[200, 200, 50], [200, 400, 450], null]);
  const cut = await inParts(ids, async (part) => {
    if (part.includes('200')) throw new Error('gone');
    return part.length;
  });
  assert.deepEqual([cut.results, String(cut.error)], [[200], 'Error: gone']);
});
