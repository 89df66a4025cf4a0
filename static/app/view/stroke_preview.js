/** A running brush stroke, painted piece by piece on a canvas of the screen's size: the cost of a
 *  frame does not depend on the photo or on how long the stroke already is. */

/** @import { Dab } from '../core/raster.js' */
/** @import { Viewport } from './viewport.js' */
import { toScreen } from './viewport.js';

export class StrokePreview {
  #canvas = document.createElement('canvas');
  /** @type {Viewport | null} */
  #view = null;
  #painted = 0;

  /** A new stroke begins. */
  reset() {
    this.#view = null;
  }

  /**
   * @param {CanvasRenderingContext2D} target in CSS pixels
   * @param {Viewport} v
   * @param {Dab[]} path
   * @param {string} color
   */
  paint(target, v, path, color) {
    const context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext('2d'));
    if (this.#view !== v) {
      this.#canvas.width = target.canvas.width;
      this.#canvas.height = target.canvas.height;
      this.#view = v;
      this.#painted = 0;
    }
    const dpr = target.canvas.width / v.width;
    context.setTransform(dpr, 0, 0, dpr, 0, 0);
    context.lineCap = 'round';
    context.strokeStyle = color;
    for (; this.#painted < path.length; this.#painted++) paintPiece(context, v, path, this.#painted);
    target.save();
    target.setTransform(1, 0, 0, 1, 0, 0);
    target.globalAlpha = 0.45;
    target.drawImage(this.#canvas, 0, 0);
    target.restore();
  }
}

/** @param {CanvasRenderingContext2D} context @param {Viewport} v @param {Dab[]} path @param {number} index */
function paintPiece(context, v, path, index) {
  const to = /** @type {Dab} */ (path[index]);
  const from = path[index - 1] ?? to;
  const [a, b] = [toScreen(v, from), toScreen(v, to)];
  context.lineWidth = Math.max(1, (from.radius + to.radius) * v.scale);
  context.beginPath();
  context.moveTo(a.x, a.y);
  context.lineTo(b.x + 0.001, b.y);
  context.stroke();
}
