import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contours, doubleArea, softened, toleranceAt } from '../../static/app/core/contour.js';
import { dropIslands, fillHoles, holes, keepLargest, parts } from '../../static/app/core/components.js';
import { fillPolygon, fillStroke } from '../../static/app/core/raster.js';
import * as runs from '../../static/app/core/runs.js';
import { smooth } from '../../static/app/core/smooth.js';

/** Rows of text to runs; '#' is mask. @param {...any} rows */
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
    Array.from({ length: width }, (_, x) => (runs.contains(mask, x * height + y) ? '#' : '.')).join(''),
  );
}

function randomMask(width, height, seed, density = 0.5) {
  let state = seed;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  return mask(
    ...Array.from({ length: height }, () =>
      Array.from({ length: width }, () => (next() < density ? '#' : '.')).join(''),
    ),
  );
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
    /** @type {[typeof runs.union, (p: boolean, q: boolean) => boolean][]} */
    const cases = [
      [runs.union, (p, q) => p || q],
      [runs.subtract, (p, q) => p && !q],
      [runs.intersect, (p, q) => p && q],
      [runs.difference, (p, q) => p !== q],
    ];
    for (const [operation, expected] of cases) {
      const result = operation(a, b);
      for (let p = 0; p < w * h; p++)
        assert.equal(runs.contains(result, p), expected(runs.contains(a, p), runs.contains(b, p)));
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
    const rings = contours(m, 10).map((ring) =>
      Array.from(
        { length: ring.length / 2 },
        (_, i) => /** @type {[number, number]} */ ([ring[2 * i], ring[2 * i + 1]]),
      ),
    );
    assert.deepEqual(fillPolygon(rings, { width: 12, height: 10 }), m);
  }
});

test('a ring with a hole has one outer and one inner contour', () => {
  const rings = contours(mask('###', '#.#', '###'), 3).map((ring) => doubleArea(ring) / 2);
  assert.deepEqual(
    rings.sort((a, b) => b - a),
    [9, -1],
  );
});

test('pixels that touch at a corner share one outline', () => {
  assert.equal(contours(mask('#.', '.#'), 2).length, 1);
  assert.equal(contours(mask('.#', '#.'), 2).length, 1);
  assert.equal(contours(mask('#..', '...', '..#'), 3).length, 2);
});

test('parts are 8-connected and come largest first', () => {
  const found = parts(mask('##..', '..#.', '....', '#..#'), 4);
  assert.deepEqual(
    found.map((part) => part.area),
    [3, 1, 1],
  );
});

test('holes are enclosed background only', () => {
  const m = mask('####.', '#..#.', '#.##.', '####.', '.....');
  assert.deepEqual(
    holes(m, 5).map((hole) => hole.area),
    [3],
  );
  assert.deepEqual(
    holes(mask('##.', '#.#', '###'), 3).map((hole) => hole.area),
    [1],
  );
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
  /** @type {[number, number][][]} */
  const square = [
    [
      [1, 1],
      [3, 1],
      [3, 3],
      [1, 3],
    ],
  ];
  assert.deepEqual(draw(fillPolygon(square, { width: 4, height: 4 }), 4, 4), ['....', '.##.', '.##.', '....']);
});

test('a polygon may stick out of the image', () => {
  assert.equal(
    runs.area(
      fillPolygon(
        [
          [
            [-5, -5],
            [50, -5],
            [50, 50],
            [-5, 50],
          ],
        ],
        { width: 4, height: 4 },
      ),
    ),
    16,
  );
});

test('a stroke covers exactly the pixels within its swept discs', () => {
  const size = { width: 40, height: 30 };
  const [a, b] = [
    { x: 8.3, y: 7.1, radius: 4 },
    { x: 30.2, y: 21.4, radius: 2 },
  ];
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
  const rows = Array.from({ length: 24 }, (_, y) =>
    Array.from({ length: 24 }, (_, x) =>
      (y >= 8 && y < 20 && x >= 4 && x < 20) || (x === 12 && y >= 4 && y < 8) ? '#' : '.',
    ).join(''),
  );
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

/** Farthest that a corner of one ring lies from the outline of another. */
function farthest(from, to) {
  let most = 0;
  for (let i = 0; i < from.length; i += 2) {
    let nearest = Infinity;
    for (let j = 0; j < to.length; j += 2) {
      const k = (j + 2) % to.length;
      const [dx, dy] = [to[k] - to[j], to[k + 1] - to[j + 1]];
      const [px, py] = [from[i] - to[j], from[i + 1] - to[j + 1]];
      const along = Math.max(0, Math.min(1, (px * dx + py * dy) / (dx * dx + dy * dy || 1)));
      nearest = Math.min(nearest, Math.hypot(px - along * dx, py - along * dy));
    }
    most = Math.max(most, nearest);
  }
  return most;
}

test('what has straight edges keeps every corner', () => {
  const size = { width: 200, height: 160 };
  const house = fillPolygon(
    [
      [
        [20, 150],
        [20, 70],
        [100, 10],
        [180, 70],
        [180, 150],
      ],
    ],
    size,
  );
  const [ring] = contours(house, size.height);
  for (const tolerance of [0.5, 0.75, 3]) {
    const soft = softened(ring, tolerance);
    assert.ok(soft.length < ring.length / 2);
    for (const corner of [
      [20, 150],
      [180, 150],
      [20, 70],
      [180, 70],
      [100, 10],
    ])
      assert.ok(farthest(corner, soft) <= tolerance + 0.71, `${corner} at ${tolerance}`);
  }
  const [square] = contours(mask('####', '####', '####', '####'), 4);
  assert.deepEqual(
    new Set(Array.from(softened(square, 0.75)).filter((value) => value === 0 || value === 4)),
    new Set([0, 4]),
  );
});

test('no corner of a mask lies farther from its drawn outline than the tolerance, nor the other way round', () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  for (let round = 0; round < 120; round++) {
    const [width, height] = [20 + Math.floor(random() * 40), 20 + Math.floor(random() * 40)];
    const ranges = [];
    const strokes = Array.from({ length: 3 }, () => [random() * width, random() * height, random() * 9]);
    const thin = [Math.floor(random() * width), Math.floor(random() * height)];
    for (let x = 0; x < width; x++)
      for (let y = 0; y < height; y++) {
        const inside = strokes.some(([cx, cy, r]) => Math.hypot(x - cx, y - cy) < r) || x === thin[0] || y === thin[1];
        if (inside && random() > 0.01) ranges.push([x * height + y, x * height + y + 1]);
      }
    for (const ring of contours(runs.fromRanges(ranges), height)) {
      for (const tolerance of [0.5, 0.75, 1.5, 6]) {
        const soft = softened(ring, tolerance);
        assert.ok(farthest(ring, soft) <= tolerance + 1e-6, `round ${round}, ${tolerance}`);
        assert.ok(farthest(soft, ring) <= tolerance + 1e-6, `round ${round}, ${tolerance}, back`);
      }
    }
  }
});

test('the tolerance is never more than a device pixel, and pixels that can be seen are exact', () => {
  for (let scale = 0.01; scale < 8; scale *= 1.07) {
    const tolerance = toleranceAt(scale);
    assert.ok(tolerance * scale <= 1 + 1e-9, `${scale}`);
    if (scale < 2) assert.ok(tolerance * scale > 0.3, `${scale}`);
    else assert.equal(tolerance, 0);
  }
});
