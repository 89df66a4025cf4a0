import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { bestToken, frameOf, isAmbiguous, promptTensors, tokenCount } from '../../static/app/sam/prompts.js';

/** @type {any} what of it is used */
const manifest = { input: { size: 512 }, decoder: { point_frame: 512, mask_size: 256 } };
/** @param {any[]} points @param {number[] | null} [box] @param {Float32Array | null} [maskLogits] @returns {any} */
const prompt = (points, box = null, maskLogits = null) => ({ points, box, maskLogits });

test('the longer side fills the square and the other rounds half up', () => {
  assert.deepEqual(frameOf(1024, 513, manifest), {
    width: 1024,
    height: 513,
    inputSize: 512,
    scaledWidth: 512,
    scaledHeight: 257,
    maskSize: 256,
  });
  assert.equal(frameOf(4000, 1, manifest).scaledHeight, 1);
});

test('a click becomes one point and one padding point in the square', () => {
  const { coords, labels } = promptTensors(prompt([{ x: 100, y: 50, label: 1 }]), frameOf(1024, 768, manifest));
  assert.deepEqual([...coords], [50, 25, 0, 0]);
  assert.deepEqual([...labels], [1, -1]);
});

test('a box becomes its corners, after the points and without padding', () => {
  const asked = prompt([{ x: 10, y: 20, label: 0 }], [2, 4, 60, 80]);
  const { coords, labels } = promptTensors(asked, frameOf(512, 512, manifest));
  assert.deepEqual([...coords], [10, 20, 2, 4, 60, 80]);
  assert.deepEqual([...labels], [0, 2, 3]);
  assert.equal(tokenCount(asked), 3);
});

test('one positive point takes the best of the three, everything else the single mask', () => {
  const point = { x: 1, y: 1, label: 1 };
  assert.equal(bestToken(prompt([point]), [0.99, 0.2, 0.8, 0.5]), 2);
  assert.equal(bestToken(prompt([{ ...point, label: 0 }]), [0.1, 0.2, 0.8, 0.5]), 0);
  assert.equal(bestToken(prompt([point, point]), [0.1, 0.2, 0.8, 0.5]), 0);
  assert.equal(bestToken(prompt([], [0, 0, 1, 1]), [0.1, 0.2, 0.8, 0.5]), 0);
  assert.equal(bestToken(prompt([point], null, new Float32Array(4)), [0.1, 0.2, 0.8, 0.5]), 0);
});

test('a mask prompt of the wrong size and too many points are refused with a sentence', () => {
  const frame = frameOf(64, 64, manifest);
  const point = { x: 1, y: 1, label: 1 };
  assert.throws(() => promptTensors(prompt([point], null, new Float32Array(4)), frame), /65536 logits; this one has 4/);
  assert.throws(() => promptTensors(prompt(new Array(257).fill(point)), frame), /at most 256 points; this one has 257/);
});

test('each prompt that cannot be decoded is refused with what was expected and what came', () => {
  const frame = frameOf(64, 48, manifest);
  const point = (x, y, label = 1) => prompt([{ x, y, label }]);
  const refused = (asked, sentence) =>
    assert.throws(
      () => promptTensors(asked, frame),
      (error) => error instanceof RangeError && error.message.includes(sentence),
    );
  refused(prompt([]), 'at least one point or a box');
  refused(prompt(new Array(500).fill({ x: 1, y: 1, label: 1 })), 'at most 256 points; this one has 500');
  refused(point(NaN, 1), 'image of 64 × 48 pixels: (NaN, 1)');
  refused(point(65, 1), 'image of 64 × 48 pixels: (65, 1)');
  refused(point(1, 1, 7), 'positive (1) or negative (0), not 7');
  refused(prompt([], [5, 5, 5, 9]), 'from (5, 5) to (5, 9) covers no area');
  refused(prompt([], [5, 5, 70, 9]), 'image of 64 × 48 pixels: (70, 9)');
});

const golden = JSON.parse(readFileSync(new URL('../fixtures/prompts_golden.json', import.meta.url), 'utf8'));
/** @returns {any} */
const asked = (entry) =>
  prompt(
    entry.points.map(([x, y], index) => ({ x: x ?? NaN, y, label: entry.labels[index] })),
    entry.box,
  );
/** @returns {any} */
const frameFor = (entry) =>
  frameOf(entry.width, entry.height, {
    ...manifest,
    input: { fit: entry.fit },
    decoder: { point_frame: entry.input_size, mask_size: 256 },
  });

for (const entry of golden.cases) {
  test(`golden "${entry.name}": the tensors are the same as in Python`, () => {
    const { coords, labels } = promptTensors(asked(entry), frameFor(entry));
    entry.expected.point_coords.flat().forEach((value, index) => {
      assert.ok(
        Math.abs(coords[index] - value) <= 1e-6 * Math.max(1, Math.abs(value)),
        `${coords[index]} for ${value}`,
      );
    });
    assert.deepEqual([...labels], entry.expected.point_labels);
    assert.equal(isAmbiguous(asked(entry)), entry.expected.ambiguous);
  });
}

for (const entry of golden.refused) {
  test(`golden "${entry.name}": refused here as in Python`, () => {
    assert.throws(() => promptTensors(asked(entry), frameFor(entry)), RangeError);
  });
}
