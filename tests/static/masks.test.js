import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contours, doubleArea, softened } from '../../static/app/core/contour.js';
import { dropIslands, fillHoles, holes, keepLargest, parts } from '../../static/app/core/components.js';
import { fillPolygon, fillStroke } from '../../static/app/core/raster.js';
import * as runs from '../../static/app/core/runs.js';
import { smooth } from '../../static/app/core/smooth.js';

/** Rows of text to runs; '#' is mask. */
function mask(...rows) {
  const [height, width] = [rows.length, rows[0].length];
  const ranges = [];
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) if (rows[y][x] === '#') ranges.push([x * height + y, x * height + y + 1]);
  }
  return runs.fromRanges(ranges);
}

function draw(mask, width, height) {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (runs.contains(mask, x * height + y) ? '#' : '.')).join(''));
}

function randomMask(width, height, seed, density = 0.5) {
  let state = seed;
  const next = () => ((state = (state * 1103515245 + 12345) % 2147483648) / 2147483648);
  return mask(...Array.from({ length: height }, () => Array.from({ length: width }, () => (next() < density ? '#' : '.')).join('')));
}

const sum = (values) => values.reduce((a, b) => a + b, 0);

test('counts become runs and come back the same', () => {
  for (const counts of [[4, 3, 5], [0, 12], [12], [0, 1, 11], [11, 1]]) {
    assert.deepEqual(runs.toCounts(runs.fromCounts(counts), 12), counts);
  }
});

test('zero-length counts in the middle join their neighbours', () => {
  assert.deepEqual([...runs.fromCounts([2, 3, 0, 4, 1])], [2, 9]);
});

test('set operations agree with a bitmap on random masks', () => {
  for (let seed = 1; seed < 20; seed++) {
    const [w, h] = [13, 9];
    const [a, b] = [randomMask(w, h, seed), randomMask(w, h, seed + 100)];
    const cases = [[runs.union, (p, q) => p || q], [runs.subtract, (p, q) => p && !q], [runs.intersect, (p, q) => p && q], [runs.difference, (p, q) => p !== q]];
    for (const [operation, expected] of cases) {
      const result = operation(a, b);
      for (let p = 0; p < w * h; p++) assert.equal(runs.contains(result, p), expected(runs.contains(a, p), runs.contains(b, p)));
      assert.deepEqual(result, runs.fromCounts(runs.toCounts(result, w * h)));
    }
  }
});

test('bounds are tight and exclusive on the right and bottom', () => {
  assert.deepEqual(runs.bounds(mask('....', '.##.', '.#..'), 3), [1, 1, 3, 3]);
  assert.equal(runs.bounds(runs.EMPTY, 3), null);
  assert.deepEqual(runs.bounds(mask('##', '##'), 2), [0, 0, 2, 2]);
});

test('a mask moved partly outside keeps what stays inside', () => {
  const moved = runs.transplant(mask('##', '##'), 2, { width: 3, height: 3, dx: 2, dy: -1 });
  assert.deepEqual(draw(moved, 3, 3), ['..#', '...', '...']);
});

test('contour rings enclose exactly the area of the mask', () => {
  for (let seed = 1; seed < 40; seed++) {
    const m = randomMask(12, 10, seed, 0.3 + 0.01 * seed);
    assert.equal(sum(contours(m, 10).map(doubleArea)) / 2, runs.area(m));
  }
});

test('filling the contour gives the mask back, bit for bit', () => {
  for (let seed = 1; seed < 40; seed++) {
    const m = randomMask(12, 10, seed);
    const rings = contours(m, 10).map((ring) => Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i], ring[2 * i + 1]]));
    assert.deepEqual(fillPolygon(rings, { width: 12, height: 10 }), m);
  }
});

test('a ring with a hole has one outer and one inner contour', () => {
  const rings = contours(mask('###', '#.#', '###'), 3).map((ring) => doubleArea(ring) / 2);
  assert.deepEqual(rings.sort((a, b) => b - a), [9, -1]);
});

test('pixels that touch at a corner share one outline', () => {
  assert.equal(contours(mask('#.', '.#'), 2).length, 1);
  assert.equal(contours(mask('.#', '#.'), 2).length, 1);
  assert.equal(contours(mask('#..', '...', '..#'), 3).length, 2);
});

