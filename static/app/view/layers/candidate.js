/** The mask being prompted or hovered, straight from the decoder's logits: upsampled only where it
 *  is in sight, at image pixels when zoomed in and at about screen pixels when zoomed out. By the
 *  processor on a 2D canvas, or by WebGL2 where that has proved to be faster on this machine. */

/** @import { Box } from '../../types.js' */
/** @import { Viewport } from '../viewport.js' */
/** @import { CandidateGl } from './candidate_gl.js' */
/** @import { CandidateItem, Traced } from './candidate_path.js' */
import { createEmitter } from '../../core/events.js';
import { later } from '../../core/later.js';
import { positiveBox } from '../upsample.js';
import { visibleBox } from '../viewport.js';
import { fits, paint, trace } from './candidate_path.js';

const glTrial = later(() => import('./candidate_trial.js'));

export class CandidateLayer {
  /** @type {CandidateItem | null} */
  #item = null;
  /** @type {Box | null} */
  #extent = null;
  /** @type {Traced | null} */
  #traced = null;
  /** @type {CandidateGl | null} */
  #gl = null;
  #tried = false;
  /** @type {ReturnType<typeof createEmitter<void>>} */
  #changes = createEmitter();

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

  /** How masks are drawn now, as the status line says it. */
  get renderer() {
    return this.#gl ? 'WebGL2' : '2D';
  }

  /** @param {() => void} listener hears when that changes */
  onRenderer(listener) {
    return this.#changes.on(listener);
  }

  /** The canvas that holds what is shown. */
  get picture() {
    return this.#gl?.canvas ?? this.canvas;
  }

  /**
   * @param {Viewport} v
   * @param {number} dpr
   */
  draw(v, dpr) {
    const { context, canvas } = this;
    const [item, extent, visible] = [this.#item, this.#extent, visibleBox(v)];
    if (this.#gl) {
      this.#fit(this.#gl.canvas);
      if (item && extent && visible) this.#gl.draw(item, extent, v, dpr);
      else this.#gl.clear();
      return false;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (!item || !extent || !visible) return false;
    const scale = v.scale * dpr;
    if (!this.#traced || !fits(this.#traced.grid, extent, visible, scale))
      this.#traced = trace(item, extent, visible, scale);
    if (this.#traced) paint(context, this.#traced, item, v, dpr);
    if (!this.#tried) this.#tryGl({ item, extent, v, dpr });
    return false;
  }

  /** @param {HTMLCanvasElement} other */
  #fit(other) {
    if (other.width !== this.canvas.width) other.width = this.canvas.width;
    if (other.height !== this.canvas.height) other.height = this.canvas.height;
  }

  /** Once, with the first mask there is, in a quiet moment. @param {{ item: CandidateItem, extent: Box, v: Viewport, dpr: number }} scene */
  #tryGl(scene) {
    this.#tried = true;
    const ask = globalThis.requestIdleCallback ?? setTimeout;
    ask(() =>
      glTrial()
        .then(({ fasterGl }) => fasterGl(this.canvas, scene))
        .then(
          (gl) => gl && this.adopt(gl),
          () => undefined,
        ),
    );
  }

  /** @param {CandidateGl} gl */
  adopt(gl) {
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.#gl = gl;
    this.#traced = null;
    gl.clear();
    gl.canvas.addEventListener('webglcontextlost', () => {
      // The card went away (a driver's restart, too many tabs): the processor takes over, until the next mask tries again.
      this.#gl = null;
      this.#tried = false;
      gl.canvas.remove();
      this.#changes.emit();
    });
    this.#changes.emit();
  }
}
