import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { decode, encode } from '../../static/app/core/bitmap.js';
import { RleError, area, bbox, fromRuns, pack, runsOf, unpack } from '../../static/app/core/rle.js';

const golden = JSON.parse(readFileSync(new URL('../fixtures/rle_golden.json', import.meta.url), 'utf8'));

/** A small repeatable random source. */
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function blobs(width, height, seed) {
  const next = random(seed);
  const density = next();
  return Uint8Array.from({ length: width * height }, () => (next() < density ? 1 : 0));
}

for (const entry of golden) {
  const [height, width] = entry.size;
  const rle = { size: entry.size, counts: entry.counts_string };

  test(`golden "${entry.name}": text and runs are the same as in Python`, () => {
    assert.deepEqual([...unpack(entry.counts_string)], entry.counts_list);
    assert.equal(pack(entry.counts_list), entry.counts_string);
  });

  test(`golden "${entry.name}": area and box are derived alike`, () => {
    assert.equal(area(rle), entry.area);
    assert.deepEqual(bbox(rle), entry.bbox);
  });

  if (entry.rows) {
    test(`golden "${entry.name}": the bitmap goes both ways`, () => {
      const mask = Uint8Array.from(entry.rows.join(''), Number);
      assert.deepEqual(decode(rle), mask);
      assert.deepEqual(encode(mask, width, height), rle);
    });
  }
}

test('random masks survive the round trip, with the area intact', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const [width, height] = [1 + ((seed * 7) % 71), 1 + ((seed * 13) % 67)];
    const mask = blobs(width, height, seed);
    const rle = encode(mask, width, height);
    assert.deepEqual(decode(rle), mask);
    assert.equal(
      area(rle),
      mask.reduce((sum, value) => sum + value, 0),
    );
  }
});

test('a window of a mask equals the cut from the whole', () => {
  const [width, height] = [40, 30];
  const mask = blobs(width, height, 5);
  const cut = decode(encode(mask, width, height), { x: 7, y: 4, width: 11, height: 13 });
  for (let y = 0; y < 13; y++) {
    for (let x = 0; x < 11; x++) assert.equal(cut[y * 11 + x], mask[(y + 4) * width + x + 7]);
  }
});

test('a run as long as the largest allowed image survives', () => {
  const rle = fromRuns(1 << 15, 1 << 15, [(1 << 30) - 5, 5]);
  assert.deepEqual([...runsOf(rle)], [(1 << 30) - 5, 5]);
});

test('zero runs inside are joined to the one spelling', () => {
  assert.deepEqual(fromRuns(4, 4, [0, 0, 3, 0, 2, 4, 0, 1, 6]), fromRuns(4, 4, [5, 5, 6]));
});

test('what is no mask is refused with a sentence', () => {
  const size = /** @type {[number, number]} */ ([3, 3]);
  for (const counts of ['9 ', '~', '5', 'o', 'ooooooooo0', 'é', '']) {
    assert.throws(() => runsOf({ size, counts }), RleError, counts);
  }
  assert.throws(() => encode(new Uint8Array(5), 2, 3), /6 pixels, not 5/);
  assert.throws(() => fromRuns(2, 2, [5, -1]), /negative/);
});
