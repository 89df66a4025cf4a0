import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SmartTool } from '../../static/app/tools/smart.js';

globalThis.localStorage ??= { getItem: () => null, setItem() {}, removeItem() {} };
globalThis.sessionStorage ??= globalThis.localStorage;

const logits = new Float32Array(4).fill(1);
const frame = { width: 100, height: 100, inputSize: 64, scaledWidth: 64, scaledHeight: 64, maskSize: 2 };
const event = (x, y, more = {}) => ({ image: { x, y }, screen: { x, y }, negative: false, ctrl: false, ...more });

/** An editor that answers every prompt with one sure candidate and remembers what it was told. */
function world() {
  const seen = { prompts: [], shown: null, added: [] };
  const candidates = [0, 1, 2, 3].map((token) => ({ token, score: 0.5 + token / 10, logits, raw: new Float32Array(4).fill(2) }));
  const state = { tool: 'smart', label: 'cat', preview: false };
  const editor = {
    config: { model: { id: 'm' }, user: { id: 'u' } }, labels: [{ id: 'cat', color: '#112233' }], canEdit: true,
    session: { state, set: (patch) => Object.assign(state, patch), tick() {}, on() {} },
    image: { info: { id: 'photo' }, phase: 'ready' },
    segmenter: {
      frame, status: { state: 'ready', p50: null }, onStatus() {},
      decode: async (prompt) => { seen.prompts.push(prompt); return { candidates, best: prompt.points.length > 1 ? 0 : 3, ms: 1 }; },
      toRle: async () => ({ size: [100, 100], counts: '' }), logitsFromRle: async () => logits,
    },
    stage: { viewport: { x: 0, y: 0, scale: 1, width: 100, height: 100, imageWidth: 100, imageHeight: 100 }, candidate: { set: (item) => { seen.shown = item; } }, invalidate() {}, host: null },
    objects: { add: (objects) => { seen.added.push(...objects); return []; } },
    notify: ({ message }) => { throw new Error(message); },
  };
  const tool = new SmartTool(editor);
  const click = async (x, y, more) => {
    tool.down(event(x, y, more));
    tool.up(event(x, y, more));
    await new Promise(setImmediate);
  };
  return { tool, seen, click };
}

test('a click shows a candidate in the label\'s colour, finishing stores it with its prompt', async () => {
  const { tool, seen, click } = world();
  await click(30, 40);
  assert.deepEqual([seen.shown.kind, seen.shown.color, seen.shown.logits], ['prompt', '#112233', logits]);
  assert.equal(tool.finish(), true);
  await new Promise(setImmediate);
  assert.deepEqual([seen.added[0].label, seen.added[0].clicks, seen.added[0].prompts[0].points], ['cat', 1, [{ x: 30, y: 40, label: 1 }]]);
  assert.deepEqual([seen.shown, tool.view.empty], [null, true]);
});

test('the decoder\'s own logits go back between clicks, not the tidied ones that are shown', async () => {
  const { seen, click } = world();
  await click(30, 40);
  await click(60, 60, { negative: true });
  assert.equal(seen.prompts[1].maskLogits[0], 2);
  assert.equal('parts' in seen.prompts[1], false);
});

test('refining a finished mask leaves all its parts', async () => {
  const { tool, seen, click } = world();
  await tool.refine({ id: 'a', label: 'cat', rle: { size: [100, 100], counts: '' } });
  assert.equal(seen.shown.logits, logits);
  await click(10, 10);
  assert.equal(seen.prompts[0].parts, 'all');
});

test('a click on a point removes it, a drag makes a box', async () => {
  const { tool, click } = world();
  await click(30, 40);
  await click(31, 40);
  assert.equal(tool.view.empty, true);
  tool.down(event(10, 10));
  tool.up(event(60, 70));
  assert.deepEqual(tool.view.step.box, [10, 10, 60, 70]);
});
