import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FastPath, cellsShown } from '../../static/app/sam/fast_path.js';
import { frameOf } from '../../static/app/sam/prompts.js';
import { axisOf } from '../../static/app/sam/resample.js';
import { there } from './support/there.js';

/** @type {any} what of it is used */
const manifest = { input: { size: 1024 }, decoder: { point_frame: 1024, mask_size: 256 } };

class Tensor {
  constructor(type, data, dims) {
    Object.assign(this, { type, data, dims, size: data.length });
  }
}

/** A path whose `prepare` gives cell numbers, two values each. @returns {any} */
function pathOver(grid) {
  const up = new Tensor(
    'float32',
    Float32Array.from({ length: grid * grid * 2 }, (_, index) => index >> 1),
    [grid, grid, 2],
  );
  /** @type {any} */
  const prepare = { inputNames: [], run: async () => ({ z_up: up, k0: up }) };
  return new FastPath(prepare, /** @type {any} */ ({ inputNames: [] }), { decode_fast: { file: '', cells: ['z_up'] } });
}

test('every logit that a shown pixel is mixed from is made, and two more for smoothing', () => {
  for (const [width, height] of [
    [1024, 768],
    [4950, 3300],
    [100, 7],
    [4000, 1],
    [640, 640],
    [1000, 751],
  ]) {
    const frame = frameOf(width, height, manifest);
    const axis = axisOf(height, frame.scaledHeight, 1024, 256);
    const last = Math.max(
      ...Array.from(axis.first, (first, y) => first + there([0, 1, 2].findLast((i) => axis.weights[3 * y + i] !== 0))),
    );
    assert.ok(4 * cellsShown(frame.scaledHeight, 64, frame) >= Math.min(last + 3, 256), `${width}×${height}`);
  }
  assert.equal(cellsShown(1024, 64, frameOf(9, 9, manifest)), 64);
  assert.equal(cellsShown(683, 64, frameOf(9, 9, manifest)), 44);
});

test('a wide photo keeps its rows, a tall one its columns, other tensors stay whole', async () => {
  const wide = await pathOver(64).prepare({}, frameOf(1024, 512, manifest));
  assert.deepEqual(wide.shown.z_up.dims, [33, 64, 2]);
  assert.equal(wide.shown.z_up.data.at(-1), 33 * 64 - 1);
  const tall = await pathOver(64).prepare({}, frameOf(512, 1024, manifest));
  assert.deepEqual(tall.shown.z_up.dims, [64, 33, 2]);
  assert.deepEqual([...tall.shown.z_up.data.slice(64, 70)], [32, 32, 64, 64, 65, 65]);
  assert.equal(tall.shown.k0, tall.whole.k0);
  assert.deepEqual(tall.whole.z_up.dims, [64, 64, 2]);
});
