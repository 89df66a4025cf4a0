import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createDecisions } from '../../static/app/ui/review/decide.js';
import { asked, suited } from '../../static/app/ui/review/mentions.js';
import { ReviewModel } from '../../static/app/ui/review/model.js';
import { about, ago, numbered, pieces, standing, told } from '../../static/app/ui/review/words.js';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const bob = { id: 'bob', name: 'Bob' };
const dana = { id: 'dana', name: 'Dana' };

/** @param {object} values @returns {any} */
const review = (values = {}) => ({
  image: 'a',
  review: 'waiting',
  seq: 4,
  submitted_by: bob,
  submitted_at: '2026-05-01T11:57:00Z',
  decided_by: null,
  decided_at: null,
  changed_after: false,
  held_by: null,
  may_decide: true,
  reasons: [],
  ...values,
});

/** @param {object} values @returns {any} */
const thread = (values = {}) => ({
  id: 't',
  image: 'a',
  annotation: null,
  annotation_deleted: false,
  x: null,
  y: null,
  resolved_at: null,
  comments: [],
  ...values,
});

test('times are told in the largest unit that fits', () => {
  assert.equal(ago('2026-05-01T11:59:40Z', NOW), 'just now');
  assert.equal(ago('2026-05-01T11:57:00Z', NOW), '3 minutes ago');
  assert.equal(ago('2026-04-28T12:00:00Z', NOW), '3 days ago');
});

test('how an image stands is a sentence, with who has it', () => {
  assert.equal(standing(review(), 'dana', NOW), 'Submitted by Bob, 3 minutes ago.');
  assert.equal(standing(review({ held_by: dana }), 'dana', NOW), 'Submitted by Bob, 3 minutes ago.');
  assert.match(standing(review({ held_by: dana }), 'rita', NOW), /Dana is reviewing it\.$/);
  assert.match(standing(review({ changed_after: true }), 'rita', NOW), /^Bob changed it after it was accepted/);
  const decided = { decided_by: dana, decided_at: '2026-05-01T10:00:00Z' };
  assert.match(standing(review(decided), 'rita', NOW), /^Submitted by Bob again/);
  assert.match(standing(review({ ...decided, review: 'returned' }), 'bob', NOW), /^Returned by Dana, 2 hours ago/);
  assert.match(standing(review({ ...decided, review: 'accepted' }), 'bob', NOW), /^Accepted by Dana, 2 hours ago/);
  assert.match(standing(review({ ...decided, decided_by: null, review: 'returned' }), 'bob', NOW), /who left/);
});

test('what became of an object is told in a few words', () => {
  assert.equal(told(/** @type {any} */ ({ change: 'added' })), 'added');
  assert.equal(
    told(/** @type {any} */ ({ change: 'changed', iou: 0.8349, fields: ['mask', 'z_order'] })),
    'changed: mask, IoU 0.83, z order',
  );
  assert.equal(told(/** @type {any} */ ({ change: 'changed', iou: null, fields: ['label'] })), 'changed: label');
});

test('members who are mentioned are found in the text, addresses are not', () => {
  const found = pieces('@Bob and a@bob.example, @nobody.', [{ username: 'bob', name: 'Bob B.' }]);
  assert.deepEqual(
    found.filter(({ name }) => name),
    [{ text: '@Bob', name: 'Bob B.' }],
  );
  assert.equal(found.map(({ text }) => text).join(''), '@Bob and a@bob.example, @nobody.');
});

test('open threads stand before settled ones and keep their numbers', () => {
  const rows = numbered([thread({ id: 'a', resolved_at: 'then' }), thread({ id: 'b' }), thread({ id: 'c' })]);
  assert.deepEqual(
    rows.map(({ thread: { id }, number }) => [id, number]),
    [
      ['b', 2],
      ['c', 3],
      ['a', 1],
    ],
  );
  assert.equal(about(thread({ x: 1.4, y: 2.6 })), 'at 1, 3');
  assert.equal(about(thread({ annotation: 'x', annotation_deleted: true })), 'on an object that was deleted');
});

/** A server whose image waits, and an editor that shows one object. */
function setUp() {
  /** @type {string[]} */
  const calls = [];
  const call =
    (/** @type {string} */ name, /** @type {(...sent: any[]) => unknown} */ answer) =>
    async (/** @type {any[]} */ ...sent) => {
      calls.push([name, ...sent].join(' '));
      return answer(...sent);
    };
  /** @type {any} */
  const api = {
    review: call('review', () => review()),
    threads: call('threads', () => ({ results: [] })),
    accept: call('accept', () => review({ review: 'accepted' })),
    sendBack: call('return', () => review({ review: 'returned' })),
    reopen: call('reopen', () => review()),
    next: call('next', () => ({ image: null })),
    say: call('say', (image, sent) => thread({ id: 'new', image, comments: [sent] })),
  };
  let rows = [{ id: 'o', revision: 1 }];
  /** @type {any[]} */
  const notices = [];
  /** @type {any} */
  const editor = {
    config: { project: { id: 'p' } },
    store: { all: () => rows },
    notify: (/** @type {any} */ notice) => notices.push(notice),
  };
  const noted = /** @type {any[]} */ ([]);
  /** @type {any} */
  const parts = {
    image: { info: { id: 'a', name: 'a.jpg' }, note: (/** @type {any[]} */ ...sent) => noted.push(sent) },
    live: { seq: 7, poll: async () => calls.push('poll') },
    navigator: { open: async (/** @type {string} */ id) => calls.push(`open ${id}`) },
    save: async () => calls.push('save'),
  };
  const model = new ReviewModel(api);
  const change = () => {
    rows = [{ id: 'o', revision: 2 }];
  };
  return { api, calls, notices, noted, parts, model, change, decisions: createDecisions(editor, parts, model) };
}

