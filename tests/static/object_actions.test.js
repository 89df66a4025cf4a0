import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import * as runs from '../../static/app/core/runs.js';
import { aim, aimed } from '../../static/app/tools/aim.js';
import { beside, shapeMoved } from '../../static/app/tools/beside.js';
import { pasted } from '../../static/app/tools/mask_verbs.js';
import { rleOf, shapeOf } from '../../static/app/view/shapes.js';

afterEach(() => {
  delete (/** @type {any} */ (globalThis).document);
});

/** An editor of three objects; `over` lies under the cursor, `row` is the row that the pointer is on.
 *  @param {{ selection?: string[], over?: string, row?: string, last?: string, hovered?: boolean, state?: object }} [of] */
function editorWith({ selection = [], over = '', row = '', last = '', hovered = true, state = {} } = {}) {
  const rows = new Map(['a', 'b', 'c'].map((id) => [id, { id, locked: false }]));
  const host = { matches: () => hovered, querySelector: () => null };
  const session = {
    state: { selection, editing: false, masksHidden: false, ...state },
    set(patch) {
      Object.assign(session.state, patch);
    },
  };
  /** @type {any} */ (globalThis).document = { querySelector: () => row && { id: `object-${row}` } };
  /** @type {any} what of it is used */
  const editor = {
    session,
    store: { get: (id) => rows.get(id) },
    stage: { host, pointer: { x: 3, y: 4 }, viewport: { scale: 1, x: 0, y: 0 } },
    objects: {
      selected: () => session.state.selection.map((id) => rows.get(id)),
      at: () => rows.get(over),
      last: () => rows.get(last),
    },
  };
  return editor;
}

test('a command means the selected, else what is under the cursor, else what was made last', () => {
  const ids = (/** @type {Parameters<typeof editorWith>[0]} */ of) => aimed(editorWith(of)).objects.map(({ id }) => id);
  assert.deepEqual(ids({ selection: ['a', 'b'], over: 'c', row: 'c', last: 'c' }), ['a', 'b']);
  assert.deepEqual(ids({ over: 'b', last: 'c' }), ['b']);
  assert.deepEqual(ids({ over: 'b', row: 'a', last: 'c' }), ['a'], 'the row that is pointed at');
  assert.deepEqual(ids({ last: 'c' }), ['c']);
  assert.deepEqual(ids({ over: 'b', hovered: false, last: 'c' }), ['c'], 'the pointer is on a bar or a dialog');
  assert.deepEqual(ids({ over: 'b', state: { masksHidden: true }, last: 'c' }), ['c'], 'nothing is seen there');
  assert.deepEqual(ids({}), []);
});

test('while something is unfinished only the selected is meant', () => {
  assert.deepEqual(aimed(editorWith({ over: 'b', last: 'c', state: { editing: true } })).objects, []);
});

test('what a command is done to is selected, so that it is seen', () => {
  const editor = editorWith({ over: 'b', last: 'c' });
  assert.equal(aim(editor), 'cursor');
  assert.deepEqual(editor.session.state.selection, ['b']);
  assert.equal(aim(editor), 'selected');
});

const IMAGE = { width: 100, height: 80, scale: 1 };
/** @returns {any} */
const at = (x, y, w = 10, h = 10) => ({ bbox: [x, y, w, h], area: w * h });
const moved = ({ bbox: [x, y, w, h], area }, by) => ({ bbox: [x + by.x, y + by.y, w, h], area });

test('a copy lies beside what it is a copy of, the next one beside that', () => {
  const there = [at(20, 20)];
  for (let n = 0; n < 20; n++) {
    const by = beside([at(20, 20)], there, IMAGE);
    const copy = moved(at(20, 20), by);
    const [x, y, w, h] = copy.bbox;
    assert.ok(x >= 0 && y >= 0 && x + w <= 100 && y + h <= 80, `copy ${n} is whole`);
    assert.ok(
      there.every(({ bbox }) => bbox[0] !== x || bbox[1] !== y),
      `copy ${n} lies on no other`,
    );
    there.push(copy);
  }
});

test('what lies nowhere yet stays where it was, as on the next photo of a series', () => {
  assert.deepEqual(beside([at(20, 20)], [at(21, 20)], IMAGE), { x: 0, y: 0 });
});

test('the way to the side is the same on screen at every zoom, at least one pixel', () => {
  for (const scale of [0.1, 1, 8, 64]) {
    const { x } = beside([at(20, 20)], [at(20, 20)], { width: 4000, height: 4000, scale });
    assert.equal(x, Math.max(1, Math.round(14 / scale)));
  }
});

test('at a border a copy goes the other way; over the whole width it goes down; over everything it stays', () => {
  const by = (/** @type {any} */ one) => beside([one], [one], IMAGE);
  assert.deepEqual(by(at(90, 70)), { x: -14, y: -14 });
  assert.deepEqual(by(at(0, 0, 100, 10)), { x: 0, y: 14 });
  assert.deepEqual(by(at(0, 0, 100, 80)), { x: 0, y: 0 });
  assert.deepEqual(by(at(1, 1, 98, 78)), { x: 1, y: 1 }, 'a pixel is better than none');
});

test('pixels and corners are moved alike, and no pixel is lost', () => {
  const size = { width: 100, height: 80 };
  /** @type {any} */
  const shape = {
    type: 'polygon',
    rings: [
      [
        [5, 5],
        [25, 5],
        [25, 15],
        [5, 15],
      ],
    ],
  };
  const mask = runs.fromBox([5, 5, 25, 15], 100, 80);
  /** @type {any} */
  const one = { rle: rleOf(mask, size), shape, label: 'l', attributes: {} };
  const [copy] = pasted([one], size, { x: 14, y: -3 });
  assert.deepEqual(shapeOf(copy.rle).runs, runs.fromBox([19, 2, 39, 12], 100, 80));
  assert.deepEqual(copy.shape, shapeMoved(shape, { x: 14, y: -3 }));
  assert.deepEqual(copy.shape?.rings[0][0], [19, 2]);
});
