/** Propagation: the selected objects are looked for in the next image, on both images' cached
 *  embeddings, and added there for the person to check. */

/** @import { Propagated, Rle } from '../types.js' */
/** @import { Editor, NewObject } from '../editor.js' */
import { area, intersect, union } from '../core/runs.js';
import { SAME_PLACE } from '../sam/propagate.js';
import { shapeOf } from '../view/shapes.js';
import { stabilityScore } from '../view/samples.js';

/**
 * @param {Editor} editor
 * @param {() => Promise<unknown>} openNext opens the next image and resolves when clicks can be decoded
 */
export async function propagate(editor, openNext) {
  const sources = editor.objects.selected();
  const from = editor.image.info;
  if (!from || sources.length === 0)
    return editor.notify({ message: 'Select the objects to carry over to the next image.' });
  await openNext();
  const to = editor.image.info;
  if (!to || to.id === from.id) return;
  /** @type {NewObject[]} */
  const found = [];
  /** @type {{ source: Rle, match: Propagated }[]} */
  const matches = [];
  for (const source of sources) {
    const match = await editor.decoder.propagate(source.rle, from, to);
    if (editor.image.info?.id !== to.id) return;
    if (!match) continue;
    matches.push({ source: source.rle, match });
    found.push({
      rle: match.rle,
      label: source.label,
      attributes: source.attributes,
      predicted_iou: Math.min(1, Math.max(0, match.candidate.score)),
      stability_score: stabilityScore(match.candidate.logits),
      model_version: editor.config.model?.id ?? null,
      prompts: [{ from: source.id, confidence: Math.round(match.confidence * 1e3) / 1e3 }],
    });
  }
  editor.session.set({ selection: editor.objects.add(found, 'Carry over') });
  const unsure = matches.filter(({ match }, at) => !match.sure || contested(matches, at)).length;
  tell(editor, { found: found.length, wanted: sources.length, unsure });
}

/** Was another object found in the same place with more confidence, though they were apart before?
 *  @param {{ source: Rle, match: Propagated }[]} matches @param {number} at */
function contested(matches, at) {
  const mine = matches[at];
  return (
    !!mine &&
    matches.some(
      (other, index) =>
        index !== at &&
        (other.match.confidence > mine.match.confidence ||
          (other.match.confidence === mine.match.confidence && index < at)) &&
        iou(other.match.rle, mine.match.rle) >= SAME_PLACE &&
        iou(other.source, mine.source) < SAME_PLACE,
    )
  );
}

/** @param {Rle} a @param {Rle} b */
function iou(a, b) {
  const [runs, others] = [shapeOf(a).runs, shapeOf(b).runs];
  const either = area(union(runs, others));
  return either ? area(intersect(runs, others)) / either : 0;
}

/** @param {Editor} editor @param {{ found: number, wanted: number, unsure: number }} counts */
function tell(editor, { found, wanted, unsure }) {
  const objects = (/** @type {number} */ n) => (n === 1 ? '1 object' : `${n} objects`);
  if (found === 0) return editor.notify({ message: 'None of the objects was found in this image.', kind: 'warning' });
  const missing = found < wanted ? ` ${objects(wanted - found)} not found here.` : '';
  const doubt =
    unsure > 0
      ? ` Look closely at ${unsure < found ? objects(unsure) : found === 1 ? 'it' : 'them'}: the match is not certain.`
      : ' Check the outlines, then go on.';
  editor.notify({
    message: `${objects(found)} carried over.${missing}${doubt}`,
    kind: unsure > 0 || missing ? 'warning' : 'success',
  });
}
