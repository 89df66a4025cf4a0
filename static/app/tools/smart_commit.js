/** From a finished prompt to a stored object, with how it came to be. */

/** @import { Annotation, Candidate, Rle, Uuid } from '../types.js' */
/** @import { Editor, NewObject } from '../editor.js' */
/** @import { Step } from './types.d.ts' */
import { blank, dataOf } from '../core/annotation.js';
import { area } from '../core/rle.js';
import { stabilityScore } from '../view/samples.js';
import { measures } from './objects.js';
import { thresholdOf } from './smart_show.js';

/** Of a prompt whose masks have no pixel. */
export const NOTHING =
  'There is no mask here: the model finds nothing so small. Shift+R looks at the part in sight in full resolution, the brush (B) draws any pixel.';

/**
 * @typedef {object} Finished
 * @property {Rle} rle
 * @property {Step} step
 * @property {Candidate} candidate
 * @property {{ seconds: number, clicks: number }} effort
 */

/** @param {number} value @param {number} digits */
function rounded(value, digits) {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** @param {Editor} editor @param {Finished} finished */
function judged(editor, { candidate: { score, logits } }) {
  const threshold = thresholdOf(editor);
  return {
    predicted_iou: rounded(Math.min(1, Math.max(0, score)), 4),
    stability_score: rounded(stabilityScore(logits, { threshold }), 4),
  };
}

/** How a mask came to be, as it is stored. @param {Step} step */
export function provenance(step) {
  return {
    points: step.points.map(({ x, y, label }) => ({ x: rounded(x, 2), y: rounded(y, 2), label })),
    box: step.box?.map((value) => rounded(value, 2)),
    mask: step.feed !== null,
  };
}

/**
 * Stores a finished prompt's mask when its pixels are ready; the person may be on the next photo by then.
 * @param {Editor} editor
 * @param {Omit<Finished, 'rle' | 'candidate'> & { candidate: Candidate | Promise<Candidate | null> | null, refined: Annotation | null }} prompt
 * @param {{ id: Uuid, image: Uuid | undefined, label: Uuid | null, z: number }} moment as things were when the person finished; id: of
 * a new object
 */
export async function commitPrompt(editor, { candidate: chosen, step, effort, refined }, moment) {
  const candidate = await chosen;
  const { image, z } = moment;
  if (!candidate) throw new Error(NOTHING);
  const rle = await editor.decoder.toRle(candidate);
  if (area(rle) === 0) throw new Error(NOTHING);
  const finished = { rle, step, candidate, effort };
  const here = image !== undefined && editor.image.info?.id === image;
  if (refined) await replaceMask(editor, refined, finished, here);
  else if (here) editor.objects.add([newObject(editor, named(editor, moment), finished)], 'Add object');
  else if (image)
    await send(
      editor,
      blank({ ...newObject(editor, moment, finished), z_order: z }, { image, author: editor.config.user }),
    );
}

/** A digit pressed while the mask was on its way has named it. @param {Editor} editor @param {{ id: Uuid, label: Uuid | null }} moment */
function named({ session }, { id, label }) {
  const { made, label: now } = session.state;
  if (!made.includes(id) || now === label) return { id, label };
  session.set({ made: [] });
  return { id, label: now };
}

/** @param {Editor} editor @param {{ id: Uuid, label: Uuid | null }} named @param {Finished} finished @returns {NewObject} */
function newObject(editor, { id, label }, finished) {
  const { rle, step, effort } = finished;
  return {
    id,
    rle,
    label,
    prompts: [provenance(step)],
    ...judged(editor, finished),
    model_version: editor.decoder.modelOf?.(finished.candidate) ?? editor.config.model?.id ?? null,
    seconds: rounded(effort.seconds, 1),
    clicks: effort.clicks,
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
    rle,
    shape: null,
    prompts: [...now.prompts, provenance(step)],
    ...judged(editor, finished),
    seconds: now.seconds + rounded(effort.seconds, 1),
    clicks: now.clicks + effort.clicks,
  };
  if (!here) return editor.outbox.push(now.image, [{ key: crypto.randomUUID(), op: 'update', id, revision, data }]);
  editor.objects.commit({ update: [{ id, data: { ...data, ...measures(rle) } }] }, 'Refine mask');
  editor.session.set({ selection: [id] });
}
