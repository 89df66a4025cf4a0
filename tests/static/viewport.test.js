import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as view from '../../static/app/view/viewport.js';

const stage = { ...view.INITIAL, width: 1000, height: 600, imageWidth: 2000, imageHeight: 1000 };
const near = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) < tolerance, `${a} is not ${b}`);

test('fit shows the whole photo in the middle', () => {
  const v = view.fit(stage);
  const [a, b] = [view.toScreen(v, { x: 0, y: 0 }), view.toScreen(v, { x: 2000, y: 1000 })];
  assert.ok(a.x >= 0 && a.y >= 0 && b.x <= 1000 && b.y <= 600);
  near(a.x + b.x, 1000);
  near(a.y + b.y, 600);
});

test('a tiny photo is enlarged, but not beyond eight times', () => {
  assert.equal(view.fit({ ...stage, imageWidth: 1, imageHeight: 1 }).scale, 8);
});

test('zooming keeps the image point under the cursor', () => {
  const v = view.fit(stage);
  const cursor = { x: 333, y: 222 };
  const before = view.toImage(v, cursor);
  const after = view.toImage(view.zoomAt(v, 1.7, cursor), cursor);
  near(before.x, after.x, 1e-6);
  near(before.y, after.y, 1e-6);
});

test('zoom stops at its limits', () => {
  let v = view.fit(stage);
  for (let i = 0; i < 100; i++) v = view.zoomAt(v, 2, { x: 500, y: 300 });
  assert.equal(v.scale, 64);
  for (let i = 0; i < 100; i++) v = view.zoomAt(v, 0.5, { x: 500, y: 300 });
  assert.ok(v.scale > 0.1 && v.scale < view.fit(stage).scale);
});

test('image and screen coordinates are inverse', () => {
  const v = view.pan(view.zoomAt(view.fit(stage), 3.3, { x: 10, y: 20 }), 31, -17);
  const p = view.toImage(v, view.toScreen(v, { x: 123.4, y: 567.8 }));
  near(p.x, 123.4, 1e-6);
  near(p.y, 567.8, 1e-6);
});

test('the photo cannot be dragged out of sight', () => {
  const v = view.pan(view.fit(stage), 1e6, -1e6);
  assert.ok(view.visibleBox(v));
});

test('a resized stage keeps the centre', () => {
  const v = view.zoomAt(view.fit(stage), 2, { x: 500, y: 300 });
  const before = view.toImage(v, { x: 500, y: 300 });
  const after = view.toImage(view.resized(v, 700, 800), { x: 350, y: 400 });
  near(before.x, after.x, 1e-6);
  near(before.y, after.y, 1e-6);
});

test('the visible box is clipped to the photo', () => {
  assert.deepEqual(view.visibleBox(view.fit(stage)), [0, 0, 2000, 1000]);
  const box = view.visibleBox({ ...stage, scale: 1, x: -100, y: 50 });
  assert.deepEqual(box, [100, 0, 1100, 550]);
});

test('showing a box brings it to the middle', () => {
  const v = view.showBox(view.fit(stage), [100, 100, 200, 160]);
  const middle = view.toImage(v, { x: 500, y: 300 });
  near(middle.x, 150, 1e-6);
  near(middle.y, 130, 1e-6);
});
