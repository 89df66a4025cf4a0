import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import {
  BOX_PAD,
  CONFIDENT,
  JITTERS,
  KINSHIP,
  SAME_PLACE,
  WEIGHT,
  confidenceOf,
  isSure,
  shifted,
} from '../../static/app/sam/propagate.js';
import { fromRuns } from '../../static/app/core/rle.js';
import { MASK_LOGIT } from '../../static/app/sam/mask_prompt.js';
import { acceptCarried, carryAlong, looksByImage, summary } from '../../static/app/tools/carry_along.js';
import { propagate } from '../../static/app/tools/propagate.js';

const golden = JSON.parse(readFileSync(new URL('../fixtures/propagate_golden.json', import.meta.url), 'utf8'));

test('the editor and the library share their constants', () => {
  assert.deepEqual(
    {
      box_pad: BOX_PAD,
      jitters: JITTERS.map((shift) => [...shift]),
      weights: { ...WEIGHT },
      confident: CONFIDENT,
      kinship: KINSHIP,
      same_place: SAME_PLACE,
      mask_logit: MASK_LOGIT,
    },
    Object.fromEntries(
      ['box_pad', 'jitters', 'weights', 'confident', 'kinship', 'same_place', 'mask_logit'].map((name) => [
        name,
        golden[name],
      ]),
    ),
  );
});

test('boxes are padded, shifted and clipped as in the library', () => {
  for (const { box, height, width, shift, shifted: expected } of golden.boxes) {
    for (const [index, value] of shifted(box, shift[0], shift[1], /** @type {any} */ ({ width, height })).entries())
      assert.ok(Math.abs(value - expected[index]) < 1e-3, `${box} ${shift}: ${value} for ${expected[index]}`);
  }
});

test('confidence is mixed as in the library', () => {
  for (const { overlap, score, likeness, confidence, sure } of golden.mixes) {
    const mixed = confidenceOf(overlap, score, likeness);
    assert.ok(Math.abs(mixed - confidence) < 1e-9);
    assert.equal(isSure(mixed, likeness), sure);
  }
});

const look = (image, label) => ({ image, name: `${image}.jpg`, object: 'o', label, confidence: 0.5, reason: 'unsure' });
const result = {
  images: 12,
  carried: 30,
  already_there: 0,
  unsure: 4,
  needs_a_look: [look('a', 'cat'), look('b', 'dog'), look('a', null), look(null, 'gone')],
  stopped: null,
};

test('what came of it is one sentence', () => {
  assert.equal(summary(result), '12 images, 30 objects carried, 4 need a look.');
  assert.equal(summary({ ...result, images: 1, carried: 1, unsure: 1 }), '1 image, 1 object carried, 1 needs a look.');
  assert.equal(summary({ ...result, unsure: 0 }), '12 images, 30 objects carried.');
});

test('an image to look at is named once, with all that is unsure there', () => {
  assert.deepEqual(looksByImage(result), [
    { image: 'a', name: 'a.jpg', labels: ['cat', 'an object without label'] },
    { image: 'b', name: 'b.jpg', labels: ['dog'] },
  ]);
});

test('a run is followed to its end, over a network that is away for a moment', async () => {
  const states = [
    { id: 'r', state: 'running', progress: 0.5 },
    new Error('offline'),
    { id: 'r', state: 'succeeded', progress: 1 },
  ];
  const seen = [];
  /** @type {any} */
  const api = {
    carryAlong: async (image, wanted) => ({ id: 'r', state: 'queued', progress: 0, image, wanted }),
    run: async () => {
      const next = states.shift();
      if (next instanceof Error) throw next;
      return next;
    },
  };
  const done = await carryAlong(
    api,
    { image: 'i', objects: null, count: 3 },
    ({ state, progress }) => seen.push([state, progress]),
    async () => undefined,
  );
  assert.equal(done.state, 'succeeded');
  assert.deepEqual(seen, [
    ['queued', 0],
    ['running', 0.5],
    ['running', 0.5],
    ['succeeded', 1],
  ]);
});

test('all that was carried is accepted, each with its own label, and nothing else', async () => {
  const accepted = [];
  const said = [];
  const rows = [
    { id: 1, carried: {}, proposal: { label: 'cat' } },
    { id: 2, proposal: { label: 'dog' } },
    { id: 3, carried: {}, proposal: null },
  ];
  const suggestions = {
    list: rows,
    acceptAll: async (wanted, dataOf) =>
      wanted.map((row) => {
        accepted.push([row.id, dataOf(row).label]);
        return row.id === 3 ? { error: {} } : {};
      }),
  };
  /** @type {any} */
  const editor = { suggestions, image: { info: null }, notify: ({ message }) => said.push(message) };
  await acceptCarried(editor);
  assert.deepEqual(accepted, [
    [1, 'cat'],
    [3, null],
  ]);
  assert.deepEqual(said, ['1 object accepted. 1 suggestion repeated what is there.']);
});

/** An editor whose objects 1, 2, … lie at `before` and are found at `after`. @returns {any} */
function editorWith(before, after, confidences) {
  const said = [];
  const sources = before.map((mask, index) => ({ id: index, rle: mask, label: null, attributes: {} }));
  const image = { info: { id: 'from' } };
  const editor = {
    objects: {
      selected: () => sources,
      add: (found) => {
        editor.added = found;
        return [];
      },
    },
    image,
    notify: (notice) => said.push(notice),
    session: { set: () => undefined },
    config: { model: null },
    decoder: {
      propagate: async (mask) => {
        const at = before.indexOf(mask);
        return {
          rle: after[at],
          confidence: confidences[at],
          sure: confidences[at] >= CONFIDENT,
          candidate: { score: 1, logits: new Float32Array(4) },
        };
      },
    },
  };
  return {
    editor,
    said,
    next: async () => {
      image.info = { id: 'to' };
    },
  };
}

test('two objects that are found in the same place are not certain', async () => {
  const [a, b, c] = [
    [0, 3, 7],
    [4, 3, 3],
    [8, 2],
  ].map((runs) => fromRuns(1, 10, runs));
  const { editor, said, next } = editorWith([a, b, c], [a, a, c], [0.9, 0.95, 0.9]);
  await propagate(editor, next);
  assert.equal(editor.added.length, 3);
  assert.match(said[0].message, /Look closely at 1 object/);
});
