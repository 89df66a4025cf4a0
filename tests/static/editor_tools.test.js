import assert from 'node:assert/strict';
import { test } from 'node:test';

import { enlarge, flood } from '../../static/app/core/flood.js';
import { handleAt, resizeBox } from '../../static/app/core/geometry.js';
import { simplifyRing } from '../../static/app/core/simplify.js';
import { fillPolygon } from '../../static/app/core/raster.js';
import * as runs from '../../static/app/core/runs.js';
import { extendPath, pressedRadius, smoothPath } from '../../static/app/core/stroke.js';
import { bindKeys } from '../../static/app/core/keys.js';
import { instanceColor, toHex } from '../../static/app/core/color.js';
import { luminance, textOn } from '../../static/app/core/contrast.js';
import { changedPixels, cleanedUp, pasted } from '../../static/app/tools/mask_verbs.js';
import { takeFrom } from '../../static/app/tools/overlap.js';
import { edgeAt, insertVertex, moveVertex, removeVertex, vertexAt } from '../../static/app/tools/polygon_edit.js';
import { currentStep, emptyPrompt, setBox, addPoint } from '../../static/app/tools/prompt.js';
import { applyDrag, beginDrag, draggedBox } from '../../static/app/tools/smart_drag.js';
import { commandRows } from '../../static/app/core/commands.js';
import { createActions, createCommands } from '../../static/app/ui/commands.js';
import { reviewActions } from '../../static/app/ui/review/actions.js';
import { editActions } from '../../static/app/ui/actions/edit.js';
import { objectActions } from '../../static/app/ui/actions/objects.js';
import { suggestActions } from '../../static/app/ui/actions/suggest.js';
import { toolActions } from '../../static/app/ui/actions/tools.js';
import { curve } from '../../static/app/ui/filters.js';
import { matchesText } from '../../static/app/ui/filter.js';
import { matchesFlag } from '../../static/app/ui/filter_choices.js';
import { PRESETS, presetOf } from '../../static/app/ui/keymap.js';
import { rank } from '../../static/app/ui/palette.js';
import { initials } from '../../static/app/ui/stages.js';
import { rleOf, shapeOf } from '../../static/app/view/shapes.js';
import { toScreen } from '../../static/app/view/viewport.js';
import { there } from './support/there.js';

const SIZE = { width: 40, height: 30 };
const square = (x0, y0, x1, y1) =>
  fillPolygon(
    [
      [
        [x0, y0],
        [x1, y0],
        [x1, y1],
        [x0, y1],
      ],
    ],
    SIZE,
  );
/** @returns {any} what of an annotation is used */
const object = (id, mask, more = {}) => ({
  id,
  rle: rleOf(mask, SIZE),
  label: 'l',
  attributes: {},
  locked: false,
  ...more,
});
const viewport = { scale: 2, x: 0, y: 0, width: 80, height: 60, imageWidth: 40, imageHeight: 30 };

test('flood fill stops at another colour and at the border', () => {
  const [width, height] = [6, 4];
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) data.fill(0, (y * width + 3) * 4, (y * width + 3) * 4 + 3);
  const mask = flood({ data, width, height }, 0, 0, 10);
  assert.equal(
    mask.reduce((a, b) => a + b),
    12,
  );
  assert.equal(
    flood({ data, width, height }, 0, 0, 255).reduce((a, b) => a + b),
    24,
  );
});

test('flood fill goes round corners', () => {
  const rows = ['#....', '#.##.', '#.#..', '###.#'];
  const data = Uint8ClampedArray.from(
    rows
      .join('')
      .split('')
      .flatMap((c) => (c === '#' ? [0, 0, 0, 255] : [200, 200, 200, 255])),
  );
  assert.equal(
    flood({ data, width: 5, height: 4 }, 1, 2, 5).reduce((a, b) => a + b),
    10,
  );
});

test('a mask found on a small copy covers the same part of the photo', () => {
  const small = { width: 4, height: 3 };
  const mask = new Uint8Array(12);
  mask[1 * 4 + 2] = 1;
  assert.deepEqual(enlarge(mask, small, SIZE), square(20, 10, 30, 20));
});

test('a pen presses from thin to full, a mouse draws full width', () => {
  assert.equal(pressedRadius(10, { pointerType: 'mouse', pressure: 0.5 }), 10);
  const light = pressedRadius(10, { pointerType: 'pen', pressure: 0.1 });
  assert.ok(light > 3 && light < pressedRadius(10, { pointerType: 'pen', pressure: 0.9 }));
});

