/** From a finished prompt to a stored object, with how it came to be. */

/** @import { Annotation, Candidate, Rle, Uuid } from '../types.js' */
/** @import { Editor } from '../editor.js' */
/** @import { Step } from './prompt.js' */
import { measures } from './objects.js';
import { stabilityScore } from '../view/upsample.js';

/**
 * @typedef {object} Finished
 * @property {Rle} rle
 * @property {Step} step
 * @property {Pick<Candidate, 'logits' | 'score'>} candidate
 * @property {{ seconds: number, clicks: number }} effort
 */

/** @param {number} value @param {number} digits */
function rounded(value, digits) {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** @param {Finished} finished */
function judged({ candidate }) {
  return { predicted_iou: rounded(Math.min(1, Math.max(0, candidate.score)), 4), stability_score: rounded(stabilityScore(candidate.logits), 4) };
}

/** How a mask came to be, as it is stored. @param {Step} step */
export function provenance(step) {
  return {
    points: step.points.map(({ x, y, label }) => ({ x: rounded(x, 2), y: rounded(y, 2), label })),
    box: step.box && step.box.map((value) => rounded(value, 2)),
    mask: step.feed !== null,
  };
}

/**
 * The prompt ends at once; the mask joins the objects when its pixels are ready.
 * @param {Editor} editor
 * @param {Omit<Finished, 'rle' | 'candidate'> & { candidate: Candidate, refined: Annotation | null }} prompt
 * @param {() => void} done the mask is there: the tool may start over
 */
export async function commitPrompt(editor, { candidate, step, effort, refined }, done) {
  const { label } = editor.session.state;
  const image = editor.image.info?.id;
  const rle = await editor.segmenter.toRle(candidate);
  if (editor.image.info?.id !== image) return;
  done();
  if (refined) replaceMask(editor, refined.id, { rle, step, candidate, effort });
  else addObject(editor, label, { rle, step, candidate, effort });
}

/** @param {Editor} editor @param {Uuid | null} label @param {Finished} finished */
function addObject(editor, label, finished) {
  const { rle, step, effort } = finished;
  editor.objects.add([{
    rle, label, prompts: [provenance(step)], ...judged(finished), model_version: editor.config.model?.id ?? null,
    seconds: rounded(effort.seconds, 1), clicks: effort.clicks,
  }], 'Add object');
}

/** The clicks corrected an existing object: its mask changes, its history grows. @param {Editor} editor @param {Uuid} id @param {Finished} finished */
function replaceMask(editor, id, finished) {
  const now = editor.store.get(id);
  if (!now) return;
  const { rle, step, effort } = finished;
  editor.objects.commit({ update: [{ id, data: {
    rle, ...measures(rle), shape: null, prompts: [...now.prompts, provenance(step)], ...judged(finished),
    seconds: now.seconds + rounded(effort.seconds, 1), clicks: now.clicks + effort.clicks,
  } }] }, 'Refine mask');
  editor.session.set({ selection: [id] });
}
