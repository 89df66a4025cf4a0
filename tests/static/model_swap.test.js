import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createDecoder } from '../../static/app/sam/decoder.js';
import { swapModel } from '../../static/app/sam/model_swap.js';
import { followModel } from '../../static/app/ui/new_model.js';
import { there } from './support/there.js';

const manifest = { encoder_sha256: 'enc', input: { size: 64 }, decoder: { mask_size: 16, mask_threshold: 0 } };
/** @returns {any} what of a model is used */
const version = (id, encoder = 'enc') => ({
  id,
  name: `model ${id}`,
  version: '1',
  encoder_sha256: encoder,
  manifest,
  files: { 'decode.onnx': `/files/models/${id}/decode.onnx` },
});
/** @type {any} */
const photo = { id: 'a', width: 64, height: 48, embedding: { state: 'ready', url: '/files/embeddings/a' } };
/** @type {any} */
const click = { points: [{ x: 1, y: 1, label: 1 }], box: null, maskLogits: null };

/** A worker that answers as the model it was told to load; `trouble` by kind of request. */
class FakeWorker {
  /** @type {any} */
  onmessage = null;
  onerror = null;
  onmessageerror = null;
  ended = false;
  /** @type {any[]} */
  asked = [];
  held = false;

  constructor(trouble) {
    this.trouble = trouble;
  }

  postMessage(request) {
    this.asked.push(request);
    if (request.type === 'init') this.model = request.model.id;
    if (!(this.held && request.type === 'decode')) queueMicrotask(() => this.answer(request));
  }

  answer({ type, id }) {
    if (this.ended) return;
    const candidate = { logits: new Float32Array(1), score: 0.5, token: 0, by: this.model };
    const results = {
      init: { backend: 'wasm', threads: 1 },
      open: { frame: { width: 64, height: 48 }, path: 'plain' },
      decode: { candidates: [candidate], best: 0, ms: 5, path: 'plain', plainMs: null },
      prefetch: { fetched: 0 },
    };
    const failed = { type: 'failed', id, code: 'network', message: 'A file did not arrive.' };
    this.onmessage({ data: this.trouble === type ? failed : { type, id, result: results[type] } });
  }

  terminate() {
    this.ended = true;
  }
}

/** @param {...(string | null)} troubles of the first worker, the second, ... */
async function opened(...troubles) {
  /** @type {FakeWorker[]} */
  const workers = [];
  const decoder = createDecoder({
    urls: { worker: '/w.js', ort: '/ort.mjs', ortWasm: '/vendor/ort/' },
    model: version('old'),
    user: 'me',
    spawn: () => workers[workers.push(new FakeWorker(troubles[workers.length] ?? null)) - 1],
    loadImage: async () => photo,
  });
  await decoder.openImage(photo);
  return { decoder, workers };
}

/** @param {any} decoder @returns {Promise<any>} */
const answered = async (decoder) => there(await decoder.ask(click)).candidates[0];

test('another version takes over: the photo is opened beside, then the old worker ends', async () => {
  const { decoder, workers } = await opened();
  const { frame } = decoder;
  await swapModel(decoder, version('new'));
  assert.deepEqual(
    workers.map(({ model, ended }) => [model, ended]),
    [
      ['old', true],
      ['new', false],
    ],
  );
  assert.equal((await answered(decoder)).by, 'new');
  assert.equal(decoder.frame, frame, 'what was clicked so far lies on the same frame, so no prompt begins anew');
  assert.equal(decoder.status.state, 'ready');
});

test('a mask keeps the version that made it, also when it is stored later', async () => {
  const { decoder } = await opened();
  const before = await answered(decoder);
  await swapModel(decoder, version('new'));
  const after = await answered(decoder);
  await swapModel(decoder, version('newer'));
  const last = await answered(decoder);
  const { modelOf } = /** @type {any} */ (decoder);
  assert.deepEqual([before, after, last].map(modelOf), ['old', 'new', undefined]);
});

test('a click on its way is answered by the new version', async () => {
  const { decoder, workers } = await opened();
  const [first] = workers;
  there(first).held = true;
  const asked = answered(decoder);
  await new Promise((resolve) => setImmediate(resolve));
  await swapModel(decoder, version('new'));
  assert.equal((await asked).by, 'new');
});

test('a version that cannot be loaded changes nothing', async () => {
  for (const trouble of ['init', 'open']) {
    const { decoder, workers } = await opened(null, trouble);
    await assert.rejects(swapModel(decoder, version('new')));
    assert.equal(there(workers[1]).ended, true);
    assert.equal((await answered(decoder)).by, 'old');
    assert.equal(decoder.options.model.id, 'old');
  }
});

/** An open editor whose server says which model the project uses. */
function following(load, swap) {
  const told = [];
  const live = /** @type {any} */ ({});
  const editor = /** @type {any} */ ({
    config: { model: version('old') },
    decoder: {},
    notify: (notice) => told.push(notice),
  });
  followModel(editor, live, load, swap);
  return { editor, told, says: live.onModel };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('the editor changes over once, and says so', async () => {
  const swapped = [];
  const { editor, told, says } = following(
    async (id) => version(id),
    async (_, model) => void swapped.push(model.id),
  );
  for (const id of ['old', 'new', 'new', null]) says(id);
  await settled();
  says('new');
  await settled();
  assert.deepEqual(swapped, ['new']);
  assert.equal(editor.config.model.id, 'new');
  assert.match(told[0].message, /answered by model new 1 from now on/);
});

test('a model of another encoder asks for a reload, once', async () => {
  const { editor, told, says } = following(
    async (id) => version(id, 'other'),
    async () => assert.fail('its decoder cannot answer here'),
  );
  for (let poll = 0; poll < 3; poll++) {
    says('other');
    await settled();
  }
  assert.equal(told.length, 1);
  assert.equal(told[0].action.name, 'Reload');
  assert.equal(editor.config.model.id, 'old');
});

test('a network that is away is tried again before the person is told', async () => {
  let tries = 0;
  const { told, says } = following(
    async () => {
      tries++;
      throw new Error('away');
    },
    async () => {},
  );
  for (let poll = 0; poll < 5; poll++) {
    says('new');
    await settled();
  }
  assert.equal(tries, 3);
  assert.match(told[0].message, /could not be loaded/);
});
