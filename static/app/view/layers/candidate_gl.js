/** The candidate drawn by WebGL2, straight from the logits at the screen's own pixels: the work does not grow with the
 *  photo, and the processor stays free for the decoder. Two passes: a field of inside and outside, then fill and line. */

/** @import { Box } from '../../types.js' */
/** @import { Viewport } from '../viewport.js' */
/** @import { CandidateItem } from './candidate_path.js' */
import { parseHex } from '../../core/color.js';
import { COVER, FIELD, PAINT } from './candidate_shaders.js';

const LINE = 2;
const HALO = 1;

export class CandidateGl {
  /** @type {Float32Array | null} what is in the texture */
  #logits = null;

  /** @param {HTMLCanvasElement} canvas of the size of the stage, and nobody else's
   *  @throws {Error} when this browser has no WebGL2, or none for a canvas of this size */
  constructor(canvas) {
    this.canvas = canvas;
    const options = { antialias: false, depth: false, stencil: false, preserveDrawingBuffer: true };
    const gl = /** @type {WebGL2RenderingContext | null} */ (canvas.getContext('webgl2', options));
    if (!gl || gl.getParameter(gl.MAX_TEXTURE_SIZE) < Math.max(canvas.width, canvas.height))
      throw new Error('No WebGL2 for a canvas of this size.');
    this.gl = gl;
    this.field = program(gl, FIELD);
    this.paint = program(gl, PAINT);
    this.values = texture(gl, gl.NEAREST);
    this.mask = texture(gl, gl.LINEAR);
    this.buffer = gl.createFramebuffer();
    this.#resize();
  }

  /** What draws it, in the browser's words. */
  get device() {
    const info = this.gl.getExtension('WEBGL_debug_renderer_info');
    return String(this.gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : this.gl.RENDERER));
  }

  #resize() {
    const { gl, canvas } = this;
    this.size = `${canvas.width} × ${canvas.height}`;
    gl.bindTexture(gl.TEXTURE_2D, this.mask);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, canvas.width, canvas.height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.buffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.mask, 0);
  }

  clear() {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }

  /** @param {CandidateItem} item @param {Box} extent where the mask can be, image pixels @param {Viewport} v @param {number} dpr */
  draw(item, extent, v, dpr) {
    const { gl, canvas } = this;
    if (this.size !== `${canvas.width} × ${canvas.height}`) this.#resize();
    gl.viewport(0, 0, canvas.width, canvas.height);
    this.clear();
    const look = { line: (LINE / 2) * dpr, halo: (LINE / 2 + HALO) * dpr };
    const radius = Math.ceil(look.halo + 0.5);
    const view = { scale: v.scale * dpr, x: Math.round(v.x * dpr), y: Math.round(v.y * dpr) };
    gl.enable(gl.SCISSOR_TEST);
    // The second pass looks around each of its pixels, so the first one covers as much more.
    this.#cut(extent, view, 2 * radius);
    this.#drawField(item, view);
    this.#cut(extent, view, radius);
    this.#drawPaint(item, { ...look, radius, crisp: view.scale >= 1 });
  }

  /** @param {Box} box @param {{ scale: number, x: number, y: number }} view @param {number} margin */
  #cut([x0, y0, x1, y1], { scale, x, y }, margin) {
    const {
      gl,
      canvas: { width, height },
    } = this;
    const [left, top] = [
      Math.max(0, Math.floor(x + x0 * scale) - margin),
      Math.max(0, Math.floor(y + y0 * scale) - margin),
    ];
    const [right, bottom] = [
      Math.min(width, Math.ceil(x + x1 * scale) + margin),
      Math.min(height, Math.ceil(y + y1 * scale) + margin),
    ];
    gl.scissor(left, height - bottom, Math.max(0, right - left), Math.max(0, bottom - top));
  }

  /** @param {CandidateItem} item @param {{ scale: number, x: number, y: number }} view */
  #drawField({ logits, frame, threshold }, { scale, x, y }) {
    const {
      gl,
      field: { use, at },
    } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.buffer);
    gl.useProgram(use);
    gl.bindTexture(gl.TEXTURE_2D, this.values);
    if (this.#logits !== logits) {
      this.#logits = logits;
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, frame.maskSize, frame.maskSize, 0, gl.RED, gl.FLOAT, logits);
    }
    gl.uniform2f(at('corner'), -x / scale - (frame.region?.x ?? 0), -y / scale - (frame.region?.y ?? 0));
    gl.uniform2f(at('extent'), frame.width, frame.height);
    gl.uniform2f(at('scaled'), frame.scaledWidth, frame.scaledHeight);
    gl.uniform1f(at('scale'), scale);
    gl.uniform1f(at('rows'), this.canvas.height);
    gl.uniform1f(at('squash'), frame.maskSize / frame.inputSize);
    gl.uniform1f(at('threshold'), threshold);
    gl.uniform1i(at('crisp'), Number(scale >= 1));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** @param {CandidateItem} item @param {{ line: number, halo: number, radius: number, crisp: boolean }} look */
  #drawPaint({ color, kind }, { line, halo, radius, crisp }) {
    const {
      gl,
      paint: { use, at },
    } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.useProgram(use);
    gl.bindTexture(gl.TEXTURE_2D, this.mask);
    const [r, g, b] = parseHex(color);
    gl.uniform2f(at('size'), this.canvas.width, this.canvas.height);
    gl.uniform1i(at('radius'), radius);
    gl.uniform1f(at('line'), line);
    gl.uniform1f(at('halo'), halo);
    gl.uniform3f(at('color'), r / 255, g / 255, b / 255);
    gl.uniform1f(at('fill'), kind === 'prompt' ? 0.35 : 0);
    gl.uniform1i(at('crisp'), Number(crisp));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** Waits until everything is drawn; for measuring. */
  finish() {
    this.gl.readPixels(0, 0, 1, 1, this.gl.RGBA, this.gl.UNSIGNED_BYTE, new Uint8Array(4));
  }

  dispose() {
    this.gl.getExtension('WEBGL_lose_context')?.loseContext();
    this.canvas.remove();
  }
}

/** @param {WebGL2RenderingContext} gl @param {string} source of the fragment shader */
function program(gl, source) {
  const use = /** @type {WebGLProgram} */ (gl.createProgram());
  for (const [kind, text] of /** @type {[number, string][]} */ ([
    [gl.VERTEX_SHADER, COVER],
    [gl.FRAGMENT_SHADER, source],
  ])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(use, shader);
  }
  gl.linkProgram(use);
  if (!gl.getProgramParameter(use, gl.LINK_STATUS))
    throw new Error(`WebGL2 refused a shader. ${gl.getProgramInfoLog(use)}`);
  /** @type {Map<string, WebGLUniformLocation | null>} */
  const places = new Map();
  return {
    use,
    /** @param {string} name of a uniform */
    at(name) {
      if (!places.has(name)) places.set(name, gl.getUniformLocation(use, name));
      return places.get(name) ?? null;
    },
  };
}

/** @param {WebGL2RenderingContext} gl @param {number} filter */
function texture(gl, filter) {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
  for (const change of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, change, filter);
  return made;
}
