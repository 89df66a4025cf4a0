import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ImageOpener } from '../../static/app/tools/open_image.js';

/** An opener of ten images whose photos arrive when the test says so. */
function world() {
  /** @type {Map<string, () => void>} */
  const arrive = new Map();
  globalThis.fetch = /** @type {any} */ (
    (url) =>
      new Promise((resolve) => {
        arrive.set(url, () => resolve({ ok: true, blob: async () => url }));
      })
  );
  globalThis.createImageBitmap = /** @type {any} */ (async (blob) => ({ width: 4, height: 3, name: blob, close() {} }));
  const info = (id) => ({ id, name: id, width: 4, height: 3, state: 'new', urls: { full: `/${id}` } });
  const results = Array.from({ length: 10 }, (_, n) => ({ id: `image${n}`, name: `${n}.png`, state: 'new' }));
  /** @type {string[]} */
  const shown = [];
  const parts = {
    config: { project: { id: 'p' }, model: null },
    api: {
      image: async (id) => info(id),
      annotations: async () => ({ results: [], seq: 0 }),
      imageIndex: async () => ({ count: 10, start: 0, results }),
    },
    stage: {
      masks: { clear() {} },
      candidate: { set() {} },
      photo: {},
      invalidate() {},
      settled: async () => undefined,
      show: (photo) => {
        if (photo) shown.push(photo.levels[0].name);
      },
    },
    store: { reset() {} },
    decoder: { prefetch() {} },
    live: { close() {}, follow() {}, open: async () => [] },
    unlisted: (error) => assert.fail(error),
  };
  return { opener: new ImageOpener(/** @type {any} */ (parts)), arrive, shown };
}

const turns = async () => {
  for (let n = 0; n < 10; n++) await new Promise(setImmediate);
};

test('a photo that arrives after the next image was opened is not shown any more', async () => {
  const { opener, arrive, shown } = world();
  const first = opener.open('image2');
  await turns();
  const second = opener.open('image3');
  await turns();
  arrive.get('/image2')?.();
  await first;
  assert.deepEqual(shown, []);
  arrive.get('/image3')?.();
  await second;
  assert.deepEqual([shown, opener.phase, opener.info?.id], [['/image3'], 'ready', 'image3']);
});

test('a step counts from the image that is being opened, not from the one before', async () => {
  const { opener } = world();
  void opener.open('image2');
  assert.equal((await opener.neighbour(1))?.id, 'image3');
  void opener.open('image3');
  assert.equal((await opener.neighbour(1))?.id, 'image4');
  assert.equal((await opener.neighbour(10))?.id, 'image9');
});