test('parts are 8-connected and come largest first', () => {
  const found = parts(mask('##..', '..#.', '....', '#..#'), 4);
  assert.deepEqual(found.map((part) => part.area), [3, 1, 1]);
});

test('holes are enclosed background only', () => {
  const m = mask('####.', '#..#.', '#.##.', '####.', '.....');
  assert.deepEqual(holes(m, 5).map((hole) => hole.area), [3]);
  assert.deepEqual(holes(mask('##.', '#.#', '###'), 3).map((hole) => hole.area), [1]);
  assert.equal(holes(mask('#.#', '#.#', '###'), 3).length, 0);
});

test('clean-up fills small holes and drops small islands only', () => {
  const m = mask('#####..#', '#.#.#...', '###.#...', '#####...');
  assert.deepEqual(draw(fillHoles(m, 4, 2), 8, 4), ['#####..#', '###.#...', '###.#...', '#####...']);
  assert.equal(runs.area(dropIslands(m, 4, 2)), runs.area(m) - 1);
  assert.equal(runs.area(keepLargest(m, 4)), runs.area(m) - 1);
});

test('dropping islands never empties a mask', () => {
  assert.equal(runs.area(dropIslands(mask('#'), 1, 100)), 1);
});

test('a polygon takes the pixels whose centres it holds', () => {
  const square = [[[1, 1], [3, 1], [3, 3], [1, 3]]];
  assert.deepEqual(draw(fillPolygon(square, { width: 4, height: 4 }), 4, 4), ['....', '.##.', '.##.', '....']);
});

test('a polygon may stick out of the image', () => {
  assert.equal(runs.area(fillPolygon([[[-5, -5], [50, -5], [50, 50], [-5, 50]]], { width: 4, height: 4 })), 16);
});

test('a stroke covers exactly the pixels within its swept discs', () => {
  const size = { width: 40, height: 30 };
  const [a, b] = [{ x: 8.3, y: 7.1, radius: 4 }, { x: 30.2, y: 21.4, radius: 2 }];
  const stroke = fillStroke([a, b], size);
  for (let x = 0; x < size.width; x++) {
    for (let y = 0; y < size.height; y++) {
      assert.equal(runs.contains(stroke, x * size.height + y), inSweep(x + 0.5, y + 0.5, a, b), `pixel ${x},${y}`);
    }
  }
});

/** Brute force: some disc between the two ends holds the point. */
function inSweep(x, y, a, b) {
  for (let t = 0; t <= 1; t += 0.0005) {
    const r = a.radius + t * (b.radius - a.radius);
    if (Math.hypot(x - a.x - t * (b.x - a.x), y - a.y - t * (b.y - a.y)) <= r) return true;
  }
  return false;
}

test('smoothing removes a one-pixel spike and keeps a straight edge', () => {
  const rows = Array.from({ length: 24 }, (_, y) => Array.from({ length: 24 }, (_, x) =>
    ((y >= 8 && y < 20 && x >= 4 && x < 20) || (x === 12 && y >= 4 && y < 8) ? '#' : '.')).join(''));
  const result = smooth(mask(...rows), { width: 24, height: 24 }, 2);
  assert.equal(runs.contains(result, 12 * 24 + 5), false);
  assert.equal(runs.contains(result, 12 * 24 + 8), true);
  assert.equal(runs.contains(result, 12 * 24 + 19), true);
});

test('a softened outline has far fewer corners and stays within a pixel of the exact one', () => {
  const disc = fillStroke([{ x: 60, y: 60, radius: 40 }], { width: 120, height: 120 });
  const [ring] = contours(disc, 120);
  const soft = softened(ring, 0.5);
  assert.ok(soft.length < ring.length / 2, `${soft.length} of ${ring.length}`);
  assert.ok(Math.abs(doubleArea(soft) - doubleArea(ring)) / doubleArea(ring) < 0.02);
  for (let i = 0; i < soft.length; i += 2) assert.ok(Math.abs(Math.hypot(soft[i] - 60, soft[i + 1] - 60) - 40) < 1.2);
});

test('the outline of a single pixel is never softened away', () => {
  const [ring] = contours(mask('...', '.#.', '...'), 3);
  assert.equal(softened(ring, 2), ring);
});
