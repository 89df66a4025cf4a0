/** The mask being prompted or hovered, straight from the decoder's logits: upsampled only where it
 *  is in sight, at image pixels when zoomed in and at about screen pixels when zoomed out. By the
 *  processor on a 2D canvas, or by WebGL2 where that has proved to be faster on this machine. */

/** @import { Box, LogitFrame } from '../../types.js' */
/** @import { Grid } from '../upsample.js' */
/** @import { Viewport } from '../viewport.js' */
/** @import { CandidateGl } from './candidate_gl.js' */
import { withAlpha } from '../../core/color.js';
import { contours } from '../../core/contour.js';
import { createEmitter } from '../../core/events.js';
import { later } from '../../core/later.js';
import { exactPath } from '../shapes.js';
import { positiveBox, sampleRuns } from '../upsample.js';
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

/** @typedef {{ grid: Grid, path: Path2D }} Traced */

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
    if (!this.#traced || !fits(this.#traced.grid, extent, visible, scale)) this.#traced = trace(item, extent, visible, scale);
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
    ask(() => glTrial().then(({ fasterGl }) => fasterGl(this.canvas, scene)).then((gl) => gl && this.adopt(gl), () => undefined));
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

/**
 * Whether what was traced still serves.
 * @param {Grid} grid
 * @param {Box} extent
 * @param {Box} visible
 * @param {number} scale device pixels per image pixel
 */
function fits(grid, extent, visible, scale) {
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
