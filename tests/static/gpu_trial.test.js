import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { held } from '../../static/app/sam/gpu_trial.js';
import { tryGpu } from '../../static/app/sam/gpu_switch.js';
import { createDecoder } from '../../static/app/sam/decoder.js';

const stored = new Map();
const storage = {
  getItem: (key) => stored.get(key) ?? null,
  setItem: (key, value) => {
    stored.set(key, value);
  },
};
Object.defineProperty(globalThis, 'localStorage', { value: storage, configurable: true });
beforeEach(() => {
  stored.clear();
});

/** @returns {() => Promise<any>} */
const answers =
  (ms, value = 1) =>
  async () => ({ ms, candidates: [{ logits: Float32Array.of(0, value, 4) }] });

test('a WebGPU that is right and clearly quicker has nothing against it', async () => {
  assert.equal(await held(answers(50), answers(20)), null);
});

test('a WebGPU that loses is told with both times', async () => {
  assert.deepEqual(await held(answers(50), answers(45)), [
    'WebGPU no quicker',
    'WebGPU took 45 ms for a click, wasm 50 ms.',
  ]);
  assert.deepEqual(await held(answers(50), answers(60)), [
    'WebGPU slower',
    'WebGPU took 60 ms for a click, wasm 50 ms.',
  ]);
});

test('a hopeless round is the last, and the first one, which compiles, does not count', async () => {
  let asked = 0;
  const slow = answers(500);
  await held(answers(50), () => {
    asked++;
    return slow();
  });
  assert.equal(asked, 2);
});

test('other masks count for more than speed', async () => {
  for (const value of [1.5, NaN]) assert.deepEqual((await held(answers(50), answers(1, value)))?.[0], 'WebGPU inexact');
});

/** A decoder on workers that answer at once, WebGPU's in `gpuMs` or not at all. @returns {any} */
function world(gpuMs) {
  const spawn = () => {
    /** @type {any} */
    const worker = {
      onmessage: null,
      onerror: null,
      onmessageerror: null,
      terminate() {
        worker.ended = true;
      },
    };
    let ms = 50;
    worker.postMessage = (request) => {
      if (request.backend === 'webgpu') ms = gpuMs;
      const data =
        ms === null
          ? { type: 'failed', code: 'crashed', message: 'no device' }
          : { type: request.type, result: resultOf(request, ms) };
      queueMicrotask(() => {
        if (!worker.ended) worker.onmessage({ data: { ...data, id: request.id } });
      });
    };
    return worker;
  };
  const manifest = {
    encoder_sha256: 'enc',
    input: { size: 64 },
    decoder: { point_frame: 64, mask_size: 16, mask_threshold: 0 },
  };
  /** @type {any} */
  const model = { id: 'm', name: 'small', manifest, files: {} };
  return createDecoder({
    urls: { worker: '/w.js', ort: '/ort.mjs', ortWasm: '/ort/' },
    model,
    user: 'me',
    spawn,
    loadImage: async () => image,
  });
}
/** @type {any} what of it is used */
const image = {
  id: 'a',
  width: 64,
  height: 48,
  embedding: { state: 'ready', url: '/a', encoder_sha256: 'enc', message: '' },
};

function resultOf({ type, backend }, ms) {
  if (type === 'init') return { backend, threads: 1 };
  if (type === 'open') return { frame: { width: 64, height: 48 }, path: 'plain' };
  return {
    candidates: [{ logits: Float32Array.of(0, 1, 4), score: 1, token: 0 }],
    best: 0,
    ms,
    path: 'plain',
    plainMs: null,
  };
}

test('the status says which backend was kept and why, also after the page was loaded again', async () => {
  for (const decoder of [world(90), world(1)]) {
    await decoder.openImage(image);
    assert.equal(await tryGpu(decoder, { software: true }), 'wasm');
    const { backend, gpu } = decoder.status;
    assert.deepEqual(
      [backend, gpu],
      ['wasm', { short: 'WebGPU slower', detail: 'WebGPU took 90 ms for a click, wasm 50 ms.' }],
    );
    decoder.dispose();
  }
});

test('a WebGPU that cannot start leaves wasm with the reason', async () => {
  const decoder = world(null);
  await decoder.openImage(image);
  assert.equal(await tryGpu(decoder, { software: true }), 'wasm');
  assert.equal(decoder.status.gpu.short, 'WebGPU failed');
  assert.match(decoder.status.gpu.detail, /no device/);
  decoder.dispose();
});

test('without a graphics card nothing is tried or remembered', async () => {
  const decoder = world(1);
  await decoder.openImage(image);
  await tryGpu(decoder);
  assert.equal(decoder.status.gpu.short, 'no WebGPU');
  assert.equal(stored.size, 0);
  decoder.dispose();
});

test('a quicker WebGPU takes over, and is dropped with the reason when it stops', async () => {
  const decoder = world(10);
  await decoder.openImage(image);
  assert.equal(await tryGpu(decoder, { software: true }), 'webgpu');
  assert.deepEqual([decoder.status.backend, decoder.status.gpu], ['webgpu', null]);
  decoder.host.link.fail('The device was lost.');
  assert.equal(decoder.status.backend, 'wasm');
  await tryGpu(decoder);
  assert.equal(decoder.status.gpu.short, 'WebGPU stopped');
  decoder.dispose();
});
