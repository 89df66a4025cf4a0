/** Which stored candidates a project's thresholds keep: the rule of sam_backend/amg/select.py for a whole image. Pure. */

/**
 * A candidate as the server stores it: box [x0, y0, x1, y1], area and largest part in image pixels.
 * @typedef {{ iou: number, stability: number, box: [number, number, number, number], area: number, part: number, rle: Rle }} Candidate
 * @typedef {{ predicted_iou: number, stability: number, nms: number, min_region: number, max_area: number }} Thresholds
 */
/** @import { Rle } from '../../types.js' */

/** @param {Candidate['box']} a @param {Candidate['box']} b */
export function boxIou(a, b) {
  const across = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const down = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const both = Math.max(across, 0) * Math.max(down, 0);
  const either = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both;
  return both / Math.max(either, 1e-12);
}

/**
 * Scores and size first, then box suppression by predicted IoU, then what is left of a mask without its small parts.
 * @param {readonly Candidate[]} candidates best first
 * @param {Thresholds} wanted
 * @param {number} pixels of the image
 * @returns {Candidate[]} best first
 */
export function keep(candidates, wanted, pixels) {
  /** @type {Candidate[]} */
  const kept = [];
  for (const one of candidates) {
    if (one.iou < wanted.predicted_iou || one.stability < wanted.stability) continue;
    if (wanted.max_area < 1 && one.area >= wanted.max_area * pixels) continue;
    if (kept.every((better) => boxIou(better.box, one.box) <= wanted.nms)) kept.push(one);
  }
  return kept.filter((one) => one.part >= wanted.min_region);
}
