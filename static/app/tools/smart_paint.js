/** Draws a prompt: box with handles, points with their signs, the rubber band of a running drag. */

/** @import { Box } from '../types.js' */
/** @import { Viewport } from '../view/viewport.js' */
/** @import { Step } from './types.d.ts' */
import { drawBox, drawPoint, readPalette } from '../view/glyphs.js';
import { toScreen } from '../view/viewport.js';

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Viewport} v
 * @param {{ step: Step, drag: { kind: string, index?: number, at: { x: number, y: number }, moved: boolean } | null, previewBox: Box | null }} view
 * @param {number} hovered index of the point under the pointer, or -1
 * @param {Element} themed
 */
export function paintPrompt(context, v, { step, drag, previewBox }, hovered, themed) {
  const palette = readPalette(themed);
  if (previewBox) drawBox(context, previewBox, v, palette, drag?.kind !== 'new');
  step.points.forEach((point, i) => {
    const place = drag?.kind === 'point' && drag.moved && drag.index === i ? drag.at : point;
    drawPoint(context, toScreen(v, place), point.label === 1, palette, i === hovered);
  });
}
