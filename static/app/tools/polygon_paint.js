/** Draws polygons: the one being made and the corners of the one being edited. */

/** @import { Point } from '../core/geometry.js' */
/** @import { Palette } from '../view/glyphs.js' */
/** @import { Viewport } from '../view/viewport.js' */
import { distance } from '../core/geometry.js';
import { drawHandle, drawRing } from '../view/glyphs.js';
import { toScreen } from '../view/viewport.js';

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Viewport} v
 * @param {[number, number][]} corners
 * @param {Point | null} pointer image pixels
 * @param {Palette} palette
 * @param {number} reach
 */
export function paintDraft(context, v, corners, pointer, palette, reach) {
  const points = [...corners.map(([x, y]) => ({ x, y })), ...(pointer ? [pointer] : [])].map((p) => toScreen(v, p));
  line(context, points, palette.accent, false);
  for (const [x, y] of corners) drawHandle(context, toScreen(v, { x, y }), palette);
  const [first] = points;
  const last = points.at(-1);
  if (first && last && pointer && corners.length > 2 && distance(first, last) < reach)
    drawRing(context, first, reach, palette.positive);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Viewport} v
 * @param {[number, number][][]} rings
 * @param {Palette} palette
 * @param {Point | null} pointer screen pixels
 */
export function paintRings(context, v, rings, palette, pointer) {
  for (const ring of rings) {
    const points = ring.map(([x, y]) => toScreen(v, { x, y }));
    line(context, points, palette.accent, true);
    for (const point of points) drawHandle(context, point, palette, pointer !== null && distance(point, pointer) < 9);
  }
}

/** @param {CanvasRenderingContext2D} context @param {Point[]} points @param {string} color @param {boolean} closed */
function line(context, points, color, closed) {
  context.setLineDash([]);
  context.beginPath();
  // A path that begins with a line begins at that line's end.
  for (const { x, y } of points) context.lineTo(x, y);
  if (closed) context.closePath();
  context.lineWidth = 3.5;
  context.strokeStyle = 'rgb(0 0 0 / 0.5)';
  context.stroke();
  context.lineWidth = 1.75;
  context.strokeStyle = color;
  context.stroke();
}
