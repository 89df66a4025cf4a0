/** The loupe: what lies under the pointer, eight times enlarged, with its masks' edges. */

/** @import { Point } from '../core/geometry.js' */
/** @import { Stage } from './stage.js' */

const SIDE = 160;
const ZOOM = 8;

/**
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {Stage} stage
 * @param {Point} pointer screen pixels
 */
export function paintLoupe(context, stage, pointer) {
  const { photo } = stage.photo;
  if (!photo) return;
  const v = stage.viewport;
  const across = SIDE / ZOOM / Math.max(1, v.scale);
  const [x, y] = [(pointer.x - v.x) / v.scale, (pointer.y - v.y) / v.scale];
  const left = pointer.x > v.width / 2 ? 16 : v.width - SIDE - 16;
  const top = v.height - SIDE - 16;
  const full = /** @type {ImageBitmap} */ (photo.levels[0]);
  context.save();
  context.fillStyle = '#000000';
  context.fillRect(left, top, SIDE, SIDE);
  context.imageSmoothingEnabled = false;
  // The display filters hold here too, where the browser can draw with them.
  context.filter = stage.photo.canvas.style.filter || 'none';
  context.drawImage(full, x - across / 2, y - across / 2, across, across, left, top, SIDE, SIDE);
  context.filter = 'none';
  drawLayer(context, stage.masks.canvas, pointer, across * v.scale, {
    left,
    top,
    dpr: stage.masks.canvas.width / v.width,
  });
  drawLayer(context, stage.candidate.picture, pointer, across * v.scale, {
    left,
    top,
    dpr: stage.masks.canvas.width / v.width,
  });
  context.strokeStyle = 'rgb(255 255 255 / 0.9)';
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left + SIDE / 2, top + SIDE / 2 - 10);
  context.lineTo(left + SIDE / 2, top + SIDE / 2 + 10);
  context.moveTo(left + SIDE / 2 - 10, top + SIDE / 2);
  context.lineTo(left + SIDE / 2 + 10, top + SIDE / 2);
  context.stroke();
  context.lineWidth = 2;
  context.strokeRect(left, top, SIDE, SIDE);
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} layer
 * @param {Point} pointer
 * @param {number} across screen pixels shown
 * @param {{ left: number, top: number, dpr: number }} place
 */
function drawLayer(context, layer, pointer, across, { left, top, dpr }) {
  context.drawImage(
    layer,
    (pointer.x - across / 2) * dpr,
    (pointer.y - across / 2) * dpr,
    across * dpr,
    across * dpr,
    left,
    top,
    SIDE,
    SIDE,
  );
}
