/** The mask being prompted or hovered, straight from the decoder's logits: upsampled only where it
 *  is in sight, at image pixels when zoomed in and at about screen pixels when zoomed out. */

/** @import { Box, LogitFrame } from '../../types.js' */
/** @import { Grid } from '../upsample.js' */
/** @import { Viewport } from '../viewport.js' */
import { withAlpha } from '../../core/color.js';
import { contours } from '../../core/contour.js';
import { fromRanges } from '../../core/runs.js';
import { exactPath } from '../shapes.js';
import { positiveBox, sampleMask } from '../upsample.js';
import { visibleBox } from '../viewport.js';
import { place, strokeMask } from './masks.js';

/**
 * @typedef {object} CandidateItem
 * @property {Float32Array} logits
 * @property {LogitFrame} frame
 * @property {number} threshold of the model: logits above it are inside
 * @property {string} color
 * @property {'prompt' | 'hover'} kind
 */

export class CandidateLayer {
  /** @type {CandidateItem | null} */
  #item = null;
  /** @type {Box | null} */
  #extent = null;
  /** @type {{ grid: Grid, path: Path2D } | null} */
  #traced = null;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  }

  /** @param {CandidateItem | null} item */
  set(item) {
    if (item?.logits !== this.#item?.logits) {
      this.#extent = item && positiveBox(item.logits, item.frame, item.threshold);
      this.#traced = null;
    }
    this.#item = item;
  }

  /**
   * @param {Viewport} v
   * @param {number} dpr
   */
  draw(v, dpr) {
    const { context, canvas } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const item = this.#item;
    const visible = visibleBox(v);
    if (!item || !this.#extent || !visible) return false;
    const traced = this.#trace(item, this.#extent, visible, v.scale * dpr);
    if (traced) paint(context, traced, item, v, dpr);
    return false;
  }

  /**
   * @param {CandidateItem} item
   * @param {Box} extent
   * @param {Box} visible
   * @param {number} scale device pixels per image pixel
   */
  #trace(item, extent, visible, scale) {
    const cell = scale >= 0.7 ? 1 : 2 ** Math.floor(Math.log2(1 / scale));
    if (this.#traced && this.#traced.grid.cell === cell && covers(this.#traced.grid, clip(extent, visible, 0))) return this.#traced;
    const grid = gridOver(clip(extent, visible, 0.25), cell);
    if (!grid) return null;
    const mask = sampleMask(item.logits, item.frame, grid, item.threshold);
    this.#traced = { grid, path: exactPath(contours(bitmapRuns(mask), grid.rows)) };
    return this.#traced;
  }
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
  return [Math.max(box[0], visible[0] - mx), Math.max(box[1], visible[1] - my), Math.min(box[2], visible[2] + mx), Math.min(box[3], visible[3] + my)];
}

/**
 * @param {Grid} grid
 * @param {Box} box
 */
function covers(grid, box) {
  return grid.x0 <= box[0] && grid.y0 <= box[1]
    && grid.x0 + grid.columns * grid.cell >= box[2] && grid.y0 + grid.rows * grid.cell >= box[3];
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

/** @param {Uint8Array} mask column-major, 0 and 1 */
function bitmapRuns(mask) {
  /** @type {[number, number][]} */
  const ranges = [];
  for (let start = mask.indexOf(1); start >= 0;) {
    const found = mask.indexOf(0, start);
    const end = found < 0 ? mask.length : found;
    ranges.push([start, end]);
    start = mask.indexOf(1, end);
    if (end === mask.length) break;
  }
  return fromRanges(ranges);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ grid: Grid, path: Path2D }} traced
 * @param {CandidateItem} item
 * @param {Viewport} v
 * @param {number} dpr
 */
function paint(context, { grid, path }, item, v, dpr) {
  place(context, v, dpr);
  context.translate(grid.x0, grid.y0);
  context.scale(grid.cell, grid.cell);
  if (item.kind === 'prompt') {
    context.fillStyle = withAlpha(item.color, 0.35);
    context.fill(path, 'evenodd');
  }
  strokeMask(context, path, item.color, { line: 2, bright: 0, dash: [], strength: 1 }, v.scale * grid.cell);
}
