import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { tidy } from '../../static/app/sam/tidy.js';

const cases = JSON.parse(readFileSync(new URL('../fixtures/tidy_golden.json', import.meta.url), 'utf8'));

for (const golden of cases) {
  test(`the same cells as in Python: ${golden.name}`, () => {
    const frame = {
      width: golden.width,
      height: golden.height,
      inputSize: golden.input_size,
      scaledWidth: golden.scaled_width,
      scaledHeight: golden.scaled_height,
      maskSize: golden.side,
    };
    const logits = Float32Array.from(golden.logits);
    const before = logits.slice();
    const result = tidy(logits, frame, golden.cells, golden.points);
    assert.deepEqual(
      [...result.keys()].filter((cell) => result[cell] > 0),
      golden.inside,
    );
    assert.deepEqual(logits, before);
  });
}

test('nothing to do gives the same array back', () => {
  const logits = new Float32Array(64).fill(-1);
  const frame = { width: 8, height: 8, inputSize: 8, scaledWidth: 8, scaledHeight: 8, maskSize: 8 };
  assert.equal(tidy(logits, frame, 5), logits);
});
