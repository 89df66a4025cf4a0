import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Engine } from '../../static/app/sam/engine.js';
import { FastPath } from '../../static/app/sam/fast_path.js';

const SIDE = 4;
/** @type {any} what of it is used */
const manifest = { input: { size: 64 }, decoder: { point_frame: 64, mask_size: SIDE, mask_threshold: 0 }, graphs: {} };

class Tensor {
  constructor(type, data, dims) {
    Object.assign(this, { type, data, dims });
  }
}

/** A graph that says when it ran. @returns {any} */
const session = (name, ran, inputNames, outputs) => ({
  inputNames,
  run: async () => {
    ran.push(name);
    return outputs;
  },
});

/** @returns {{ engine: any, ran: string[] }} */
function opened({ fast = true } = {}) {
  const ran = [];
  const outputs = {
    logits: new Tensor('float32', new Float32Array(4 * SIDE ** 2), [1, 4, SIDE, SIDE]),
    iou: new Tensor('float32', new Float32Array(4), [1, 4]),
  };
  const engine = new Engine(
    /** @type {any} */ ({ Tensor }),
    /** @type {any} */ ({ name: 'small', manifest, files: {} }),
    /** @type {any} */ ({}),
    'wasm',
  );
  engine.decoder = session('plain', ran, ['embedding', 'point_coords'], outputs);
  if (fast)
    engine.fast = new FastPath(
      session('prepare', ran, ['embedding'], { keys: new Tensor('float32', new Float32Array(1), [1]) }),
      session('fast', ran, ['keys', 'point_coords'], outputs),
      {},
    );
  engine.images.set(
    'a',
    /** @type {any} */ ({
      frame: { width: 64, height: 48, scaledWidth: 64, scaledHeight: 48 },
      planes: { embedding: new Tensor('float32', new Float32Array(1), [1]) },
      prepared: null,
    }),
  );
  return { engine, ran };
}
/** @type {import('../../static/app/types.js').Prompt} */
const click = { points: [{ x: 3, y: 1, label: 1 }], box: null, maskLogits: null };

test('the plain decoder is timed once beside the fast one, which is warm from then on', async () => {
  const { engine, ran } = opened();
  await engine.prepare('a');
  await engine.compare('a');
  await engine.compare('a');
  assert.deepEqual(ran, ['prepare', 'plain', 'fast']);
  const answer = await engine.decode('a', click);
  assert.equal(answer.path, 'fast');
  assert.equal(typeof answer.plainMs, 'number');
});

test('without a fast decoder there is nothing to compare', async () => {
  const { engine, ran } = opened({ fast: false });
  await engine.prepare('a');
  await engine.compare('a');
  assert.deepEqual(ran, []);
  const { path, plainMs } = await engine.decode('a', click);
  assert.deepEqual([path, plainMs], ['plain', null]);
});

test('an image counts as opened only from the embedding it has now', () => {
  const { engine } = opened();
  Object.assign(engine.images.get('a'), { url: '/embeddings/1' });
  const image = { id: 'a', width: 64, height: 48, embedding: { url: '/embeddings/1' } };
  assert.equal(engine.opened(image), engine.images.get('a'));
  assert.equal(engine.opened({ ...image, embedding: { url: '/embeddings/2' } }), null);
  assert.equal(engine.opened({ ...image, id: 'b' }), null);
});

test('a plain decode that fails leaves the fast decoder in place', async () => {
  const { engine } = opened();
  await engine.prepare('a');
  engine.decoder.run = () => Promise.reject(new Error('no memory'));
  await assert.rejects(engine.compare('a'), /no memory/);
  assert.equal((await engine.decode('a', click)).path, 'fast');
});
