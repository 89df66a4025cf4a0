import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { decode } from '../../static/app/core/bitmap.js';
import { area } from '../../static/app/core/rle.js';
import { keepClicked } from '../../static/app/sam/keep_clicked.js';
import { rleFromLogits } from '../../static/app/sam/postprocess.js';
import { frameOf } from '../../static/app/sam/prompts.js';
import { sampleMask } from '../../static/app/view/samples.js';

const SIDE = 16;
/** @type {any} what of it is used */
const manifest = { input: { size: 64 }, decoder: { point_frame: 64, mask_size: SIDE } };
/** Four image pixels to a cell. */
const square = frameOf(64, 64, manifest);
/** @param {0 | 1} [label] @returns {import('../../static/app/types.js').PromptPoint} */
const on = (column, row, label = 1) => ({ x: column * 4 + 2, y: row * 4 + 2, label });

/** Logits of drawn cells: a digit is that logit, a dot -2. */
function drawn(rows) {
  const lines = [...rows, ...new Array(SIDE).fill('')].slice(0, SIDE).map((row) => row.padEnd(SIDE, '.'));
  return Float32Array.from(lines.join(''), (mark) => (mark === '.' ? -2 : Number(mark)));
}
const positive = (logits) => logits.filter((value) => value > 0).length;

const two = drawn(['55......', '55......', '......33', '......33']);

test('only the part under the positive point stays; the other is mirrored at the threshold', () => {
  const kept = keepClicked(two, [on(0, 0)], square);
  assert.equal(positive(kept), 4);
  assert.deepEqual([kept[0], kept[2 * SIDE + 6]], [5, -3]);
  assert.equal(positive(two), 8, "the decoder's own logits are left as they are");
});

test('every clicked part stays, and negative points count for nothing', () => {
  assert.equal(keepClicked(two, [on(0, 0), on(7, 3)], square), two);
  assert.equal(positive(keepClicked(two, [on(0, 0), on(7, 3, 0)], square)), 4);
});

test('parts that touch at a corner are one', () => {
  const corner = drawn(['55', '55', '..33', '..33', '', '7']);
  assert.equal(positive(keepClicked(corner, [on(0, 0)], square)), 8);
});

test('all stays when no point lies on a part', () => {
  assert.equal(keepClicked(two, [on(12, 12)], square), two);
  assert.equal(keepClicked(two, [on(0, 0, 0)], square), two);
  assert.equal(
    keepClicked(drawn([]), [on(3, 3)], square).some((value) => value > 0),
    false,
  );
});

test('a point in the mixed rim of a part lies on it, one beyond does not', () => {
  const far = drawn(['.....', '.5...', '.....', '......', '......3']);
  assert.equal(positive(keepClicked(far, [{ x: 8.5, y: 6, label: 1 }], square)), 1);
  assert.equal(keepClicked(far, [{ x: 13.5, y: 6, label: 1 }], square), far);
});

test('nothing of a dropped part shows at image size, not even a rim', () => {
  for (const [width, height] of [
    [64, 64],
    [500, 333],
    [31, 50],
  ]) {
    const frame = frameOf(width, height, manifest);
    const point = { x: width * 0.06, y: height * 0.06, label: /** @type {1} */ (1) };
    const shown = decode(
      rleFromLogits(keepClicked(drawn(['99......', '99......', '', '.....9', '.....99']), [point], frame), frame),
    );
    const alone = decode(rleFromLogits(drawn(['99......', '99......']), frame));
    assert.deepEqual(shown, alone, `${width} × ${height}`);
  }
});

test('parts do not meet in the padding below the picture', () => {
  const frame = frameOf(64, 20, manifest); // five rows of cells and one of slack
  const bridged = drawn([
    '55....33',
    '55....33',
    '55....33',
    '55....33',
    '55....33',
    '........',
    '..',
    '55555555',
    '55555555',
  ]);
  bridged.fill(5, 6 * SIDE, 7 * SIDE);
  assert.equal(
    area(rleFromLogits(keepClicked(bridged, [on(0, 1)], frame), frame)) < area(rleFromLogits(bridged, frame)) * 0.6,
    true,
  );
});

test('in the frame of a region points are still those of the whole image', () => {
  const frame = { ...square, region: { x: 1000, y: 500, imageWidth: 4000, imageHeight: 3000 } };
  const { x, y } = on(7, 3);
  const kept = keepClicked(two, [{ x: x + 1000, y: y + 500, label: 1 }], frame);
  assert.deepEqual([positive(kept), kept[2 * SIDE + 6]], [4, 3]);
});

test('a threshold other than 0 is the mirror', () => {
  const kept = keepClicked(two, [on(0, 0)], square, 1);
  assert.equal(kept[2 * SIDE + 6], -1);
  assert.equal(positive(keepClicked(two, [on(0, 0)], square, 4)), 8, 'below this threshold there is no second part');
});

const golden = JSON.parse(readFileSync(new URL('../fixtures/postprocess_golden.json', import.meta.url), 'utf8'));

for (const entry of golden.cases) {
  test(`golden ${entry.width} × ${entry.height}: what stays is what Python keeps of the finished mask, and shown as stored`, () => {
    const asked = { input: { fit: entry.fit }, decoder: { point_frame: entry.input_size, mask_size: entry.mask_size } };
    const frame = frameOf(entry.width, entry.height, /** @type {any} */ (asked));
    const [x, y] = entry.click;
    const logits = keepClicked(Float32Array.from(entry.logits), [{ x, y, label: 1 }], frame);
    const stored = rleFromLogits(logits, frame);
    // In a strip thinner than one cell, parts may touch in the cells that only lend their rim to the picture.
    if (Math.min(frame.scaledWidth, frame.scaledHeight) * frame.maskSize > frame.inputSize)
      assert.deepEqual(stored, entry.clicked_rle);
    const grid = { x0: 0, y0: 0, cell: 1, columns: entry.width, rows: entry.height };
    assert.equal(
      sampleMask(logits, frame, grid).reduce((sum, inside) => sum + inside, 0),
      area(stored),
    );
  });
}
