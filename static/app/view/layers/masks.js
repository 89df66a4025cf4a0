/** Committed masks. With many objects a gesture moves a cached picture, and the masks are drawn
 *  anew in slices of a few milliseconds once the view rests. */

/** @import { Box, Rle, Uuid } from '../../types.js' */
/** @import { Viewport } from '../viewport.js' */
import { brighten, withAlpha } from '../../core/color.js';
import { boxesOverlap } from '../../core/geometry.js';
import { shapeOf } from '../shapes.js';
import { visibleBox } from '../viewport.js';

/** @typedef {'normal' | 'selected' | 'hovered' | 'dim' | 'suggestion' | 'confident' | 'chosen'} MaskStyle */
/**
 * @typedef {object} MaskItem
 * @property {Uuid} id
 * @property {Rle} rle
 * @property {Box} box
 * @property {string} color "#rrggbb"
 * @property {MaskStyle} style
 */
/** @typedef {{ opacity: number, outlineOnly: boolean }} MaskDisplay */
/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */

/** @type {Record<MaskStyle, { fill: number, line: number, bright: number, dash: number[], strength: number }>} */
const LOOKS = {
  normal: { fill: 0.35, line: 2, bright: 0, dash: [], strength: 1 },
  hovered: { fill: 0.42, line: 2.5, bright: 0.25, dash: [], strength: 1 },
  selected: { fill: 0.2, line: 3, bright: 0.4, dash: [], strength: 1 },
  dim: { fill: 0.15, line: 1, bright: 0, dash: [], strength: 0.55 },
  suggestion: { fill: 0.06, line: 1.5, bright: 0, dash: [6, 4], strength: 0.8 },
  confident: { fill: 0.24, line: 2, bright: 0, dash: [6, 4], strength: 1 },
  chosen: { fill: 0.3, line: 3.5, bright: 0.35, dash: [10, 5], strength: 1 },
};

const SLICE_MS = 7;
/** While there is nothing to look at yet, nothing needs to stay smooth: a new image's masks are drawn in long slices. */
const FIRST_MS = 60;
const SETTLE_MS = 110;
/** Objects drawn between two looks at the clock. */
const BATCH = 40;
/** Smaller than this on screen, an outline hides what it surrounds. */
const TINY = 6;
/** With more objects in sight, halos cost more than they tell. */
const CROWD = 1200;

/** @typedef {{ canvas: OffscreenCanvas, context: OffscreenCanvasRenderingContext2D, view: Viewport, list: MaskItem[], next: number, ms: number }} Drawing */

export class MaskLayer {
  /** @type {MaskItem[]} */
  #items = [];
  /** @type {MaskDisplay} */
  #display = { opacity: 1, outlineOnly: false };
  /** @type {{ picture: ImageBitmap, view: Viewport } | null} what was last drawn completely */
  #done = null;
  /** @type {Drawing | null} */
  #drawing = null;
  #stale = true;
  /** Milliseconds the last complete drawing took; unknown at first. */
  #cost = Infinity;
  /** @type {Viewport | null} */
  #lastView = null;
  #movedAt = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  }

  /** @param {MaskItem[]} items bottom first @param {MaskDisplay} display */
  set(items, display) {
    this.#items = items;
    this.#display = display;
    this.#stale = true;
    this.#drawing = null;
  }

