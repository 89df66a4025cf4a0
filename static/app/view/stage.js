/** The drawing surface: stacked canvases, one per rate of change, and the frame loop that redraws
 *  only the layers that need it. */

/** @import { Point } from '../core/geometry.js' */
/** @import { Photo } from './photo.js' */
/** @import { Viewport } from './viewport.js' */
import { createEmitter } from '../core/events.js';
import { CandidateLayer } from './layers/candidate.js';
import { MaskLayer } from './layers/masks.js';
import { OverlayLayer } from './layers/overlay.js';
import { PhotoLayer } from './layers/photo.js';
import { INITIAL, fit, resized } from './viewport.js';

/** @typedef {'photo' | 'masks' | 'candidate' | 'overlay'} LayerName */
/** @type {LayerName[]} */
const ORDER = ['photo', 'masks', 'candidate', 'overlay'];

export class Stage {
  /** @type {Viewport} */
  #viewport = INITIAL;
  /** @type {Set<LayerName>} */
  #dirty = new Set(ORDER);
  /** @type {Point | null} where the pointer is over it, in screen pixels */
  pointer = null;
  #frame = 0;
  #fitted = true;
  #dpr = 1;
  /** @type {(() => void)[]} who waits for a frame that leaves nothing to draw */
  #waiting = [];
  /** @type {ReturnType<typeof createEmitter<Viewport>>} */
  #moved = createEmitter();

  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    this.photo = new PhotoLayer(addCanvas(host, 'photo'));
    this.masks = new MaskLayer(addCanvas(host, 'masks'));
    this.candidate = new CandidateLayer(addCanvas(host, 'candidate'));
    this.overlay = new OverlayLayer(addCanvas(host, 'overlay'));
    this.candidate.onRenderer(() => this.invalidate('candidate'));
    new ResizeObserver(() => this.#resize()).observe(host);
    this.#resize();
  }

  get viewport() {
    return this.#viewport;
  }

  set viewport(v) {
    this.#viewport = v;
    this.#fitted = false;
    this.invalidate(...ORDER);
    this.#moved.emit(v);
  }

  /** @param {(v: Viewport) => void} listener */
  onMove(listener) {
    return this.#moved.on(listener);
  }

  fit() {
    this.viewport = fit(this.#viewport);
    this.#fitted = true;
  }

  /**
   * @param {Photo | null} photo
   * @param {{ width: number, height: number }} size of the image, known before its pixels
   */
  show(photo, size) {
    this.photo.photo = photo;
    if (size.width !== this.#viewport.imageWidth || size.height !== this.#viewport.imageHeight || !photo) {
      this.#viewport = { ...this.#viewport, imageWidth: size.width, imageHeight: size.height };
      this.fit();
    }
    this.invalidate('photo');
  }

  /** @param {...LayerName} layers */
  invalidate(...layers) {
    for (const layer of layers) this.#dirty.add(layer);
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = 0;
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    for (const name of dirty) {
      if (this[name].draw(this.#viewport, this.#dpr)) this.invalidate(name);
    }
    if (this.#dirty.size === 0) for (const done of this.#waiting.splice(0)) done();
  }

  /** Resolves after the frame that has drawn everything there is to draw now. */
  settled() {
    return /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        // A frame later, because whoever hands over what to draw may be waiting for this one.
        requestAnimationFrame(() => {
          this.#waiting.push(resolve);
          this.#frame ||= requestAnimationFrame(() => this.#draw());
        });
      })
    );
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === 0 || height === 0) return;
    this.#dpr = window.devicePixelRatio || 1;
    for (const name of ORDER) {
      const { canvas } = this[name];
      canvas.width = Math.round(width * this.#dpr);
      canvas.height = Math.round(height * this.#dpr);
    }
    const fitted = this.#fitted;
    this.viewport = resized(this.#viewport, width, height);
    if (fitted) this.fit();
  }
}

/**
 * @param {HTMLElement} host
 * @param {LayerName} name
 */
function addCanvas(host, name) {
  const canvas = document.createElement('canvas');
  canvas.className = `layer layer-${name}`;
  canvas.setAttribute('aria-hidden', 'true');
  host.append(canvas);
  return canvas;
}
