import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { createHover, previewPaused } from '../../static/app/tools/hover.js';

/** @type {(() => void)[]} frames that wait */
/** @type {any[]} */
let frames;
/** @type {number} */
let now;
let asked;
let status;
let hover;
let shown;

beforeEach(() => {
  frames = [];
  now = 0;
  asked = [];
  shown = [];
  status = { state: 'ready', p50: 40, last: 40 };
  globalThis.requestAnimationFrame = (work) => frames.push(work);
  globalThis.getComputedStyle = /** @type {any} */ (() => ({ getPropertyValue: () => '#4c9fff' }));
  performance.now = () => now;
  /** @type {any} */
  const editor = {
    decoder: {
      get status() {
        return status;
      },
      frame: {},
      ask: (prompt) =>
        new Promise((resolve) => {
          asked.push({ point: prompt.points[0], resolve });
        }),
    },
    session: { state: { preview: true } },
    stage: { host: {} },
    config: { model: { manifest: { decoder: { mask_threshold: 0 } } } },
  };
  hover = createHover(editor, (item) => shown.push(item));
});

async function frame() {
  for (const work of frames.splice(0)) work();
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function answer() {
  asked.at(-1).resolve({ best: 0, candidates: [{ logits: new Float32Array(1) }] });
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test('only the newest place is asked for, once the last answer is there', async () => {
  hover.at({ x: 1, y: 1 });
  await frame();
  hover.at({ x: 2, y: 2 });
  await frame();
  hover.at({ x: 3, y: 3 });
  await frame();
  assert.deepEqual(
    asked.map(({ point }) => point.x),
    [1],
  );
  await answer();
  await frame();
  assert.deepEqual(
    asked.map(({ point }) => point.x),
    [1, 3],
  );
});

test('a machine that is too slow gets a pause, is asked now and then, and has previews again when it is quick', async () => {
  status = { state: 'ready', p50: 900, last: 1100 };
  assert.ok(previewPaused(status));
  hover.at({ x: 1, y: 1 });
  await frame();
  await answer();
  hover.at({ x: 2, y: 2 });
  await frame();
  assert.equal(asked.length, 1, 'the pause');
  now = 6000;
  hover.at({ x: 3, y: 3 });
  await frame();
  assert.equal(asked.length, 2, 'a look whether it is quicker');
  await answer();
  status = { state: 'ready', p50: 900, last: 50 };
  hover.at({ x: 4, y: 4 });
  await frame();
  assert.equal(asked.length, 3);
  assert.ok(!previewPaused(status));
});

test('one slow answer among quick ones is no reason to pause', () => {
  assert.ok(!previewPaused({ p50: 60, last: 1500 }));
  assert.ok(!previewPaused({ p50: null, last: null }));
});
