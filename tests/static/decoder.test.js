import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createLatency } from '../../static/app/sam/latency.js';
import { createDecoder } from '../../static/app/sam/decoder.js';
import { there } from './support/there.js';

const manifest = {
  encoder_sha256: 'enc',
  input: { size: 64 },
  decoder: { point_frame: 64, mask_size: 16, mask_threshold: 0 },
};
/** @type {any} what of it is used */
const model = { id: 'm', name: 'small', manifest, files: { 'decode.onnx': '/files/models/m/decode.onnx' } };
/** @returns {any} what of an image is used */
const image = (id, state = 'ready') => ({
  id,
  width: 64,
  height: 48,
  embedding: { state, url: `/files/embeddings/${id}`, encoder_sha256: 'enc', message: '' },
});
/** @returns {import('../../static/app/types.js').Prompt} */
const click = (x) => ({ points: [{ x, y: 1, label: 1 }], box: null, maskLogits: null });

/** A worker that answers when told, or by itself. */
class FakeWorker {
  /** @type {any} */
  onmessage = null;
  /** @type {any} */
  onerror = null;
  onmessageerror = null;
  ended = false;
  /** @type {any[]} */
  asked = [];

  constructor(behaviour) {
    this.behaviour = behaviour;
  }

  postMessage(request) {
    this.asked.push(request);
    const answer = (this.behaviour[request.type] ?? defaults[request.type])(request, this);
    if (answer) queueMicrotask(() => this.reply(request, answer));
  }

  reply(request, answer) {
    if (this.ended) return;
    this.onmessage({
      data: answer.code
        ? { type: 'failed', id: request.id, ...answer }
        : { type: request.type, id: request.id, result: answer },
    });
  }

  terminate() {
    this.ended = true;
  }
}
/** @param {any} request @returns {any} */
const decoded = (request) => ({
  candidates: [{ logits: new Float32Array(1), score: request.prompt.points[0].x, token: 0 }],
  best: 0,
  ms: 5,
  path: 'plain',
  plainMs: 9,
});
/** @type {Record<string, (request: any, worker: FakeWorker) => any>} */
const defaults = {
  init: () => ({ backend: 'wasm', threads: 1 }),
  open: () => ({ frame: { width: 64, height: 48 }, path: 'plain' }),
  prefetch: () => ({ fetched: 0 }),
  decode: decoded,
  rle: () => ({ rle: { size: [48, 64], counts: '' } }),
  logits: () => ({ logits: new Float32Array(4) }),
};

/** @param {...object} behaviours of the first worker, the second, ...; the last goes on */
function world(...behaviours) {
  const workers = [];
  const spawn = () => {
    const worker = new FakeWorker(behaviours[Math.min(workers.length, behaviours.length - 1)] ?? {});
    workers.push(worker);
    return worker;
  };
  const loaded = [];
  const decoder = createDecoder({
    urls: { worker: '/w.js', ort: '/ort.mjs', ortWasm: '/vendor/ort/' },
    model,
    user: 'me',
    spawn,
    sleep: async () => {},
    loadImage: async (id) => {
      loaded.push(id);
      return image(id);
    },
  });
  const said = [];
  decoder.onStatus(({ state, message }) => said.push(`${state}: ${message}`));
  return { decoder, workers, loaded, said };
}

const decodesOf = (worker) =>
  worker.asked.filter(({ type }) => type === 'decode').map(({ prompt }) => prompt.points[0].x);

test('an opened image answers clicks, with the latency in the status', async () => {
  const { decoder } = world();
  await decoder.openImage(image('a'));
  const answer = await decoder.ask(click(3));
  assert.equal(answer?.candidates[0].score, 3);
  assert.deepEqual(
    [decoder.status.state, decoder.status.last, decoder.status.p50, decoder.status.path, decoder.status.plainMs],
    ['ready', 5, 5, 'plain', 9],
  );
});

test('a correction keeps its own time beside the clicks after it; a preview of one has none', async () => {
  const { decoder } = world({ decode: (request) => ({ ...decoded(request), ms: request.prompt.points[0].x }) });
  await decoder.openImage(image('a'));
  const times = [];
  /** @type {[number, Float32Array | null, boolean][]} */
  const asked = [
    [3, null, false],
    [4, new Float32Array(1), true],
    [5, new Float32Array(1), false],
    [6, null, false],
  ];
  for (const [ms, maskLogits, hover] of asked) {
    await decoder.ask({ ...click(ms), maskLogits }, { hover });
    times.push([decoder.status.last, decoder.status.correction]);
  }
  assert.deepEqual(times, [
    [3, undefined],
    [4, undefined],
    [5, 5],
    [6, 5],
  ]);
});

