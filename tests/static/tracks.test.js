import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DOUBTFUL, doubtFrom, doubtsOf, stretchesOf, wordsOf } from '../../static/app/ui/track_rows.js';

/** @param {number} at @param {string} kind @param {number | null} [confidence] @param {string} [reason] */
const cell = (at, kind, confidence = null, reason = '') => ({ at, kind, confidence, reason });
const car = {
  track: 1,
  label: null,
  cells: [
    cell(2, 'object'),
    cell(3, 'suggested', 0.95),
    cell(4, 'suggested', DOUBTFUL - 0.01),
    cell(6, 'suggested', 0.9),
    cell(7, 'lost', 0.3, 'It is not seen in this image any more.'),
  ],
};
const tree = { track: 2, label: null, cells: [cell(0, 'object'), cell(4, 'suggested', 0.5)] };

test('neighbours of one kind are one stretch, and a gap ends it', () => {
  assert.deepEqual(stretchesOf(car), [
    { kind: 'object', from: 2, count: 1 },
    { kind: 'suggested', from: 3, count: 2 },
    { kind: 'suggested', from: 6, count: 1 },
    { kind: 'lost', from: 7, count: 1 },
  ]);
});

test('what is lost or in doubt is found once, either way', () => {
  assert.deepEqual(doubtsOf([car, tree]), [4, 7]);
  assert.equal(doubtFrom([car, tree], 4, 1), 7);
  assert.equal(doubtFrom([car, tree], 7, 1), null);
  assert.equal(doubtFrom([car, tree], 7, -1), 4);
  assert.equal(doubtFrom([car, tree], 0, -1), null);
});

test('words say what the drawing shows', () => {
  assert.equal(wordsOf(car), 'drawn on 1 image, suggested on 3 images, lost: It is not seen in this image any more.');
  assert.equal(wordsOf(tree), 'drawn on 1 image, suggested on 1 image');
});
