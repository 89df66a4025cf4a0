/** The photo itself. Redrawn only when the view moves. */

/** @import { Photo } from '../photo.js' */
/** @import { Viewport } from '../viewport.js' */
import { levelFor } from '../photo.js';

/** Smooth below 200 %, crisp pixels above 400 %: one switch half-way between. */
const CRISP_FROM = 3;

export class PhotoLayer {
  /** @type {Photo | null} */
  photo = null;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  }

  /**
   * @param {Viewport} v
   * @param {number} dpr
   */
  draw(v, dpr) {
    const { context, canvas, photo } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (!photo) return false;
    const scale = v.scale * dpr;
    context.imageSmoothingEnabled = v.scale < CRISP_FROM;
    context.imageSmoothingQuality = scale < 1 ? 'high' : 'low';
    const x = Math.round(v.x * dpr);
    const y = Math.round(v.y * dpr);
    drawPart(context, photo, { x, y, scale });
    return false;
  }
}

/**
 * Only the part in sight: a browser may refuse or crawl on a destination of 100,000 pixels.
 * @param {CanvasRenderingContext2D} context
 * @param {Photo} photo
 * @param {{ x: number, y: number, scale: number }} place device pixels
 */
function drawPart(context, photo, { x, y, scale }) {
  const level = levelFor(photo, scale);
  const [kx, ky] = [level.width / photo.width, level.height / photo.height];
  const left = Math.max(0, Math.floor(-x / scale) - 1);
  const top = Math.max(0, Math.floor(-y / scale) - 1);
  const right = Math.min(photo.width, Math.ceil((context.canvas.width - x) / scale) + 1);
  const bottom = Math.min(photo.height, Math.ceil((context.canvas.height - y) / scale) + 1);
  if (right <= left || bottom <= top) return;
  context.drawImage(
    level,
    left * kx,
    top * ky,
    (right - left) * kx,
    (bottom - top) * ky,
    x + left * scale,
    y + top * scale,
    (right - left) * scale,
    (bottom - top) * scale,
  );
}
