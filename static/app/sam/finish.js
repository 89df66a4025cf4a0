/** One finish of a mask: from the decoder's logits to what is shown, stored and exported; the twin of sam_backend/finish.py,
 *  held to the same masks by tests/fixtures/finish_golden.json. The order of the steps stands here alone: borders to the
 *  picture's edges, then crumbs, then only the clicked parts. What goes back to the decoder between clicks is what comes
 *  in here (settled.js), never what goes out: a click on a part that was left out brings it back. */
/** @import { EdgeGuide } from './edges.js' */
/** @import { LogitFrame, Prompt } from '../types.js' */

import { keepClicked } from './keep_clicked.js';
import { tidy } from './tidy.js';

/** What a model asks for to be done to the masks of one picture (or a region of it): `edges` moves borders, parts and holes of
 *  fewer than `crumbs` cells go, logits above the threshold belong to the mask.
 *  @typedef {{ frame: LogitFrame, threshold: number, crumbs: number, edges: EdgeGuide | null }} Finish */

/** One map, finished; the same array where nothing is to be done. @param {Float32Array} logits [maskSize²]
 *  @param {Finish} rule @param {Pick<Prompt, 'points' | 'box' | 'parts'>} prompt in image pixels @returns {Float32Array} */
export function finish(logits, { frame, threshold, crumbs, edges }, prompt) {
  let finished = edges ? edges.refine(logits, threshold) : logits;
  if (crumbs > 0) finished = tidy(finished, frame, crumbs, prompt.points, threshold);
  return asksForClickedPart(prompt) ? keepClicked(finished, prompt.points, frame, threshold) : finished;
}

/** Whether only the clicked parts stay: for clicks alone. A box says itself how far the object reaches, and a finished mask
 *  that is being corrected keeps the parts it has. @param {Pick<Prompt, 'points' | 'box' | 'parts'>} prompt */
export function asksForClickedPart({ points, box, parts }) {
  return !box && parts !== 'all' && points.some((point) => point.label === 1);
}