test('places too close together are not added to a stroke', () => {
  const path = [];
  assert.ok(extendPath(path, { x: 0, y: 0, radius: 10 }));
  assert.equal(extendPath(path, { x: 0.5, y: 0, radius: 10 }), false);
  assert.ok(extendPath(path, { x: 2, y: 0, radius: 10 }));
});

test('a smoothed stroke keeps its ends and turns no sharp corner', () => {
  const path = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 10 },
    { x: 20, y: 10 },
  ].map((p) => ({ ...p, radius: 3 }));
  const out = smoothPath(path);
  const [first, last] = [out[0], there(out.at(-1))];
  assert.deepEqual([first.x, first.y, last.x, last.y], [0, 0, 20, 10]);
  for (let i = 2; i < out.length; i++) {
    const [a, b, c] = [out[i - 2], out[i - 1], out[i]];
    const turn = Math.abs(Math.atan2(c.y - b.y, c.x - b.x) - Math.atan2(b.y - a.y, b.x - a.x));
    assert.ok(Math.min(turn, 2 * Math.PI - turn) < 0.8);
  }
});

test('clean-up fills, drops and counts what it changes', () => {
  const holed = runs.union(runs.subtract(square(2, 2, 20, 20), square(5, 5, 7, 7)), square(30, 20, 32, 22));
  const result = cleanedUp(object('a', holed), { holes: 10, islands: 10, largest: false, smooth: 0 });
  assert.deepEqual(result, square(2, 2, 20, 20));
  assert.deepEqual(changedPixels(holed, result), { added: 4, removed: 4 });
});

test('pasting on a smaller image drops what lies outside', () => {
  const list = [object('a', square(2, 2, 6, 6)), object('b', square(35, 25, 39, 29))];
  const result = pasted(list, { width: 10, height: 10 });
  assert.equal(result.length, 1);
  assert.equal(runs.area(shapeOf(result[0].rle).runs), 16);
});

test('no-overlap mode takes pixels from unlocked objects only', () => {
  const list = [
    object('a', square(0, 0, 10, 10)),
    object('b', square(5, 5, 15, 15), { locked: true }),
    object('c', square(30, 20, 34, 24)),
  ];
  const taken = takeFrom(list, square(8, 0, 20, 30), SIZE.height);
  assert.deepEqual(
    taken.map(({ id }) => id),
    ['a'],
  );
  assert.equal(runs.area(taken[0].runs), 80);
});

test('corners are found on screen, moved, added and removed', () => {
  /** @type {[number, number][][]} */
  const rings = [
    [
      [5, 5],
      [15, 5],
      [15, 15],
    ],
  ];
  assert.deepEqual(vertexAt(rings, viewport, { x: 31, y: 12 }), { ring: 0, index: 1 });
  assert.equal(vertexAt(rings, viewport, { x: 60, y: 50 }), null);
  assert.deepEqual(edgeAt(rings, viewport, { x: 20, y: 11 }), { ring: 0, index: 0 });
  assert.deepEqual(moveVertex(rings, 0, 2, { x: 9, y: 9 })[0][2], [9, 9]);
  assert.deepEqual(insertVertex(rings, 0, 0, { x: 10, y: 5 })[0].length, 4);
  assert.deepEqual(removeVertex(rings, 0, 0), []);
});

test('a click adds a point, a drag makes a box, a drag too thin makes nothing', () => {
  const start = { image: { x: 4, y: 5 }, screen: { x: 8, y: 10 }, negative: true };
  const clicked = there(applyDrag(emptyPrompt(), { kind: 'new', start, at: { x: 4, y: 5 }, moved: false }, viewport));
  assert.deepEqual(currentStep(clicked).points, [{ x: 4, y: 5, label: 0 }]);
  const boxed = there(applyDrag(emptyPrompt(), { kind: 'new', start, at: { x: 100, y: 9 }, moved: true }, viewport));
  assert.deepEqual(currentStep(boxed).box, [4, 5, 40, 9]);
  assert.equal(applyDrag(emptyPrompt(), { kind: 'new', start, at: { x: 4.5, y: 9 }, moved: true }, viewport), null);
});

test('a click outside the photo does nothing', () => {
  const start = { image: { x: -4, y: 5 }, screen: { x: 0, y: 10 }, negative: false };
  assert.equal(applyDrag(emptyPrompt(), { kind: 'new', start, at: start.image, moved: false }, viewport), null);
});

