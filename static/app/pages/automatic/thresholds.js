/** Which stored candidates a project's thresholds keep: the rules of sam_backend/amg/select.py and finish.py for a whole
 *  image. Pure. */

/**
 * A candidate as the server stores it: box [x0, y0, x1, y1], area, connected parts and smallest hole in image pixels.
 * @typedef {[number, number, number, number]} Box
 * @typedef {[pixels: number, x0: number, y0: number, x1: number, y1: number]} Part
 * @typedef {{ iou: number, stability: number, box: Box, area: number, parts: Part[], hole: number | null, rle: Rle }} Candidate
 * @typedef {{ predicted_iou: number, stability: number, nms: number, crop_nms: number, min_region: number, max_area: number, full_size?: number }} Thresholds
 */
/** @import { Rle } from '../../types.js' */

/** @param {Box} a @param {Box} b */
export function boxIou(a, b) {
  const across = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const down = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const both = Math.max(across, 0) * Math.max(down, 0);
  const either = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both;
  return both / Math.max(either, 1e-12);
}

/**
 * Those that resemble no better one; the first are the best.
 * @template T @param {readonly T[]} ranked @param {number} limit @param {(one: T) => Box} boxOf @returns {T[]}
 */
function suppressed(ranked, limit, boxOf) {
  /** @type {T[]} */
  const kept = [];
  for (const one of ranked) if (kept.every((better) => boxIou(boxOf(better), boxOf(one)) <= limit)) kept.push(one);
  return kept;
}

/**
 * What is left of a mask without its small parts and holes; null if nothing. Judged at image size, boxes end at their last
 * pixel.
 * @param {Candidate} one @param {Thresholds} wanted
 */
function cleaned(one, { min_region: smallest, full_size: last = 0 }) {
  const left = one.parts.filter(([pixels]) => pixels >= smallest);
  if (!left.length) return null;
  const changed = left.length < one.parts.length || (one.hole !== null && one.hole < smallest);
  const ends = (/** @type {1 | 2 | 3 | 4} */ side) => left.map((part) => part[side]);
  /** @type {Box} */
  const box = [Math.min(...ends(1)), Math.min(...ends(2)), Math.max(...ends(3)) - last, Math.max(...ends(4)) - last];
  return { one, box, changed };
}

/**
 * Scores and size first, then box suppression by predicted IoU, then masks without their small parts and holes. That may
 * make boxes alike: where it changed any, suppression once more, unchanged masks first.
 * @param {readonly Candidate[]} candidates best first
 * @param {Thresholds} wanted
 * @param {number} pixels of the image
 * @returns {Candidate[]} best first
 */
export function keep(candidates, wanted, pixels) {
  const passed = candidates.filter(
    (one) =>
      one.iou >= wanted.predicted_iou &&
      one.stability >= wanted.stability &&
      (wanted.max_area >= 1 || one.area < wanted.max_area * pixels),
  );
  const finished = suppressed(passed, wanted.nms, ({ box }) => box)
    .map((one) => cleaned(one, wanted))
    .filter((item) => item !== null);
  if (!finished.some(({ changed }) => changed)) return finished.map(({ one }) => one);
  const ranked = finished.toSorted((a, b) => Number(a.changed) - Number(b.changed));
  const left = new Set(suppressed(ranked, Math.max(wanted.nms, wanted.crop_nms), ({ box }) => box));
  return finished.filter((item) => left.has(item)).map(({ one }) => one);
}
