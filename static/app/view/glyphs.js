/** Marks drawn over the photo in screen pixels, the same at every zoom. */

/** @import { Box } from '../types.js' */
/** @import { Point } from '../core/geometry.js' */
/** @import { Viewport } from './viewport.js' */
import { toHex } from '../core/color.js';
import { HANDLES, handlePoint } from '../core/geometry.js';
import { toScreen } from './viewport.js';

export const POINT_RADIUS = 7;
export const HANDLE_REACH = 9;

/** @typedef {{ accent: string, positive: string, negative: string, warning: string }} Palette */

/** The theme's colours for the canvas. @param {Element} element @returns {Palette} */
export function readPalette(element) {
  const style = getComputedStyle(element);
  /** @param {string} name */
  const read = (name) => toHex(style.getPropertyValue(`--${name}`));
  return { accent: read('accent'), positive: read('positive'), negative: read('negative'), warning: read('warning') };
}

/**
 * A prompt point: colour and a plus or minus, never colour alone.
 * @param {CanvasRenderingContext2D} context
 * @param {Point} at screen pixels
 * @param {boolean} positive
 * @param {Palette} palette
 * @param {boolean} [hovered]
 */
export function drawPoint(context, at, positive, palette, hovered = false) {
  const radius = POINT_RADIUS + (hovered ? 2 : 0);
  context.setLineDash([]);
  context.beginPath();
  context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
  context.fillStyle = positive ? palette.positive : palette.negative;
  context.fill();
  context.lineWidth = 3.5;
  context.strokeStyle = 'rgb(0 0 0 / 0.45)';
  context.stroke();
  context.lineWidth = 2;
  context.strokeStyle = '#ffffff';
  context.stroke();
  context.beginPath();
  context.moveTo(at.x - 3, at.y);
  context.lineTo(at.x + 3, at.y);
  if (positive) {
    context.moveTo(at.x, at.y - 3);
    context.lineTo(at.x, at.y + 3);
  }
  context.strokeStyle = '#00130a';
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box image pixels
 * @param {Viewport} v
 * @param {Palette} palette
 * @param {boolean} [handles]
 */
export function drawBox(context, box, v, palette, handles = false) {
  const a = toScreen(v, { x: box[0], y: box[1] });
  const b = toScreen(v, { x: box[2], y: box[3] });
  context.setLineDash([]);
  context.lineWidth = 3;
  context.strokeStyle = 'rgb(0 0 0 / 0.5)';
  context.strokeRect(a.x, a.y, b.x - a.x, b.y - a.y);
  context.setLineDash([6, 4]);
  context.lineWidth = 1.5;
  context.strokeStyle = palette.accent;
  context.strokeRect(a.x, a.y, b.x - a.x, b.y - a.y);
  if (handles) for (const handle of HANDLES) drawHandle(context, toScreen(v, handlePoint(box, handle)), palette);
}

/**
 * The part of the photo that clicks see at full resolution.
 * @param {CanvasRenderingContext2D} context
 * @param {{ width: number, height: number, region?: { x: number, y: number } }} frame
 * @param {Viewport} v
 * @param {Palette} palette
 */
export function drawRegion(context, { width, height, region }, v, palette) {
  if (!region) return;
  const a = toScreen(v, region);
  context.setLineDash([2, 5]);
  context.lineWidth = 2;
  context.strokeStyle = palette.warning;
  context.strokeRect(a.x, a.y, width * v.scale, height * v.scale);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point} at screen pixels
 * @param {Palette} palette
 * @param {boolean} [hovered]
 */
export function drawHandle(context, at, palette, hovered = false) {
  const half = hovered ? 5 : 4;
  context.setLineDash([]);
  context.fillStyle = hovered ? palette.accent : '#ffffff';
  context.fillRect(at.x - half, at.y - half, 2 * half, 2 * half);
  context.lineWidth = 1.5;
  context.strokeStyle = hovered ? '#ffffff' : palette.accent;
  context.strokeRect(at.x - half, at.y - half, 2 * half, 2 * half);
}

/**
 * A thin ring with a dark twin, for brush and eraser.
 * @param {CanvasRenderingContext2D} context
 * @param {Point} at
 * @param {number} radius screen pixels
 * @param {string} color
 */
export function drawRing(context, at, radius, color) {
  context.setLineDash([]);
  context.beginPath();
  context.arc(at.x, at.y, Math.max(1, radius), 0, 2 * Math.PI);
  context.lineWidth = 3;
  context.strokeStyle = 'rgb(0 0 0 / 0.5)';
  context.stroke();
  context.lineWidth = 1.5;
  context.strokeStyle = color;
  context.stroke();
}
