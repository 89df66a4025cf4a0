/** A prompt as a list of steps, so that undo goes point by point. Pure: each function returns a
 *  new prompt; only a step's answer from the decoder is filled in later. */

/** @import { Box, Candidate, Decoded, Prompt, PromptPoint } from '../types.js' */
/** @import { PromptHistory, Step } from './types.d.ts' */

/** @type {Step} */
const BLANK = { points: [], box: null, feed: null, answered: 0, answer: null, chosen: -1 };

/** @param {Float32Array | null} [feed] logits of a mask to refine @returns {PromptHistory} */
export function emptyPrompt(feed = null) {
  return { steps: [{ ...BLANK, feed }], at: 0 };
}

/** @param {PromptHistory} history @returns {Step} */
export function currentStep(history) {
  return history.steps[history.at] ?? BLANK;
}

/** @param {PromptHistory} history */
export function isEmpty(history) {
  const { points, box } = currentStep(history);
  return points.length === 0 && box === null;
}

/** @param {PromptHistory} history */
export const canUndo = (history) => history.at > 0;
/** @param {PromptHistory} history */
export const canRedo = (history) => history.at < history.steps.length - 1;

/** @param {PromptHistory} history @returns {PromptHistory} */
export function undo(history) {
  return canUndo(history) ? { ...history, at: history.at - 1 } : history;
}

/** @param {PromptHistory} history @returns {PromptHistory} */
export function redo(history) {
  return canRedo(history) ? { ...history, at: history.at + 1 } : history;
}

/** Adds a point. The chosen mask so far goes back to the decoder, as SAM does between clicks.
 *  @param {PromptHistory} history @param {PromptPoint} point */
export function addPoint(history, point) {
  const { points, box, feed, answered } = currentStep(history);
  const chosen = chosenLogits(history);
  const fed = chosen ? { feed: chosen, answered: points.length } : { feed, answered };
  return push(history, { points: [...points, point], box, ...fed });
}

/** Removes a point. A mask shaped by that point must not be fed back, so the feed falls back to the mask being refined,
 *  if any. @param {PromptHistory} history @param {number} index */
export function removePoint(history, index) {
  const { points, box } = currentStep(history);
  return push(history, { points: points.filter((_, i) => i !== index), box, feed: startFeed(history) });
}

/** @param {PromptHistory} history @param {number} index @param {{ x: number, y: number }} to */
export function movePoint(history, index, to) {
  const { points, box } = currentStep(history);
  return push(history, {
    points: points.map((p, i) => (i === index ? { ...p, x: to.x, y: to.y } : p)),
    box,
    feed: startFeed(history),
  });
}

/** Sets the box; points stay on top of it. @param {PromptHistory} history @param {Box | null} box */
export function setBox(history, box) {
  return push(history, { points: currentStep(history).points, box, feed: startFeed(history) });
}

/** The same clicks with nothing answered and nothing fed back between them.
 *  @param {PromptHistory} history @param {Float32Array | null} feed logits of the mask being refined, if any
 *  @returns {PromptHistory} */
export function withoutAnswers(history, feed) {
  return { ...history, steps: history.steps.map(({ points, box }) => ({ ...BLANK, points, box, feed })) };
}

/** The same prompt with another candidate chosen.
 *  @param {PromptHistory} history @param {number} chosen @returns {PromptHistory} */
export function choose(history, chosen) {
  return { ...history, steps: history.steps.map((step, i) => (i === history.at ? { ...step, chosen } : step)) };
}

/** Files the decoder's answer with the step that asked; steps undone since then simply drop it.
 *  @param {PromptHistory} history @param {Step} asked @param {Decoded} answer @returns {PromptHistory} */
export function answerStep(history, asked, answer) {
  const chosen = Math.max(0, shownCandidates(asked, answer).indexOf(answer.best));
  const index = shownCandidates(asked, answer)[chosen] ?? answer.best;
  return {
    ...history,
    steps: history.steps.map((step) => (step === asked ? { ...step, answer, chosen: index } : step)),
  };
}

/** The answer without masks that have no pixel. @param {Decoded} answer @param {(one: Candidate) => boolean} hasPixel
 *  @returns {Decoded} */
export function withoutEmpty({ candidates, best, ms }, hasPixel) {
  const some = candidates.filter(hasPixel);
  return { candidates: some, best: some.indexOf(/** @type {Candidate} */ (candidates[best])), ms };
}

/** Candidates offered, as indexes: the three ambiguous masks for a single prompt, best first; with more than one prompt
 *  the unambiguous mask leads (paper, section 3). @param {Step} step @param {Decoded} answer @returns {number[]} */
export function shownCandidates(step, answer) {
  const indexes = answer.candidates.map((_, i) => i);
  const ambiguous = indexes
    .filter((i) => answer.candidates[i]?.token !== 0)
    .sort((a, b) => (answer.candidates[b]?.score ?? 0) - (answer.candidates[a]?.score ?? 0));
  const single = step.points.length + (step.box ? 2 : 0) <= 1 && !step.feed;
  if (single && ambiguous.length > 0) return ambiguous;
  return [...indexes.filter((i) => answer.candidates[i]?.token === 0), ...ambiguous];
}

/** @param {PromptHistory} history @returns {Candidate | null} */
export function chosenCandidate(history) {
  const { answer, chosen } = currentStep(history);
  return answer?.candidates[chosen] ?? null;
}

/** What the decoder is asked for the current step. A finished mask that is being corrected keeps all its parts.
 *  @param {PromptHistory} history @returns {Prompt} */
export function toPrompt(history) {
  const { points, box, feed, answered } = currentStep(history);
  return { points, box, maskLogits: feed, answered, ...(startFeed(history) && { parts: 'all' }) };
}

/** @param {PromptHistory} history */
function chosenLogits(history) {
  const chosen = chosenCandidate(history);
  return chosen?.raw ?? chosen?.logits ?? null;
}

/** @param {PromptHistory} history */
function startFeed(history) {
  return history.steps[0]?.feed ?? null;
}

/** @param {PromptHistory} history @param {Partial<Step>} step @returns {PromptHistory} */
function push(history, step) {
  const steps = [...history.steps.slice(0, history.at + 1), { ...BLANK, ...step }];
  return { steps, at: steps.length - 1 };
}
