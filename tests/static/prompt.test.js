import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as prompts from '../../static/app/tools/prompt.js';
import { there } from './support/there.js';

/** @returns {any} */
const candidate = (token, score) => ({ logits: new Float32Array([token]), score, token });
/** @returns {any} */
const answer = (best = 2) => ({
  candidates: [candidate(0, 0.9), candidate(1, 0.5), candidate(2, 0.8), candidate(3, 0.7)],
  best,
  ms: 1,
});
const answered = (history, best) => prompts.answerStep(history, prompts.currentStep(history), answer(best));

test('one point offers the three ambiguous masks, best first, and chooses the best', () => {
  const history = answered(prompts.addPoint(prompts.emptyPrompt(), { x: 1, y: 2, label: 1 }), 2);
  const step = prompts.currentStep(history);
  assert.deepEqual(prompts.shownCandidates(step, there(step.answer)), [2, 3, 1]);
  assert.equal(prompts.chosenCandidate(history)?.token, 2);
});

test('more than one prompt leads with the unambiguous mask', () => {
  let history = prompts.addPoint(prompts.emptyPrompt(), { x: 1, y: 2, label: 1 });
  history = answered(prompts.addPoint(history, { x: 3, y: 2, label: 0 }), 0);
  const step = prompts.currentStep(history);
  assert.deepEqual(prompts.shownCandidates(step, there(step.answer)), [0, 2, 3, 1]);
  assert.equal(prompts.chosenCandidate(history)?.token, 0);
});

test('the chosen mask is fed back with the next click', () => {
  let history = answered(prompts.addPoint(prompts.emptyPrompt(), { x: 1, y: 2, label: 1 }));
  history = prompts.choose(history, 3);
  history = prompts.addPoint(history, { x: 5, y: 5, label: 0 });
  assert.deepEqual([...there(prompts.toPrompt(history).maskLogits)], [3]);
});

test('a removed or moved point takes its mask feed with it', () => {
  let history = answered(prompts.addPoint(prompts.emptyPrompt(), { x: 1, y: 2, label: 1 }));
  history = answered(prompts.addPoint(history, { x: 5, y: 5, label: 0 }));
  assert.equal(prompts.currentStep(prompts.removePoint(history, 0)).feed, null);
  assert.equal(prompts.currentStep(prompts.movePoint(history, 0, { x: 9, y: 9 })).feed, null);
  assert.deepEqual(prompts.currentStep(prompts.movePoint(history, 0, { x: 9, y: 9 })).points[0], {
    x: 9,
    y: 9,
    label: 1,
  });
});

test('refining keeps feeding the mask it began with after a point is removed', () => {
  const feed = new Float32Array([7]);
  let history = answered(prompts.addPoint(prompts.emptyPrompt(feed), { x: 1, y: 1, label: 0 }));
  history = prompts.removePoint(history, 0);
  assert.equal(prompts.currentStep(history).feed, feed);
});

test('a point goes on top of a box', () => {
  let history = prompts.setBox(prompts.emptyPrompt(), [0, 0, 9, 9]);
  history = prompts.addPoint(history, { x: 4, y: 4, label: 1 });
  const { points, box } = prompts.toPrompt(history);
  assert.deepEqual([points.length, box], [1, [0, 0, 9, 9]]);
});

test('undo and redo walk point by point, and a new point ends redo', () => {
  let history = prompts.emptyPrompt();
  for (const x of [1, 2, 3]) history = prompts.addPoint(history, { x, y: 0, label: 1 });
  history = prompts.undo(prompts.undo(history));
  assert.equal(prompts.currentStep(history).points.length, 1);
  assert.equal(prompts.currentStep(prompts.redo(history)).points.length, 2);
  history = prompts.addPoint(history, { x: 9, y: 0, label: 1 });
  assert.equal(prompts.canRedo(history), false);
  assert.deepEqual(
    prompts.currentStep(history).points.map((p) => p.x),
    [1, 9],
  );
});

test('undo past the first point leaves an empty prompt', () => {
  const history = prompts.undo(prompts.addPoint(prompts.emptyPrompt(), { x: 1, y: 1, label: 1 }));
  assert.ok(prompts.isEmpty(history));
  assert.equal(prompts.canUndo(history), false);
});

test('an answer that comes after an undo is filed with the step that asked', () => {
  let history = prompts.addPoint(prompts.emptyPrompt(), { x: 1, y: 1, label: 1 });
  const asked = prompts.currentStep(history);
  history = prompts.undo(history);
  history = prompts.answerStep(history, asked, answer());
  assert.equal(prompts.currentStep(history).answer, null);
  assert.ok(prompts.currentStep(prompts.redo(history)).answer);
});
