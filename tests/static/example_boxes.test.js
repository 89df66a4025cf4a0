import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxBetween, readBox } from '../../static/app/pages/automatic/example_boxes.js';

const SIZE = { width: 100, height: 50 };

test('a box lies between two places in any order, cut to the photo', () => {
  assert.deepEqual(boxBetween({ x: 10, y: 20 }, { x: 30.26, y: 5 }, SIZE), [10, 5, 20.3, 15]);
  assert.deepEqual(boxBetween({ x: 90, y: 40 }, { x: 300, y: -20 }, SIZE), [90, 0, 10, 40]);
});

test('a slip of the hand is no box', () => {
  assert.equal(boxBetween({ x: 10, y: 20 }, { x: 11, y: 40 }, SIZE), null);
  assert.equal(boxBetween({ x: 120, y: 20 }, { x: 160, y: 40 }, SIZE), null);
});

test('a box is read from four numbers', () => {
  assert.deepEqual(readBox(' 1, 2.5 30;40 '), [1, 2.5, 30, 40]);
  for (const text of ['', '1,2,3', '1,2,3,4,5', '1,2,x,4', '1,2,0,4', '1,2,3,-4', '1,2,3,Infinity'])
    assert.equal(readBox(text), null, text);
});
