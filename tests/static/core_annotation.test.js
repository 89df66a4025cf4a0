import assert from 'node:assert/strict';
import test from 'node:test';
import { blank, bookkeepingOf, dataOf, withData, DATA_FIELDS } from '../../static/app/core/annotation.js';

const RLE = { size: /** @type {[number, number]} */ ([4, 4]), counts: '522O4' };
const OF = { image: 'i', author: { id: 'p', name: 'Bob' } };

test('a new object starts as the server would store it, with an id of its own', () => {
  const one = blank({ label: 'l' }, OF);
  const other = blank({ label: 'l' }, OF);
  assert.notEqual(one.id, other.id);
  assert.equal(one.status, 'open');
  assert.equal(one.stage, 'assisted_manual');
  assert.deepEqual([one.revision, one.seq], [0, 0]);
  assert.deepEqual([one.image, one.author], [OF.image, OF.author]);
  assert.equal(blank({}, { ...OF, id: 'chosen' }).id, 'chosen');
});

test('what is said goes before what is assumed', () => {
  const row = blank({ status: 'approved', z_order: 7, hidden: true }, OF);
  assert.deepEqual([row.status, row.z_order, row.hidden], ['approved', 7, true]);
});

test('box and area are always those of the mask', () => {
  const row = blank({ rle: RLE }, OF);
  assert.equal(row.area, 3);
  assert.deepEqual(row.bbox, [1, 1, 2, 2]);
  assert.deepEqual(withData(row, { label: 'l' }).bbox, row.bbox);
  const smaller = withData(row, { rle: { size: [4, 4], counts: '11>' } });
  assert.equal(smaller.area, 1);
  assert.deepEqual(smaller.bbox, [0, 1, 1, 1]);
});

test('every field is the client’s, the server’s, or fixed when the object was made', () => {
  const row = blank({}, OF);
  const fixed = ['id', 'image', 'bbox', 'area'];
  const all = [...DATA_FIELDS, ...Object.keys(bookkeepingOf(row)), ...fixed];
  assert.deepEqual(all.toSorted(), Object.keys(row).toSorted());
  assert.deepEqual(Object.keys(dataOf(row)), [...DATA_FIELDS]);
});