test('accepting sends what is unsent, looks for news, decides on what is seen, and goes on', async () => {
  const { model, calls, noted, notices, decisions } = setUp();
  await model.open('a');
  calls.length = 0;
  assert.equal(await decisions.accept(), true);
  assert.deepEqual(calls, ['save', 'poll', 'accept a 7', 'next p']);
  assert.deepEqual(noted, [['a', { review: 'accepted', state: 'done' }]]);
  assert.equal(notices[0].message, 'a.jpg is accepted.');
  notices[0].action.run();
  await Promise.resolve();
  assert.equal(calls.at(-1), 'reopen a');
});

test('what somebody else changed just now is looked at before it is decided on', async () => {
  const { model, calls, notices, parts, change, decisions } = setUp();
  await model.open('a');
  parts.live.poll = async () => change();
  assert.equal(await decisions.sendBack('No.'), false);
  assert.ok(!calls.some((one) => one.startsWith('return')));
  assert.match(notices[0].message, /somebody else just now/);
});

test('who may not decide decides nothing', async () => {
  const { api, model, calls, decisions } = setUp();
  api.review = async () => review({ may_decide: false });
  await model.open('a');
  assert.equal(await decisions.accept(), false);
  assert.ok(!calls.some((one) => one.startsWith('accept')));
});

test('an answer for an image that was left is dropped', async () => {
  const { api, model } = setUp();
  /** @type {(value: any) => void} */
  let answer = () => undefined;
  api.review = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const opening = model.open('a');
  model.close();
  answer(review());
  await opening;
  assert.equal(model.review, null);
});

test('a new comment is shown at once', async () => {
  const { model } = setUp();
  await model.open('a');
  await model.say({ text: 'Look.' });
  assert.deepEqual(
    model.threads.map(({ id }) => id),
    ['new'],
  );
});

test('taking an image, and keeping it, leaves what was compared as it is', async () => {
  /** @type {any} */
  const api = {
    review: async () => review(),
    threads: async () => ({ results: [] }),
    difference: async () => ({ since: 'decision', results: [{ id: 'x', change: 'added' }] }),
    claim: async () => review({ held_by: dana }),
  };
  globalThis.window ??= /** @type {any} */ (globalThis);
  const model = new ReviewModel(api);
  await model.open('a');
  await model.compare();
  await model.hold('dana');
  assert.equal(model.review?.held_by?.id, 'dana');
  assert.equal(model.differences?.length, 1);
  model.close();
});

test('a name is asked for after an @ that begins a word, up to the caret', () => {
  assert.deepEqual(asked('See @Bo', 7), { start: 4, prefix: 'bo' });
  assert.deepEqual(asked('@', 1), { start: 0, prefix: '' });
  assert.deepEqual(asked('(@b.lee and', 7), { start: 1, prefix: 'b.lee' });
  for (const [text, caret] of /** @type {[string, number][]} */ ([
    ['bob@exam', 8],
    ['@bob ', 5],
    ['bob', 3],
    ['@bob', 0],
  ]))
    assert.equal(asked(text, caret), null, text);
});

test('people are found by user name and by any part of their name, a few of them', () => {
  const people = [
    { username: 'bob', name: 'Robert Lee' },
    { username: 'dana', name: 'Dana Reed' },
    ...Array.from({ length: 9 }, (_, n) => ({ username: `user${n}`, name: `User ${n}` })),
  ];
  const names = (/** @type {string} */ prefix) => suited(people, prefix).map(({ username }) => username);
  assert.deepEqual(names('ro'), ['bob']);
  assert.deepEqual(names('re'), ['dana']);
  assert.equal(names('user').length, 6);
  assert.deepEqual(names('x'), []);
});

test('members are asked for once, and again after it failed', async () => {
  let asks = 0;
  const members = async () => {
    asks += 1;
    if (asks === 1) throw new Error('offline');
    return { results: [{ username: 'bob', user: bob }] };
  };
  const model = new ReviewModel(/** @type {any} */ ({ members }));
  await assert.rejects(model.people('p'), /offline/);
  assert.deepEqual(await model.people('p'), [{ username: 'bob', name: 'Bob' }]);
  await model.people('p');
  assert.equal(asks, 2);
});
