import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { createBlobStore } from '../../static/app/sam/blobs.js';
import { EmbeddingError, fromHalf, parseEmbedding } from '../../static/app/sam/embeddings.js';

/** @type {any} what of it is used */
const manifest = { encoder_sha256: 'enc', embedding: [{ name: 'map', shape: [1, 2, 2, 2] }] };

/** @param {any} tensors @param {any} [metadata] */
function blob(tensors, metadata = { format: 'maskwright-embedding/1', encoder_sha256: 'enc' }) {
  const header = { __metadata__: metadata };
  let size = 0;
  for (const [name, entry] of Object.entries(tensors)) {
    if (!entry) continue;
    const { dtype, shape, data } = entry;
    header[name] = { dtype, shape, data_offsets: [size, size + data.byteLength] };
    size += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let at = 8 + text.length;
  for (const { data } of Object.values(tensors).filter(Boolean)) {
    bytes.set(new Uint8Array(data.buffer), at);
    at += data.byteLength;
  }
  return bytes.buffer;
}

const int8 = {
  map: { dtype: 'I8', shape: [1, 2, 2, 2], data: Int8Array.of(-128, 0, 127, 5, 1, 2, 3, 4) },
  'map.scale': { dtype: 'F32', shape: [2], data: Float32Array.of(0.5, 2) },
  'map.zero': { dtype: 'F32', shape: [2], data: Float32Array.of(-1.5, 1) },
};

test('int8 channels come back as (q - zero) * scale', () => {
  const { planes } = parseEmbedding(blob(int8), manifest);
  assert.deepEqual([...planes.map.data], [-63.25, 0.75, 64.25, 3.25, 0, 2, 4, 6]);
  assert.deepEqual(planes.map.dims, [1, 2, 2, 2]);
});

/** Five planes of principal components stand for the two channels of `map`. @param {number} planes */
const mixed = (planes) => ({
  map: { dtype: 'I8', shape: [1, planes, 2, 2], data: Int8Array.from({ length: 4 * planes }, (_, cell) => cell) },
  'map.scale': { dtype: 'F32', shape: [planes], data: new Float32Array(planes).fill(0.5) },
  'map.zero': { dtype: 'F32', shape: [planes], data: new Float32Array(planes).fill(2) },
  'map.mix': { dtype: 'F16', shape: [planes, 2], data: new Uint16Array(2 * planes).fill(0x3c00).fill(0xc000, 0, 1) },
  'map.mean': { dtype: 'F32', shape: [2], data: Float32Array.of(10, 20) },
});
const second = { format: 'maskwright-embedding/2', encoder_sha256: 'enc' };

test('principal components are mixed to channels, whatever their number', () => {
  for (const count of [0, 1, 4, 5]) {
    const { planes } = parseEmbedding(blob(mixed(count), second), manifest);
    const plane = (/** @type {number} */ index) => [0, 1, 2, 3].map((cell) => (4 * index + cell - 2) * 0.5);
    const all = Array.from({ length: count }, (_, index) => plane(index));
    const sum = (/** @type {number} */ cell, /** @type {number} */ first) =>
      all.reduce((total, values, index) => total + (index ? 1 : first) * (values[cell] ?? 0), 0);
    assert.deepEqual(
      [...planes.map.data],
      [10, 20].flatMap((mean, channel) => [0, 1, 2, 3].map((cell) => mean + sum(cell, channel ? 1 : -2))),
    );
    assert.deepEqual(planes.map.dims, [1, 2, 2, 2]);
  }
});

test('half precision and float32 come back as they are', () => {
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x8000, 0x3555, 0x7bff, 0x0400);
  const half = parseEmbedding(blob({ map: { dtype: 'F16', shape: [1, 2, 2, 2], data: halves } }), manifest);
  assert.deepEqual([...half.planes.map.data], [1, -2, 2 ** -24, Infinity, -0, 0.333251953125, 65504, 2 ** -14]);
  const floats = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  assert.deepEqual(
    parseEmbedding(blob({ map: { dtype: 'F32', shape: [1, 2, 2, 2], data: floats } }), manifest).planes.map.data,
    floats,
  );
  assert.ok(Number.isNaN(fromHalf(Uint16Array.of(0x7e00))[0]));
});

