import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fromRuns } from '../../static/app/core/rle.js';
import { relabel } from '../../static/app/tools/object_verbs.js';
import { SmartTool } from '../../static/app/tools/smart.js';

globalThis.localStorage ??= /** @type {any} */ ({ getItem: () => null, setItem() {}, removeItem() {} });
globalThis.sessionStorage ??= globalThis.localStorage;

const logits = new Float32Array(4).fill(1);
const frame = { width: 100, height: 100, inputSize: 64, scaledWidth: 64, scaledHeight: 64, maskSize: 2 };
/** @returns {any} */
const event = (x, y, more = {}) => ({ image: { x, y }, screen: { x, y }, negative: false, ctrl: false, ...more });

/** An editor that answers every prompt with one sure candidate and remembers what it was told. @returns {any} */
function world() {
  /** @type {{ prompts: any[], shown: any, added: any[], pushed: any[], said: string[] }} */
  const seen = { prompts: [], shown: null, added: [], pushed: [], said: [] };
  /** Answers of the decoder and of the mask maker that the test holds back. */
  const held = {
    decode: null,
    toRle: null,
    empty: /** @type {number[]} */ ([]),
    noPixel: false,
    map: [-1, -1, -1, -1],
  };
  const listeners = [];
  const candidates = [0, 1, 2, 3].map((token) => ({
    token,
    score: 0.5 + token / 10,
    logits,
    raw: new Float32Array(4).fill(2),
  }));
  /** As it is, or without a pixel above the threshold. */
  const told = (candidate) =>
    held.empty.includes(candidate.token) ? { ...candidate, logits: Float32Array.from(held.map) } : candidate;
  const state = { tool: 'smart', label: 'cat', preview: false, selection: [], made: [] };
  /** @type {any} what of it is used */
  const editor = {
    config: { model: { id: 'm', manifest: { decoder: { mask_threshold: 0 } } }, user: { id: 'u' } },
    labels: [{ id: 'cat', color: '#112233' }],
    canEdit: true,
    session: { state, set: (patch) => Object.assign(state, patch), tick() {}, on() {} },
    image: { info: { id: 'photo' }, phase: 'ready' },
    decoder: {
      frame,
      status: { state: 'ready', p50: null },
      onStatus: (listener) => listeners.push(listener),
      ask: async (prompt) => {
        seen.prompts.push(prompt);
        await held.decode;
        return { candidates: candidates.map(told), best: prompt.points.length > 1 ? 0 : 3, ms: 1 };
      },
      toRle: async () => {
        await held.toRle;
        return fromRuns(100, 100, held.noPixel ? [10_000] : [10, 5, 9985]);
      },
      logitsFromRle: async () => logits,
    },
    stage: {
      viewport: { x: 0, y: 0, scale: 1, width: 100, height: 100, imageWidth: 100, imageHeight: 100 },
      candidate: {
        set: (item) => {
          seen.shown = item;
        },
      },
      invalidate() {},
      host: null,
    },
    store: {
      all: () => [{ z_order: 4 }],
      get: (id) => ({ id, image: 'photo', prompts: [], seconds: 0, clicks: 0, revision: 3 }),
    },
    outbox: {
      push: async (image, operations) => {
        seen.pushed.push([image, ...operations]);
      },
    },
    objects: {
      selected: () => [],
      add: (objects) => {
        seen.added.push(...objects);
        return [];
      },
    },
    notify: ({ message }) => {
      seen.said.push(message);
    },
  };
  const frameIs = (next) => {
    editor.decoder.frame = next;
    for (const listener of listeners) listener({ state: 'ready' });
  };
  const tool = new SmartTool(editor);
  const click = async (x, y, more) => {
    tool.down(event(x, y, more));
    tool.up(event(x, y, more));
    await new Promise(setImmediate);
  };
  return { tool, seen, click, held, editor, frameIs };
}

// Loaded when it is first used; here it must not come in between.
await import('../../static/app/tools/smart_commit.js');
const settled = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
};
const gate = () => {
  let open;
  return [
    new Promise((resolve, reject) => {
      open = { resolve, reject };
    }),
    open,
  ];
};

test("a click shows a candidate in the label's colour, finishing stores it with its prompt", async () => {
  const { tool, seen, click } = world();
  await click(30, 40);
  assert.deepEqual([seen.shown.kind, seen.shown.color, seen.shown.logits], ['prompt', '#112233', logits]);
  assert.equal(tool.finish(), true);
  await settled();
  assert.deepEqual(
    [seen.added[0].label, seen.added[0].clicks, seen.added[0].prompts[0].points],
    ['cat', 1, [{ x: 30, y: 40, label: 1 }]],
  );
  assert.deepEqual([seen.shown, tool.view.empty], [null, true]);
});