test('the worker gets absolute addresses of the runtime and the model', async () => {
  const { decoder, workers } = world();
  await decoder.openImage(image('a'));
  const [init] = workers[0].asked;
  assert.deepEqual(
    [init.ortWasm, init.model.files['decode.onnx']],
    ['http://localhost/vendor/ort/ort-wasm-simd-threaded.wasm', 'http://localhost/files/models/m/decode.onnx'],
  );
});

test('every click is decoded, in order; of hovers only the one under way and the newest', async () => {
  const waiting = [];
  const { decoder, workers } = world({
    decode: (request, worker) => {
      waiting.push(() => worker.reply(request, decoded(request)));
      return null;
    },
  });
  await decoder.openImage(image('a'));
  const hovers = [1, 2, 3, 4].map((x) => decoder.ask(click(x), { hover: true }));
  while (!waiting.length) await new Promise(setImmediate);
  const late = decoder.ask(click(5), { hover: true });
  waiting.shift()();
  while (!waiting.length) await new Promise(setImmediate);
  const clicks = [6, 7].map((x) => decoder.ask(click(x)));
  for (let turn = 0; turn < 3; turn++) {
    while (!waiting.length) await new Promise(setImmediate);
    waiting.shift()();
    await new Promise(setImmediate);
  }
  const scores = (await Promise.all([...hovers, late, ...clicks])).map((answer) => answer?.candidates[0].score ?? null);
  assert.deepEqual(scores.slice(-2), [6, 7]);
  assert.equal(scores[4], null, 'a click overtakes the hover under way');
  assert.ok(scores.slice(0, 4).filter((score) => score !== null).length <= 1);
  assert.ok(decodesOf(workers[0]).length <= 4);
});

test('a crash under a click: a new worker, the image opened again, the click decoded', async () => {
  const { decoder, workers, said } = world(
    { decode: () => ({ code: 'crashed', message: 'Aborted(). Out of memory.' }) },
    {},
  );
  await decoder.openImage(image('a'));
  const answer = await decoder.ask(click(9));
  assert.equal(answer?.candidates[0].score, 9);
  assert.deepEqual([workers.length, workers[0].ended], [2, true]);
  assert.deepEqual(
    workers[1].asked.map(({ type }) => type),
    ['init', 'open', 'decode'],
  );
  assert.ok(said.some((sentence) => /started again; nothing is lost/.test(sentence)));
  assert.equal(decoder.status.state, 'ready');
});

test('an error event and an unreadable message count as a crash too', async () => {
  for (const event of ['onerror', 'onmessageerror']) {
    const { decoder, workers } = world(
      {
        decode: (_request, worker) => {
          queueMicrotask(() => worker[event]({ message: 'boom' }));
          return null;
        },
      },
      {},
    );
    await decoder.openImage(image('a'));
    assert.equal((await decoder.ask(click(2)))?.candidates[0].score, 2);
    assert.equal(workers.length, 2);
  }
});

test('a worker that dies with nobody waiting is replaced at once, with the image open in the new one', async () => {
  const { decoder, workers, said } = world();
  await decoder.openImage(image('a'));
  workers[0].onerror({ message: 'out of memory' });
  assert.match(said.at(-1), /ran out of memory .*started again; nothing is lost/);
  while (decoder.status.restarts === 0) await new Promise(setImmediate);
  assert.deepEqual(
    workers[1].asked.map(({ type }) => type),
    ['init', 'open'],
  );
  assert.deepEqual([decoder.status.state, decoder.status.message], ['ready', '']);
  assert.equal((await decoder.ask(click(3)))?.candidates[0].score, 3);
  assert.equal(workers.length, 2);
});

test('each crash is one restart, and hovers go on after it', async () => {
  const { decoder, workers } = world();
  await decoder.openImage(image('a'));
  for (const crash of [1, 2]) {
    workers.at(-1).onerror({ message: 'boom' });
    assert.equal((await decoder.ask(click(crash), { hover: true }))?.candidates[0].score, crash);
    assert.equal(decoder.status.restarts, crash);
  }
  assert.equal(workers.length, 3);
});

