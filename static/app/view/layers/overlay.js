/** What changes with every pointer move: points, boxes, handles, the brush's ring. */

/** @import { Viewport } from '../viewport.js' */

export class OverlayLayer {
  /** @type {((context: CanvasRenderingContext2D, v: Viewport) => void) | null} */
  paint = null;

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
    const { context, canvas } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.setTransform(dpr, 0, 0, dpr, 0, 0);
    this.paint?.(context, v);
    return false;
  }
}