test('clicking a point removes it, dragging moves it, never off the photo', () => {
  const history = addPoint(emptyPrompt(), { x: 4, y: 5, label: 1 });
  const start = { image: { x: 4, y: 5 }, screen: { x: 8, y: 10 }, negative: false };
  assert.deepEqual(
    currentStep(
      there(
        applyDrag(history, { kind: 'point', index: 0, removes: true, start, at: start.image, moved: false }, viewport),
      ),
    ).points,
    [],
  );
  const moved = currentStep(
    there(applyDrag(history, { kind: 'point', index: 0, start, at: { x: 99, y: -3 }, moved: true }, viewport)),
  ).points[0];
  assert.ok(moved.x < 40 && moved.y === 0);
});

test('a click on a mark removes its point only when the cursor said so; without a cursor the mark says it', () => {
  const history = addPoint(emptyPrompt(), { x: 4, y: 5, label: 1 });
  const press = (/** @type {string} */ pointerType, /** @type {number} */ offered) => {
    const event = {
      ...{ shift: false, alt: false, ctrl: false, pressure: 0.5, double: false },
      image: { x: 4, y: 5 },
      screen: toScreen(viewport, { x: 4, y: 5 }),
      negative: false,
      pointerType,
    };
    return applyDrag(history, beginDrag(currentStep(history), event, viewport, offered), viewport);
  };
  assert.equal(press('mouse', -1), null, 'a second click on the same place neither removes nor doubles the point');
  assert.deepEqual(currentStep(there(press('mouse', 0))).points, []);
  for (const pointerType of ['touch', 'pen'])
    assert.deepEqual(currentStep(there(press(pointerType, -1))).points, [], pointerType);
});

test('a handle resizes the box and may cross over', () => {
  assert.equal(handleAt([0, 0, 10, 10], { x: 9.5, y: 10.2 }, 2), 'se');
  assert.deepEqual(resizeBox([4, 4, 10, 10], 'e', { x: 1, y: 7 }, 40, 30), [1, 4, 4, 10]);
  const history = setBox(emptyPrompt(), [4, 4, 10, 10]);
  /** @type {any} */
  const drag = {
    kind: 'box',
    handle: 'n',
    start: { image: { x: 7, y: 4 }, screen: { x: 0, y: 0 }, negative: false },
    at: { x: 7, y: 1 },
    moved: true,
  };
  assert.deepEqual(draggedBox(currentStep(history).box, drag, viewport), [4, 1, 10, 10]);
});

test('simplifying a ring keeps its corners', () => {
  /** @type {[number, number][]} */
  const ring = [
    [0, 0],
    [5, 0],
    [10, 0],
    [10, 5],
    [10, 10],
    [5, 10],
    [0, 10],
    [0, 5],
  ];
  assert.deepEqual(simplifyRing(ring, 0.5), [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ]);
});

test('text on a colour is the more readable of black and white', () => {
  for (const color of ['#e69f00', '#0072b2', '#f0e442', '#000000', '#ffffff', '#7f7f7f']) {
    const [light, dark] = [1.05 / (luminance(color) + 0.05), (luminance(color) + 0.05) / 0.05];
    assert.equal(textOn(color), light > dark ? '#ffffff' : '#000000');
    assert.ok(Math.max(light, dark) >= 4.5);
  }
});