  /** Forgets the cached picture: the next image must not show the last one's masks. */
  clear() {
    this.set([], this.#display);
    this.#done?.picture.close();
    this.#done = null;
    this.#cost = Infinity;
  }

  /**
   * @param {Viewport} v
   * @param {number} dpr
   * @returns {boolean} whether another frame is wanted
   */
  draw(v, dpr) {
    const now = performance.now();
    if (v !== this.#lastView) this.#movedAt = now;
    this.#lastView = v;
    if (this.#stale || this.#done?.view !== v) this.#work(v, dpr, now);
    this.#show(v, dpr);
    return this.#stale || this.#done?.view !== v;
  }

  /** @param {Viewport} v @param {number} dpr @param {number} now */
  #work(v, dpr, now) {
    const cheap = this.#cost < SLICE_MS || this.#items.length <= BATCH;
    const moving = now - this.#movedAt < SETTLE_MS;
    if (!cheap && moving && this.#done && !this.#stale) return;
    if (this.#drawing && this.#drawing.view !== v) this.#drawing = null;
    this.#drawing ??= this.#begin(v, dpr);
    this.#slice(this.#drawing, dpr, cheap ? 50 : this.#done ? SLICE_MS : FIRST_MS);
  }

  /** @param {Viewport} view @param {number} dpr @returns {Drawing} */
  #begin(view, dpr) {
    const canvas = new OffscreenCanvas(this.canvas.width, this.canvas.height);
    // Drawn by the processor, so that the clock sees what the drawing costs.
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
      canvas.getContext('2d', { willReadFrequently: true })
    );
    const visible = visibleBox(view);
    place(context, view, dpr);
    return {
      canvas,
      context,
      view,
      list: visible ? this.#items.filter(({ box }) => boxesOverlap(box, visible)) : [],
      next: 0,
      ms: 0,
    };
  }

  /** @param {Drawing} drawing @param {number} dpr @param {number} budget milliseconds */
  #slice(drawing, dpr, budget) {
    const started = performance.now();
    const halo = drawing.list.length <= CROWD;
    while (drawing.next < drawing.list.length && performance.now() - started < budget) {
      for (const item of drawing.list.slice(drawing.next, drawing.next + BATCH))
        drawMask(drawing.context, item, drawing.view.scale, dpr, this.#display, halo);
      drawing.next += BATCH;
      // Reading a pixel makes the canvas carry out what was only noted down.
      drawing.context.getImageData(0, 0, 1, 1);
    }
    drawing.ms += performance.now() - started;
    if (drawing.next >= drawing.list.length) this.#finish(drawing);
  }

  /** @param {Drawing} drawing */
  #finish(drawing) {
    this.#done?.picture.close();
    this.#done = { picture: drawing.canvas.transferToImageBitmap(), view: drawing.view };
    this.#cost = drawing.ms;
    this.#drawing = null;
    this.#stale = false;
  }

  /**
   * The finished picture, moved and scaled to where the view is now.
   * @param {Viewport} v
   * @param {number} dpr
   */
  #show(v, dpr) {
    const { context, canvas } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (!this.#done) return;
    const { picture, view } = this.#done;
    const ratio = v.scale / view.scale;
    context.imageSmoothingEnabled = ratio !== 1;
    const [dx, dy] = [(v.x - view.x * ratio) * dpr, (v.y - view.y * ratio) * dpr];
    context.setTransform(ratio, 0, 0, ratio, ratio === 1 ? Math.round(dx) : dx, ratio === 1 ? Math.round(dy) : dy);
    context.drawImage(picture, 0, 0);
  }
}

/**
 * Image pixels become the unit of the context.
 * @param {Context} context
 * @param {Viewport} v
 * @param {number} dpr
 */
export function place(context, v, dpr) {
  context.setTransform(v.scale * dpr, 0, 0, v.scale * dpr, Math.round(v.x * dpr), Math.round(v.y * dpr));
  context.lineJoin = 'bevel';
}

/**
 * @param {Context} context
 * @param {MaskItem} item
 * @param {number} scale CSS pixels per image pixel
 * @param {number} dpr
 * @param {MaskDisplay} display
 * @param {boolean} halo
 */
function drawMask(context, item, scale, dpr, display, halo) {
  const look = LOOKS[item.style];
  const path = shapeOf(item.rle).path(scale * dpr);
  const tiny = Math.max(item.box[2] - item.box[0], item.box[3] - item.box[1]) * scale < TINY;
  const fill = tiny ? 0.8 : look.fill * display.opacity;
  if (!display.outlineOnly || tiny) {
    context.fillStyle = withAlpha(item.color, fill * look.strength);
    context.fill(path, 'evenodd');
  }
  if (!tiny || item.style === 'selected')
    strokeMask(context, path, item.color, look, scale, halo || item.style !== 'normal');
}

/**
 * A coloured line in a dark halo: readable on snow and at night.
 * @param {Context} context
 * @param {Path2D} path
 * @param {string} color
 * @param {{ line: number, bright: number, dash: number[], strength: number }} look
 * @param {number} scale
 * @param {boolean} [halo]
 */
export function strokeMask(context, path, color, look, scale, halo = true) {
  context.setLineDash(look.dash.map((length) => length / scale));
  if (halo) {
    context.lineWidth = (look.line + 2) / scale;
    context.strokeStyle = `rgb(0 0 0 / ${0.5 * look.strength})`;
    context.stroke(path);
  }
  context.lineWidth = look.line / scale;
  context.strokeStyle = withAlpha(look.bright ? brighten(color, look.bright) : color, look.strength);
  context.stroke(path);
}
