/** The candidate's outline by the processor: traced from the logits where they are in sight, then painted. */

/** @import { Box, LogitFrame } from '../../types.js' */
/** @import { Grid } from '../upsample.js' */
/** @import { Viewport } from '../viewport.js' */
import { withAlpha } from '../../core/color.js';
import { contours } from '../../core/contour.js';
import { exactPath } from '../shapes.js';
import { sampleRuns } from '../upsample.js';
import { place, strokeMask } from './masks.js';

/**
 * @typedef {object} CandidateItem
 * @property {Float32Array} logits
 * @property {LogitFrame} frame
 * @property {number} threshold of the model: logits above it are inside
 * @property {string} color
 * @property {'prompt' | 'hover'} kind
 */

/** @typedef {{ grid: Grid, path: Path2D }} Traced */

/**
 * Whether what was traced still serves.
 * @param {Grid} grid
 * @param {Box} extent
 * @param {Box} visible
 * @param {number} scale device pixels per image pixel
 */
export function fits(grid, extent, visible, scale) {
  return grid.cell === cellFor(scale) && covers(grid, clip(extent, visible, 0));
}

/** Image pixels per cell. @param {number} scale */
function cellFor(scale) {
  return scale >= 0.7 ? 1 : 2 ** Math.floor(Math.log2(1 / scale));
}

/**
 * @param {CandidateItem} item
 * @param {Box} extent
 * @param {Box} visible
 * @param {number} scale device pixels per image pixel
 * @returns {Traced | null}
 */
export function trace(item, extent, visible, scale) {
  const grid = gridOver(clip(extent, visible, 0.25), cellFor(scale));
  if (!grid) return null;
  const runs = sampleRuns(item.logits, item.frame, grid, item.threshold);
  return { grid, path: exactPath(contours(runs, grid.rows)) };
}

/**
 * The part of `box` in sight, with a margin so that a small pan needs no new trace.
 * @param {Box} box
 * @param {Box} visible
 * @param {number} margin share of the visible size
 * @returns {Box}
 */
function clip(box, visible, margin) {
  const mx = (visible[2] - visible[0]) * margin;
  const my = (visible[3] - visible[1]) * margin;
  return [
    Math.max(box[0], visible[0] - mx),
    Math.max(box[1], visible[1] - my),
    Math.min(box[2], visible[2] + mx),
    Math.min(box[3], visible[3] + my),
  ];
}

/**
 * @param {Grid} grid
 * @param {Box} box
 */
function covers(grid, box) {
  return (
    grid.x0 <= box[0] &&
    grid.y0 <= box[1] &&
    grid.x0 + grid.columns * grid.cell >= box[2] &&
    grid.y0 + grid.rows * grid.cell >= box[3]
  );
}

/**
 * @param {Box} box
 * @param {number} cell
 * @returns {Grid | null}
 */
function gridOver(box, cell) {
  const x0 = Math.floor(box[0] / cell) * cell;
  const y0 = Math.floor(box[1] / cell) * cell;
  const columns = Math.ceil((box[2] - x0) / cell);
  const rows = Math.ceil((box[3] - y0) / cell);
  return columns > 0 && rows > 0 ? { x0, y0, cell, columns, rows } : null;
}

/**
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 * @param {Traced} traced
 * @param {CandidateItem} item
 * @param {Viewport} v
 * @param {number} dpr
 */
export function paint(context, { grid, path }, item, v, dpr) {
  place(context, v, dpr);
  context.translate(grid.x0, grid.y0);
  context.scale(grid.cell, grid.cell);
  if (item.kind === 'prompt') {
    context.fillStyle = withAlpha(item.color, 0.35);
    context.fill(path, 'evenodd');
  }
  strokeMask(context, path, item.color, { line: 2, bright: 0, dash: [], strength: 1 }, v.scale * grid.cell);
}