test("the decoder's own logits go back between clicks, not the tidied ones that are shown", async () => {
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

test('finishing before the decoder has answered stores the mask as soon as it is known', async () => {
  const { tool, seen, click, held } = world();
  const [answered, answer] = gate();
  held.decode = answered;
  await click(30, 40);
  assert.equal(tool.finish(), true);
  assert.equal(seen.added.length, 0);
  answer.resolve();
  await settled();
  assert.equal(seen.added.length, 1);
  assert.equal(tool.view.empty, true);
});

test('the click after such a finish starts the next prompt', async () => {
  const { tool, seen, click, held } = world();
  const [answered, answer] = gate();
  held.decode = answered;
  await click(30, 40);
  tool.finish();
  await click(60, 60);
  answer.resolve();
  await settled();
  assert.deepEqual(
    seen.added.map(({ prompts }) => prompts[0].points[0].x),
    [30],
  );
  assert.deepEqual(
    tool.view.step.points.map(({ x }) => x),
    [60],
  );
});

test('a decoder that fails after such a finish is said once, and the prompt is back', async () => {
  const { tool, seen, click, held } = world();
  const [answered, answer] = gate();
  held.decode = answered;
  await click(30, 40);
  tool.finish();
  answer.reject(new Error('The mask decoder has been stopped.'));
  await settled();
  assert.deepEqual(seen.said, ['The mask decoder has been stopped.']);
  assert.deepEqual(
    tool.view.step.points.map(({ x }) => x),
    [30],
  );
});

test('going on to the next photo right after such a finish keeps the mask', async () => {
  const { tool, seen, click, held, editor } = world();
  const [answered, answer] = gate();
  held.decode = answered;
  await click(30, 40);
  tool.finish();
  editor.image.info = null;
  tool.reset();
  answer.resolve();
  await settled();
  assert.deepEqual(
    seen.pushed.map(([image, { op }]) => [image, op]),
    [['photo', 'create']],
  );
});

test('finishing twice stores one object, and the next prompt can begin before its pixels are there', async () => {
  const { tool, seen, click, held } = world();
  await click(30, 40);
  const [made, make] = gate();
  held.toRle = made;
  assert.equal(tool.finish(), true);
  assert.equal(tool.finish(), false);
  await click(70, 70);
  make.resolve();
  await settled();
  assert.equal(seen.added.length, 1);
  assert.deepEqual(
    tool.view.step.points.map(({ x }) => x),
    [70],
  );
});

test('a mask that is ready after the person has gone on to the next photo is sent to its own', async () => {
  const { tool, seen, click, held, editor } = world();
  await click(30, 40);
  const [made, make] = gate();
  held.toRle = made;
  tool.finish();
  editor.image.info = { id: 'next photo' };
  make.resolve();
  await settled();
  assert.equal(seen.added.length, 0);
  const [[image, { op, data }]] = seen.pushed;
  assert.deepEqual([image, op, data.label, data.z_order, data.clicks], ['photo', 'create', 'cat', 5, 1]);
});

test('a refined mask that is ready after the person has gone on is sent too', async () => {
  const { tool, seen, click, held, editor } = world();
  await tool.refine({
    id: 'a',
    image: 'photo',
    label: 'cat',
    rle: { size: [100, 100], counts: '' },
    prompts: [],
    seconds: 2,
    clicks: 1,
    revision: 7,
  });
  await click(10, 10);
  const [made, make] = gate();
  held.toRle = made;
  tool.finish();
  editor.image.info = { id: 'next photo' };
  make.resolve();
  await settled();
  const [[image, { op, id, revision, data }]] = seen.pushed;
  assert.deepEqual([image, op, id, revision, data.clicks], ['photo', 'update', 'a', 7, 2]);
});

test('a mask that could not be made leaves the prompt as it was', async () => {
  const { tool, seen, click, held } = world();
  await click(30, 40);
  const [made, make] = gate();
  held.toRle = made;
  tool.finish();
  make.reject(new Error('The mask decoder has been stopped.'));
  await settled();
  assert.deepEqual(seen.said, ['The mask decoder has been stopped.']);
  assert.deepEqual(
    tool.view.step.points.map(({ x }) => x),
    [30],
  );
});

test('on another part of the photo the same clicks are asked again, without what belongs to the old part', async () => {
  const { tool, seen, click, frameIs } = world();
  await click(30, 40);
  await click(60, 60);
  frameIs({ ...frame, region: { x: 10, y: 10, imageWidth: 100, imageHeight: 100 } });
  await settled();
  const last = seen.prompts.at(-1);
  assert.deepEqual([last.points.length, last.maskLogits], [2, null]);
  assert.equal(seen.shown.frame.region.x, 10);
  assert.equal(tool.undo(), true);
});

test('masks without a pixel are not offered, and the best of the others is chosen', async () => {
  const { tool, click, held } = world();
  held.empty = [3, 1];
  await click(30, 40);
  const { shown, step } = tool.view;
  assert.deepEqual(
    shown.map((index) => step.answer.candidates[index].token),
    [2],
  );
  assert.equal(step.answer.candidates[step.chosen].token, 2);
});

test('where no mask has a pixel nothing is stored, and it is said instead of a digit or Enter doing something', async () => {
  const { tool, click, seen, held, editor } = world();
  held.empty = [0, 1, 2, 3];
  await click(30, 40);
  assert.deepEqual([tool.view.shown, tool.view.step.chosen], [[], -1]);
  editor.session.state.editing = true;
  editor.tools = { armed: tool };
  relabel(editor, 'dog');
  await settled();
  assert.deepEqual([seen.added, seen.said.length], [[], 1]);
  assert.match(seen.said[0], /no mask here/);
  assert.equal(tool.view.empty, false, 'another click may help');
  assert.equal(await tool.keep(), 'open');
});

test('a mask between the pixels, or beside the picture, is told at once: not first when it is to be stored', async () => {
  const { tool, click, held, frameIs } = world();
  frameIs({ ...frame, height: 10, scaledHeight: 6 }); // the lower logits lie in the padding
  held.map = [-1, -1, 1, 1];
  held.empty = [0, 1, 2, 3];
  await click(30, 4);
  assert.deepEqual([tool.view.shown, tool.view.step.chosen, tool.view.decoding], [[], -1, false]);
  held.empty = [0, 1, 2];
  await click(80, 5);
  assert.equal(tool.view.shown.length, 1);
});

test('a mask that has no pixel at image size is not stored either', async () => {
  const { tool, click, seen, held } = world();
  held.noPixel = true;
  await click(30, 40);
  tool.finish();
  await settled();
  assert.deepEqual([seen.added, seen.said.length, tool.view.empty], [[], 1, false]);
});

test('a digit pressed before the pixels are there names that object, not one begun after it', async () => {
  for (const [next, label] of [
    [false, 'dog'],
    [true, 'cat'],
  ]) {
    const { tool, click, seen, held, editor } = world();
    editor.tools = { armed: tool };
    editor.store.get = () => undefined;
    const [pixels, open] = gate();
    held.toRle = pixels;
    await click(30, 40);
    tool.finish();
    await settled();
    editor.session.state.editing = false;
    if (next) editor.session.set({ made: [] }); // the session lets go of it when something else is taken up
    relabel(editor, 'dog');
    open.resolve();
    await settled();
    assert.deepEqual([seen.added[0].label, editor.session.state.label], [label, 'dog']);
  }
});

test('what is open is kept by whoever leaves, what is on its way is waited for', async () => {
  const { tool, click, seen, held } = world();
  assert.equal(await tool.keep(), null);
  await click(30, 40);
  assert.equal(await tool.keep(), 'kept');
  assert.equal(seen.added.length, 1);
  const [pixels, open] = gate();
  held.toRle = pixels;
  await click(50, 50);
  tool.finish();
  let kept;
  const keeping = tool.keep().then((how) => {
    kept = how ?? 'nothing';
  });
  await settled();
  assert.equal(kept, undefined, 'waits for the mask that Enter had finished');
  open.resolve();
  await keeping;
  assert.deepEqual([kept, seen.added.length], ['nothing', 2]);
});

test('what cannot be kept is said to be open, and can be kept later', async () => {
  const { tool, click, held, seen } = world();
  const [pixels, open] = gate();
  held.toRle = pixels;
  await click(30, 40);
  const keeping = tool.keep();
  open.reject(new Error('The decoder stopped.'));
  assert.equal(await keeping, 'open');
  assert.equal(tool.view.empty, false);
  held.toRle = null;
  assert.equal(await tool.keep(), 'kept');
  assert.equal(seen.added.length, 1);
});

test('who is back on the photo before the mask is stored finds no second prompt of it', async () => {
  const kept = new Map();
  const before = globalThis.localStorage;
  globalThis.localStorage = /** @type {any} */ ({
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
  });
  const { tool, seen, click, held, editor } = world();
  const [pixels, open] = gate();
  held.toRle = pixels;
  await click(30, 40);
  tool.finish();
  editor.image.info = { id: 'next' };
  tool.reset();
  editor.image.info = { id: 'photo' };
  tool.enter();
  assert.equal(tool.view.empty, true);
  open.resolve();
  await settled();
  assert.equal(seen.added.length, 1);
  tool.enter();
  assert.equal(tool.view.empty, true, 'nor later');
  globalThis.localStorage = before;
});
