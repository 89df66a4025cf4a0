import assert from 'node:assert/strict';
import { test } from 'node:test';

import { boxIou, keep } from '../../static/app/pages/automatic/thresholds.js';

const WANTED = { predicted_iou: 0.5, stability: 0.5, nms: 0.7, crop_nms: 0.7, min_region: 10, max_area: 1 };
/** @returns {any} a candidate */
const one = ({ box = [0, 0, 10, 10], parts = [[100, ...box]], ...changes }) => ({
  iou: 0.9,
  stability: 0.9,
  box,
  area: 100,
  parts,
  hole: null,
  rle: { size: [1, 1], counts: '01' },
  ...changes,
});

test('two boxes: share of what both cover in what either covers', () => {
  assert.equal(boxIou([0, 0, 10, 10], [0, 0, 10, 10]), 1);
  assert.equal(boxIou([0, 0, 10, 10], [5, 0, 15, 10]), 1 / 3);
  assert.equal(boxIou([0, 0, 10, 10], [10, 0, 20, 10]), 0);
});

test('what is too unsure or too unstable goes, what lies at a limit stays', () => {
  const rows = [
    one({ iou: 0.5, stability: 0.5 }),
    one({ iou: 0.49, box: [20, 0, 30, 10] }),
    one({ stability: 0.49, box: [40, 0, 50, 10] }),
  ];
  assert.deepEqual(keep(rows, WANTED, 1e6), [rows[0]]);
});

test('of two alike the better stays, unless the overlap is allowed', () => {
  const rows = [one({}), one({ iou: 0.8, box: [0, 0, 10, 9] })];
  assert.deepEqual(keep(rows, WANTED, 1e6), [rows[0]]);
  assert.equal(keep(rows, { ...WANTED, nms: 0.9 }, 1e6).length, 2);
});

test('a mask that is dropped by its score suppresses nobody, one dropped by its size does', () => {
  const rows = [one({ iou: 0.9, stability: 0.1 }), one({ iou: 0.8, parts: [[5, 0, 0, 10, 10]] }), one({ iou: 0.7 })];
  assert.deepEqual(keep(rows, WANTED, 1e6), []);
  assert.deepEqual(keep([rows[0], rows[2]], WANTED, 1e6), [rows[2]]);
});

test('a mask of nearly the whole image goes when the project wants that', () => {
  assert.equal(keep([one({ area: 95 })], { ...WANTED, max_area: 0.95 }, 100).length, 0);
  assert.equal(keep([one({ area: 95 })], WANTED, 100).length, 1);
});

test('where cleaning makes boxes alike, the unchanged mask stays, however much better the other was', () => {
  const speck = one({
    iou: 0.9,
    box: [0, 0, 30, 10],
    parts: [
      [100, 0, 0, 10, 10],
      [9, 27, 7, 30, 10],
    ],
  });
  const plain = one({ iou: 0.6 });
  assert.deepEqual(keep([speck, plain], WANTED, 1e6), [plain]);
  assert.deepEqual(keep([speck, plain], { ...WANTED, min_region: 9 }, 1e6), [speck, plain]);
  assert.deepEqual(keep([speck, plain], { ...WANTED, crop_nms: 1 }, 1e6), [speck, plain]);
});

test('a mask whose small hole is filled counts as changed', () => {
  const ring = one({ hole: 4 });
  const other = one({ iou: 0.8, box: [0, 0, 10, 16], parts: [[90, 0, 0, 10, 10]] });
  assert.deepEqual(keep([ring, other], WANTED, 1e6), [other]);
  assert.deepEqual(keep([ring, other], { ...WANTED, min_region: 4 }, 1e6), [ring, other]);
});
