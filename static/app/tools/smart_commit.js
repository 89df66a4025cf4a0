/** From a finished prompt to a stored object, with how it came to be. */

/** @import { Annotation, Candidate, Rle, Uuid } from '../types.js' */
/** @import { Editor, NewObject } from '../editor.js' */
/** @import { Step } from './prompt.js' */
import { dataOf } from '../sync/operations.js';
import { stabilityScore } from '../view/samples.js';
import { blank, measures } from './objects.js';
import { thresholdOf } from './smart_show.js';

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

/** @param {Editor} editor @param {Finished} finished */
function judged(editor, { candidate: { score, logits } }) {
  const threshold = thresholdOf(editor);
  return { predicted_iou: rounded(Math.min(1, Math.max(0, score)), 4), stability_score: rounded(stabilityScore(logits, { threshold }), 4) };
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
 * Stores a finished prompt's mask when its pixels are ready; the person may be on the next photo by then.
 * @param {Editor} editor
 * @param {Omit<Finished, 'rle' | 'candidate'> & { candidate: Candidate | Promise<Candidate>, refined: Annotation | null }} prompt
 * @param {{ image: Uuid | undefined, label: Uuid | null, z: number }} moment as things were when the person finished
 */
export async function commitPrompt(editor, { candidate: chosen, step, effort, refined }, { image, label, z }) {
  const candidate = await chosen;
  const finished = { rle: await editor.segmenter.toRle(candidate), step, candidate, effort };
  const here = image !== undefined && editor.image.info?.id === image;
  if (refined) await replaceMask(editor, refined, finished, here);
  else if (here) editor.objects.add([newObject(editor, label, finished)], 'Add object');
  else if (image) await send(editor, blank(newObject(editor, label, finished), { image, z, author: editor.config.user }));
}

/** @param {Editor} editor @param {Uuid | null} label @param {Finished} finished @returns {NewObject} */
function newObject(editor, label, finished) {
  const { rle, step, effort } = finished;
  return {
    rle, label, prompts: [provenance(step)], ...judged(editor, finished), model_version: editor.config.model?.id ?? null,
    seconds: rounded(effort.seconds, 1), clicks: effort.clicks,
  };
}

/** A new object past the store, which is another image's by now. @param {Editor} editor @param {Annotation} row */
function send(editor, row) {
  return editor.outbox.push(row.image, [{ key: crypto.randomUUID(), op: 'create', id: row.id, data: dataOf(row) }]);
}

/** The clicks corrected an existing object: its mask changes, its history grows. @param {Editor} editor @param {Annotation} refined
 *  @param {Finished} finished @param {boolean} here its image is still open */
async function replaceMask(editor, refined, finished, here) {
  const now = here ? editor.store.get(refined.id) : refined;
  if (!now) return;
  const { id, revision } = now;
  const { rle, step, effort } = finished;
  const data = {
    rle, shape: null, prompts: [...now.prompts, provenance(step)], ...judged(editor, finished),
    seconds: now.seconds + rounded(effort.seconds, 1), clicks: now.clicks + effort.clicks,
  };
  if (!here) return editor.outbox.push(now.image, [{ key: crypto.randomUUID(), op: 'update', id, revision, data }]);
  editor.objects.commit({ update: [{ id, data: { ...data, ...measures(rle) } }] }, 'Refine mask');
  editor.session.set({ selection: [id] });
}
