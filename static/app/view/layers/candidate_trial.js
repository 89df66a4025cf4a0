/** Whether WebGL2 draws the candidate faster than the processor does. A graphics card does; a software renderer, which
 *  many virtual machines and remote desktops have, takes seconds. Measured with a real mask in the real window. */

/** @import { Box } from '../../types.js' */
/** @import { Viewport } from '../viewport.js' */
/** @import { CandidateItem } from './candidate_path.js' */
import { visibleBox } from '../viewport.js';
import { CandidateGl } from './candidate_gl.js';
import { paint, trace } from './candidate_path.js';

const ROUNDS = 3;
/** These say themselves that there is no graphics card behind them. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;
/** A card answers a small drawing in a few milliseconds; what takes so long is none, and a large one would freeze the page. */
const HOPELESS_MS = 30;
const SMALL = { width: 320, height: 240 };
/** Quick enough either way: then the card, which leaves the processor to the decoder. */
const QUICK_MS = 8;

/** @typedef {{ item: CandidateItem, extent: Box, v: Viewport, dpr: number }} Scene */

/**
 * @param {HTMLCanvasElement} canvas of the layer; WebGL2 gets one of its own right above
 * @param {Scene} scene
 * @returns {Promise<CandidateGl | null>} null where there is no WebGL2, or none that is faster
 */
export async function fasterGl(canvas, scene) {
  const own = document.createElement('canvas');
  own.className = canvas.className;
  own.setAttribute('aria-hidden', 'true');
  [own.width, own.height] = [canvas.width, canvas.height];
  try {
    const gl = new CandidateGl(own);
    if (!SOFTWARE.test(gl.device) && (await isFaster(gl, scene))) {
      canvas.after(own);
      return gl;
    }
    gl.dispose();
  } catch {
    // No WebGL2, or a broken one: the 2D canvas does everything it does.
  }
  return null;
}

/** @param {CandidateGl} gl @param {Scene} scene */
async function isFaster(gl, scene) {
  const own = document.createElement('canvas');
  const small = new CandidateGl(Object.assign(own, SMALL));
  const { msGl: guess } = await race(SMALL, small, scene);
  small.dispose();
  if (guess > HOPELESS_MS) return false;
  const { ms2d, msGl } = await race(gl.canvas, gl, scene);
  return msGl < Math.max(ms2d, QUICK_MS);
}

/**
 * Milliseconds of one drawing by each, the best of a few: a hover brings a new mask, so nothing is taken from a cache.
 * @param {{ width: number, height: number }} canvas
 * @param {CandidateGl} gl
 * @param {Scene} scene
 */
export async function race(canvas, gl, { item, extent, v, dpr }) {
  const scratch = new OffscreenCanvas(canvas.width, canvas.height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
    scratch.getContext('2d', { willReadFrequently: true })
  );
  const visible = visibleBox(v) ?? extent;
  const [times2d, timesGl] = [[Infinity], [Infinity]];
  // The first round of each compiles and allocates.
  for (let round = -1; round < ROUNDS; round++) {
    const began = performance.now();
    const traced = trace(item, extent, visible, v.scale * dpr);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, scratch.width, scratch.height);
    if (traced) paint(context, traced, item, v, dpr);
    context.getImageData(0, 0, 1, 1);
    const between = performance.now();
    gl.draw({ ...item, logits: item.logits.slice() }, extent, v, dpr);
    gl.finish();
    if (round >= 0) times2d.push(between - began);
    if (round >= 0) timesGl.push(performance.now() - between);
    await new Promise((resolve) => setTimeout(resolve)); // a click in between goes first
  }
  return { ms2d: Math.min(...times2d), msGl: Math.min(...timesGl) };
}
