import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { PhotoCache, fitsAhead } from '../../static/app/view/photo.js';

const real = { fetch: globalThis.fetch, createImageBitmap: globalThis.createImageBitmap };
/** @type {{ closed: Set<string>, fetched: string[] }} */
let seen;

/** A photo's address here says its side in pixels: "/6000/a". */
beforeEach(() => {
  seen = { closed: new Set(), fetched: [] };
  globalThis.fetch = /** @type {any} */ (
    async (url) => {
      seen.fetched.push(url);
      return { ok: !url.includes('missing'), status: 404, blob: async () => ({ url }) };
    }
  );
  globalThis.createImageBitmap = /** @type {any} */ (
    async (source, { resizeWidth, resizeHeight } = /** @type {any} */ ({})) => {
      const side = Number(source.url?.split('/')[1]);
      return { width: resizeWidth ?? side, height: resizeHeight ?? side, close: () => seen.closed.add(source.url) };
    }
  );
});
afterEach(() => Object.assign(globalThis, real));

test('a photo that was fetched ahead is not fetched again', async () => {
  const cache = new PhotoCache(4);
  const ahead = await cache.get('/100/a');
  assert.equal(await cache.open('/100/a'), ahead);
  assert.deepEqual(seen.fetched, ['/100/a']);
});

test('the least recently used goes when there are too many', async () => {
  const cache = new PhotoCache(2);
  for (const url of ['/100/a', '/100/b', '/100/c']) await cache.get(url);
  assert.deepEqual([...seen.closed], ['/100/a']);
});

test('huge photos do not pile up, and the open one always stays', async () => {
  const cache = new PhotoCache(4);
  await cache.open('/10000/open');
  await cache.get('/6000/a');
  assert.deepEqual([...seen.closed], []);
  await cache.get('/6000/b');
  await Promise.resolve();
  assert.ok(seen.closed.has('/6000/a') && !seen.closed.has('/10000/open') && !seen.closed.has('/6000/b'));
});

test('a photo that did not come is asked for again', async () => {
  const cache = new PhotoCache(4);
  await assert.rejects(cache.get('/missing/a'));
  await assert.rejects(cache.get('/missing/a'));
  assert.equal(seen.fetched.length, 2);
});

test('only photos that leave room for another are decoded ahead', () => {
  assert.ok(fitsAhead({ width: 6000, height: 4000 }));
  assert.ok(!fitsAhead({ width: 12288, height: 8192 }));
});

test('a dead network is told as a sentence, not in the words of the browser', async () => {
  globalThis.fetch = async () => {
    throw new TypeError('Failed to fetch');
  };
  await assert.rejects(new PhotoCache(4).open('/100/a'), /The photo did not arrive.*Check the connection/);
});