test("another encoder's, a cut, a foreign and an incomplete blob are refused with a sentence", () => {
  const refused = (buffer, pattern) =>
    assert.throws(
      () => parseEmbedding(buffer, manifest),
      (/** @type {any} */ error) => error instanceof EmbeddingError && pattern.test(error.message),
    );
  refused(blob(int8, { format: 'maskwright-embedding/1', encoder_sha256: 'other' }), /another model/);
  refused(blob(int8).slice(0, -3), /cut short/);
  refused(blob(int8).slice(0, 20), /damaged/);
  refused(new ArrayBuffer(3), /damaged/);
  refused(blob(int8, {}), /format "unknown"/);
  refused(blob({ map: int8.map }), /lacks "map.scale"/);
  refused(blob({ ...mixed(2), 'map.mean': undefined }, second), /lacks "map.mean"/);
  refused(blob(mixed(3), second).slice(0, -3), /cut short/);
  refused(blob({ ...mixed(3), 'map.mix': mixed(1)['map.mix'] }, second), /lacks the tensor "map"/);
  refused(blob({ 'map.scale': int8['map.scale'] }), /lacks the tensor "map"/);
});

/** The few things of CacheStorage that are used. @returns {any} */
function fakeCaches() {
  const all = new Map();
  return {
    all,
    keys: async () => [...all.keys()],
    delete: async (name) => all.delete(name),
    open: async (name) => {
      const entries = all.get(name) ?? new Map();
      all.set(name, entries);
      return {
        match: async (request) => entries.get(request.url ?? request)?.clone(),
        put: async (url, response) => {
          entries.delete(url);
          entries.set(url, response);
        },
        keys: async () => [...entries.keys()].map((url) => ({ url })),
        delete: async (request) => entries.delete(request.url ?? request),
      };
    },
  };
}

function files(contents) {
  const asked = [];
  const urlOf = (text) => `http://host/files/e/${createHash('sha256').update(text).digest('hex')}/`;
  const byUrl = new Map(contents.map((text) => [urlOf(text), text]));
  return {
    asked,
    urlOf,
    fetch: async (url) => {
      asked.push(url);
      return byUrl.has(url) ? new Response(byUrl.get(url)) : new Response('', { status: 404 });
    },
  };
}
const settled = () =>
  new Promise((resolve) => {
    setTimeout(resolve, 5);
  });

test('a file is fetched once, then read from the cache', async () => {
  const { asked, urlOf, fetch } = files(['aaaa']);
  const store = createBlobStore({ name: 'e:me', budget: 100, caches: fakeCaches(), fetch });
  for (let turn = 0; turn < 3; turn++) {
    assert.equal(new TextDecoder().decode(await store.get(urlOf('aaaa'))), 'aaaa');
    await settled();
  }
  assert.equal(asked.length, 1);
  assert.equal(await store.has(urlOf('aaaa')), true);
});

test('the least recently used goes first when the budget is full', async () => {
  const { urlOf, fetch } = files(['aaaa', 'bbbb', 'cccc']);
  const store = createBlobStore({ name: 'e:me', budget: 8, caches: fakeCaches(), fetch });
  for (const text of ['aaaa', 'bbbb', 'aaaa', 'cccc']) {
    await store.get(urlOf(text));
    await settled();
  }
  assert.deepEqual(await Promise.all(['aaaa', 'bbbb', 'cccc'].map((text) => store.has(urlOf(text)))), [
    true,
    false,
    true,
  ]);
});

test("another person's cache is thrown away, other caches stay", async () => {
  const caches = fakeCaches();
  await caches.open('e:you');
  await caches.open('other:you');
  const { urlOf, fetch } = files(['aaaa']);
  await createBlobStore({ name: 'e:me', budget: 8, caches, fetch }).get(urlOf('aaaa'));
  assert.deepEqual([...caches.all.keys()], ['other:you', 'e:me']);
});

test('a damaged file is refused, a damaged cache entry fetched anew', async () => {
  const caches = fakeCaches();
  const { asked, urlOf, fetch } = files(['aaaa']);
  const store = createBlobStore({ name: 'e:me', budget: 100, caches, fetch });
  await (await caches.open('e:me')).put(urlOf('aaaa'), new Response('aaXa'));
  assert.equal(new TextDecoder().decode(await store.get(urlOf('aaaa'))), 'aaaa');
  assert.equal(asked.length, 1);
  const broken = createBlobStore({
    name: 'e:me',
    budget: 100,
    caches: undefined,
    fetch: async () => new Response('aaXa'),
  });
  await assert.rejects(broken.get(urlOf('aaaa')), /checksum is wrong/);
});

test('no network and no access are told apart', async () => {
  const away = createBlobStore({
    name: 'e:me',
    budget: 1,
    caches: undefined,
    fetch: async () => {
      throw new TypeError('failed');
    },
  });
  await assert.rejects(
    away.get('http://host/x'),
    (/** @type {any} */ error) => error.status === 0 && /does not answer/.test(error.message),
  );
  const forbidden = createBlobStore({
    name: 'e:me',
    budget: 1,
    caches: undefined,
    fetch: async () => new Response('', { status: 403 }),
  });
  await assert.rejects(
    forbidden.get('http://host/x'),
    (/** @type {any} */ error) => error.status === 403 && /signed out/.test(error.message),
  );
});