test('workers that cannot even start are given up, with nobody waiting too, and trying again brings one', async () => {
  const broken = {
    init: (_request, worker) => {
      queueMicrotask(() => worker.onerror({ message: '' }));
      return null;
    },
    open: () => null,
  };
  const { decoder, workers } = world({}, broken, broken, broken, {});
  await decoder.openImage(image('a'));
  workers[0].onerror({ message: 'boom' });
  while (decoder.status.state !== 'failed') await new Promise(setImmediate);
  assert.match(decoder.status.message, /reload the page; brush and polygon work/);
  assert.equal(workers.length, 4);
  await decoder.openImage(image('a'));
  assert.equal((await decoder.ask(click(3)))?.candidates[0].score, 3);
});

test('a worker that always crashes is given up with a sentence instead of a circle', async () => {
  const { decoder, workers } = world({ decode: () => ({ code: 'crashed', message: 'Aborted().' }) });
  await decoder.openImage(image('a'));
  await assert.rejects(decoder.ask(click(1)), /Aborted/);
  await assert.rejects(decoder.ask(click(1)), /Aborted/);
  assert.equal(decoder.status.state, 'failed');
  assert.match(decoder.status.message, /reload the page; brush and polygon work/);
  assert.ok(workers.length <= 5);
});

test('a hover that fails is just not shown', async () => {
  const { decoder } = world({ decode: () => ({ code: 'invalid', message: 'outside' }) });
  await decoder.openImage(image('a'));
  assert.equal(await decoder.ask(click(1), { hover: true }), null);
});

test('an image the worker has let go is opened again', async () => {
  let first = true;
  const { decoder, workers } = world({
    decode: (request) => {
      if (!first) return decoded(request);
      first = false;
      return { code: 'not_open', message: 'gone' };
    },
  });
  await decoder.openImage(image('a'));
  assert.equal((await decoder.ask(click(4)))?.candidates[0].score, 4);
  assert.deepEqual(
    workers[0].asked.map(({ type }) => type),
    ['init', 'open', 'decode', 'open', 'decode'],
  );
});

test('an embedding still being made is waited for, a failed one is said', async () => {
  const { decoder, loaded, said } = world();
  await decoder.openImage(image('a', 'running'));
  assert.deepEqual(loaded, ['a']);
  assert.ok(said.some((sentence) => sentence.startsWith('waiting: The photo is being prepared')));
  await assert.rejects(
    decoder.openImage({ ...image('b', 'failed'), embedding: { state: 'failed', message: 'The photo is broken.' } }),
    /broken/,
  );
  assert.equal(decoder.status.state, 'failed');
});

test('leaving for another image ends the first opening', async () => {
  const { decoder } = world();
  const first = decoder.openImage(image('a', 'queued'));
  const second = decoder.openImage(image('b'));
  await assert.rejects(first, { name: 'AbortError' });
  await second;
  assert.equal(decoder.status.state, 'ready');
});

test('a click before an image is ready is refused with a sentence, a hover is nothing', async () => {
  const { decoder } = world();
  await assert.rejects(decoder.ask(click(1)), /not ready for clicks/);
  assert.equal(await decoder.ask(click(1), { hover: true }), null);
});

test('decoding on a neighbour leaves the current image alone', async () => {
  const { decoder, workers } = world();
  await decoder.openImage(image('a'));
  await decoder.ask(click(1), { image: image('b') });
  await decoder.ask(click(2));
  assert.deepEqual(
    workers[0].asked.filter(({ type }) => type === 'decode').map((request) => request.image),
    ['b', 'a'],
  );
});

test("a candidate's mask is made in the frame of its own image", async () => {
  const frames = [];
  const { decoder } = world({
    open: ({ image: { id } }) => ({ frame: { id }, path: 'plain' }),
    rle: ({ frame }) => {
      frames.push(frame.id);
      return { rle: { size: [48, 64], counts: '' } };
    },
  });
  await decoder.openImage(image('a'));
  const { candidates } = there(await decoder.ask(click(1)));
  await decoder.openImage(image('b'));
  await decoder.toRle(candidates[0]);
  assert.deepEqual(frames, ['a']);
});

test('quantiles are those of the recent decodes', () => {
  const latency = createLatency();
  assert.deepEqual(latency.read(), { last: null, p50: null, p95: null });
  for (let ms = 1; ms <= 200; ms++) latency.add(ms);
  assert.deepEqual(latency.read(), { last: 200, p50: 150, p95: 195 });
});
