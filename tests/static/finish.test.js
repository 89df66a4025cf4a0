import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { area } from '../../static/app/core/rle.js';
import { EdgeGuide } from '../../static/app/sam/edges.js';
import { asksForClickedPart, finish } from '../../static/app/sam/finish.js';
import { rleFromLogits } from '../../static/app/sam/postprocess.js';
import { frameOf, promptTensors } from '../../static/app/sam/prompts.js';
import { settle } from '../../static/app/sam/settled.js';
import { sampleMask } from '../../static/app/view/samples.js';

const { cases } = JSON.parse(readFileSync(new URL('../fixtures/finish_golden.json', import.meta.url), 'utf8'));

for (const golden of cases) {
  test(`the same masks as in Python: ${golden.name}`, () => {
    const manifest = { input: {}, decoder: { point_frame: golden.input_size, mask_size: golden.side } };
    const frame = frameOf(golden.width, golden.height, /** @type {any} */ (manifest));
    const edges = golden.edge_radius ? new EdgeGuide(Float32Array.from(golden.guide), frame, golden.edge_radius) : null;
    const rule = { frame, threshold: golden.threshold, crumbs: golden.tidy_cells, edges };
    const points = golden.points.map(([x, y, label]) => ({ x, y, label }));
    const prompt = { points, box: golden.box, ...(golden.parts ? { parts: golden.parts } : {}) };
    golden.logits.forEach((values, index) => {
      const logits = Float32Array.from(values);
      const before = logits.slice();
      const finished = finish(corrected(logits, golden, frame), rule, prompt);
      const stored = rleFromLogits(finished, frame, { threshold: golden.threshold });
      assert.deepEqual(stored, golden.rles[index]);
      assert.deepEqual(logits, before, "the decoder's own logits stay as they are");
      const shown = sampleMask(
        finished,
        frame,
        { x0: 0, y0: 0, cell: 1, columns: golden.width, rows: golden.height },
        golden.threshold,
      );
      assert.equal(
        shown.reduce((sum, inside) => sum + inside, 0),
        area(stored),
        'shown as stored',
      );
    });
  });
}

/** The answer with what earlier points settled, where it corrects a mask. @param {Float32Array} logits @param {any} golden
 *  @param {any} frame */
function corrected(logits, golden, frame) {
  if (!golden.new) return logits;
  const points = golden.points.map(([x, y, label]) => ({ x, y, label }));
  const { coords, labels } = promptTensors({ points, box: null, maskLogits: null }, frame);
  const [first, last] = [points.length - golden.new, points.length];
  const [fresh, kinds] = [coords.subarray(2 * first, 2 * last), labels.subarray(first, last)];
  return settle(logits, Float32Array.from(golden.before), frame, fresh, kinds, golden.threshold);
}

test('the clicked part is for clicks alone: not for boxes, finished masks or negative points only', () => {
  const click = { points: [{ x: 1, y: 1, label: /** @type {0 | 1} */ (1) }], box: null };
  assert.equal(asksForClickedPart(click), true);
  assert.equal(asksForClickedPart({ ...click, box: [0, 0, 9, 9] }), false);
  assert.equal(asksForClickedPart({ ...click, parts: 'all' }), false);
  assert.equal(asksForClickedPart({ ...click, points: [{ x: 1, y: 1, label: 0 }] }), false);
});