test('instance colours are lasting, valid and mostly different', () => {
  const colors = Array.from({ length: 200 }, (_, i) => instanceColor(`object-${i}`));
  assert.ok(colors.every((color) => /^#[0-9a-f]{6}$/.test(color)));
  assert.ok(new Set(colors).size > 180);
  assert.equal(instanceColor('same'), instanceColor('same'));
});

test('computed colours become hex', () => {
  assert.equal(toHex('rgb(1, 20, 255)'), '#0114ff');
  assert.equal(toHex(' #aabbcc'), '#aabbcc');
});

test('a neutral tone curve is the identity and inverting turns it round', () => {
  const neutral = { brightness: 1, contrast: 1, gamma: 1, invert: false };
  assert.deepEqual(
    curve(neutral),
    Array.from({ length: 33 }, (_, i) => Number((i / 32).toFixed(4))),
  );
  assert.equal(curve({ ...neutral, invert: true })[0], 1);
  assert.ok(curve({ ...neutral, gamma: 2 })[8] > 0.25);
});

test('the object filter finds words in label, author and attributes', () => {
  /** @type {any} what of it is used */
  const annotation = {
    attributes: { pose: 'standing' },
    author: { id: 'u', name: 'Ada' },
    status: 'open',
    label: 'x',
    locked: true,
    hidden: false,
    shape: null,
  };
  assert.ok(matchesText(annotation, 'person', 'ada stand'));
  assert.equal(matchesText(annotation, 'person', 'car'), false);
  assert.ok(matchesFlag(annotation, 'locked'));
  assert.equal(matchesFlag(annotation, 'shape'), false);
  assert.equal(matchesFlag({ ...annotation, status: 'approved' }, 'approved'), true);
  assert.equal(matchesFlag({ ...annotation, status: 'approved' }, 'open'), false);
});

test('the palette puts names that begin with the query first', () => {
  const commands = [
    { name: 'Hide all', group: 'Objects' },
    { name: 'All commands', group: 'Help' },
    { name: 'Zoom', group: 'View' },
  ];
  assert.deepEqual(
    rank(commands, 'all').map(({ name }) => name),
    ['All commands', 'Hide all'],
  );
});

test('the palette puts words in the order they were typed before the same words in another', () => {
  const commands = [
    { name: 'Convert mask to polygon', group: 'Objects' },
    { name: 'Convert polygon to mask', group: 'Objects' },
  ];
  assert.equal(rank(commands, 'Polygon to  mask')[0].name, 'Convert polygon to mask');
  assert.equal(rank(commands, 'mask to')[0].name, 'Convert mask to polygon');
});

test('table and actions agree, and every preset names commands that exist and gives each key to one of them', () => {
  const nothing = () => undefined;
  /** @type {any} what of it is used */
  const editor = {
    labels: Array.from({ length: 9 }, (_, i) => ({ id: String(i), name: `label ${i}` })),
    tools: { armed: {} },
    store: { all: () => [] },
    session: { state: {} },
    stage: {},
    objects: {},
    suggestions: {},
    image: {},
    canEdit: true,
  };
  /** @type {any} what of them is used */
  const parts = { history: {}, navigator: {}, regions: {}, search: {}, dialogs: { show: nothing } };
  const commands = createCommands(editor, parts);
  const allActions = {
    ...createActions(editor, parts, []),
    ...toolActions(editor, commandRows()),
    ...objectActions(editor, parts),
    ...suggestActions(editor, parts),
    ...reviewActions(editor, /** @type {any} */ ({})),
  };
  const own = new Set(commandRows().map(({ id }) => id));
  assert.equal(own.size, commandRows().length, 'no line is repeated');
  assert.deepEqual(
    commandRows()
      .filter(({ id, notes }) => !(id in allActions) && !notes.includes('held'))
      .map(({ id }) => id),
    ['label.digit'],
    'every line but the one for the labels has an action',
  );
  assert.deepEqual(
    Object.keys(allActions).filter((id) => !own.has(id)),
    [],
    'every action has a line',
  );
  for (const [name, preset] of Object.entries(PRESETS)) {
    for (const id of Object.keys(preset))
      assert.ok(
        commands.some((command) => command.id === id),
        `${name}: ${id}`,
      );
    assert.deepEqual(bindKeys(commands, preset).conflicts, [], name);
  }
});

test('Tab goes through suggestions where there is no object yet', () => {
  /** @type {{ list: object[] }} */
  const suggestions = { list: [] };
  /** @type {any} what of it is used */
  const editor = {
    labels: [],
    tools: { armed: {} },
    store: { all: () => [] },
    session: { state: { tool: 'suggest' } },
    suggestions,
  };
  /** @type {any} */
  const next = editActions(editor, { history: /** @type {any} */ (null) })['edit.next'];
  assert.equal(next.enabled(), false);
  suggestions.list.push({});
  assert.equal(next.enabled(), true);
});

test('the chosen preset is known again, whatever the order of its keys', () => {
  assert.equal(presetOf({}), 'CVAT (default)');
  assert.equal(presetOf(Object.fromEntries(Object.entries(PRESETS['X-AnyLabeling']).reverse())), 'X-AnyLabeling');
  assert.equal(presetOf({ 'image.next': ['M'] }), 'Your own keys');
});

test('two letters stand for an author', () => {
  assert.deepEqual(['Ada Lovelace', 'carol', 'jean-luc p.', ''].map(initials), ['AL', 'C', 'JP', '']);
});
