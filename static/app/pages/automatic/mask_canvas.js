/** Masks over a photo on a canvas: every mask in its own colour, with an outline. */
/** @import { Rle } from '../../types.js' */
import { withAlpha } from '../../core/color.js';
import { SAFE_COLORS } from '../../core/contrast.js';
import { contours, doubleArea, softened, toleranceAt } from '../../core/contour.js';
import { fromCounts } from '../../core/runs.js';
import { runsOf } from '../../core/rle.js';

/** @typedef {{ exact: ArrayLike<number>, area: number, drawn: Map<number, ArrayLike<number>> }} Ring in mask pixels; islands and holes alike */

/** @type {WeakMap<Rle, Ring[]>} */
const traced = new WeakMap();

/** The outlines of a mask, traced once. @param {Rle} rle */
function ringsOf(rle) {
  let rings = traced.get(rle);
  if (!rings) {
    rings = contours(fromCounts(runsOf(rle)), rle.size[0]).map((ring) => ({
      exact: ring,
      area: Math.abs(doubleArea(ring)) / 2,
      drawn: new Map(),
    }));
    traced.set(rle, rings);
  }
  return rings;
}

/** Islands and holes smaller than this are left out, as in a search. @param {Rle} rle @param {number} smallest mask pixels
 *  @param {number} scale device pixels per mask pixel */
function pathOf(rle, smallest, scale) {
  const path = new Path2D();
  const tolerance = toleranceAt(scale);
  for (const { exact, area, drawn } of ringsOf(rle)) {
    if (area < smallest) continue;
    const points = drawn.get(tolerance) ?? softened(exact, tolerance);
    drawn.set(tolerance, points);
    path.moveTo(points[0] ?? 0, points[1] ?? 0);
    for (let at = 2; at < points.length; at += 2) path.lineTo(points[at] ?? 0, points[at + 1] ?? 0);
    path.closePath();
  }
  return path;
}

/** A colour for the mask at this place; neighbours in rank differ. @param {number} index */
export function colorOf(index) {
  return SAFE_COLORS[index % SAFE_COLORS.length] ?? '#e69f00';
}

/**
 * Draws masks of one size over the whole canvas, or of its window [x, y, width, height] in mask pixels; large ones first.
 * @param {HTMLCanvasElement} canvas @param {{ rle: Rle, color: string }[]} masks
 *  @param {{ window?: [number, number, number, number], smallest?: number }} [options] smallest: of an island or hole, in mask pixels
 */
export function drawMasks(canvas, masks, { window, smallest = 0 } = {}) {
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (const { rle, color } of masks) {
    const [x, y, width] = window ?? [0, 0, rle.size[1]];
    const scale = canvas.width / width;
    context.setTransform(scale, 0, 0, scale, -x * scale, -y * scale);
    const path = pathOf(rle, smallest, scale);
    context.fillStyle = withAlpha(color, 0.35);
    context.fill(path, 'evenodd');
    context.lineWidth = 3 / scale;
    context.strokeStyle = 'rgb(0 0 0 / 0.5)';
    context.stroke(path);
    context.lineWidth = 1.5 / scale;
    context.strokeStyle = color;
    context.stroke(path);
  }
}
