import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { EdgeGuide } from '../../static/app/sam/edges.js';

const cases = JSON.parse(readFileSync(new URL('../fixtures/edges_golden.json', import.meta.url), 'utf8'));

for (const golden of cases) {
  test(`the same borders as in Python: ${golden.name}`, () => {
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
    const refined = new EdgeGuide(Float32Array.from(golden.guide), frame, golden.radius).refine(
      logits,
      golden.threshold,
    );
    refined.forEach((value, cell) => {
      assert.ok(
        Math.abs(value - golden.refined[cell]) < 5e-4,
        `cell ${cell}: ${value}, Python ${golden.refined[cell]}`,
      );
    });
    assert.deepEqual(logits, before);
  });
}
