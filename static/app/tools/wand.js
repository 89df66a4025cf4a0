/** Fill and magic wand: a click fills a hole of the selected object, or takes the connected area
 *  of one colour; dragging sideways sets how far the colour may be off. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor, Tool, ToolEvent } from '../editor.js' */
/** @import { Runs } from '../core/runs.js' */
/** @import { Viewport } from '../view/viewport.js' */
import { fillHoles, holes } from '../core/components.js';
import { enlarge, flood } from '../core/flood.js';
import { area, contains, subtract, union } from '../core/runs.js';
import { readPixels } from '../view/pixels.js';
import { MaskShape, rleOf, shapeOf } from '../view/shapes.js';
import { insideImage } from '../view/viewport.js';
import { unlocked } from './object_verbs.js';

const [LEAST, MOST] = [1, 120];
/** Specks of another colour, up to this share of the area, belong to it: grain, dust, a reflection. */
const SPECK = 0.002;

/** @implements {Tool} */
export class WandTool {
  /** @type {Tool['id']} */
  id = 'wand';
  cursor = 'crosshair';
  tolerance = 24;
  /** @type {{ start: ToolEvent, base: number, runs: Runs, shape: MaskShape } | null} */
  #drag = null;

  /** What was begun here, for the digit that comes after Enter. @type {string[]} */
  #made = [];

  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
  }

  /** @param {number} value */
  setTolerance(value) {
    this.tolerance = Math.round(Math.min(MOST, Math.max(LEAST, value)));
  }

  /** @param {1 | -1} direction */
  wheel(direction) {
    this.setTolerance(this.tolerance - direction * 2);
    this.editor.session.tick();
  }

  /** @param {ToolEvent} event */
  down(event) {
    if (!insideImage(this.editor.stage.viewport, event.image)) return;
    this.#fill(event, this.tolerance);
  }

  /** @param {ToolEvent} event */
  move(event) {
    const drag = this.#drag;
    if (!drag) return;
    const before = this.tolerance;
    this.setTolerance(drag.base + (event.screen.x - drag.start.screen.x) / 4);
    if (this.tolerance !== before) this.#fill(drag.start, drag.base);
  }

  /** @param {ToolEvent} _event */
  up(_event) {
    const drag = this.#drag;
    this.abort();
    this.editor.session.tick();
    if (drag) this.#apply(drag.runs, drag.start.negative);
  }

  abort() {
    this.#drag = null;
    this.editor.stage.invalidate('overlay');
  }

  finish() {
    const { selection } = this.editor.session.state;
    const cancelled = this.cancel();
    if (cancelled) this.editor.session.set({ made: selection.filter((id) => this.#made.includes(id)) });
    return cancelled;
  }

  cancel() {
    if (this.editor.session.state.selection.length === 0) return false;
    this.editor.session.set({ selection: [] });
    return true;
  }

  /** @param {ToolEvent} start @param {number} base */
  #fill(start, base) {
    const size = this.#size();
    const runs = this.#holeAt(start) ?? this.#area(start, size);
    this.#drag = { start, base, runs, shape: new MaskShape(runs, size.height) };
    this.editor.stage.invalidate('overlay');
  }

  /** @param {ToolEvent} event @returns {Runs | undefined} */
  #holeAt({ image }) {
    const [target] = this.#target();
    if (!target) return undefined;
    const { height } = this.#size();
    const position = Math.floor(image.x) * height + Math.floor(image.y);
    return holes(shapeOf(target.rle).runs, height).find(({ runs }) => contains(runs, position))?.runs;
  }

  /** @param {ToolEvent} event @param {{ width: number, height: number }} size */
  #area({ image }, size) {
    const { photo } = this.editor.stage.photo;
    if (!photo) return new Uint32Array(0);
    const pixels = readPixels(photo);
    const x = Math.min(pixels.width - 1, Math.floor((image.x * pixels.width) / size.width));
    const y = Math.min(pixels.height - 1, Math.floor((image.y * pixels.height) / size.height));
    const found = enlarge(flood(pixels, x, y, this.tolerance), pixels, size);
    return fillHoles(found, size.height, Math.max(4, area(found) * SPECK));
  }

  /** @param {Runs} runs @param {boolean} takeAway */
  #apply(runs, takeAway) {
    const { objects, session } = this.editor;
    const [target] = this.#target();
    if (target) {
      const before = shapeOf(target.rle).runs;
      objects.reshape(
        [{ id: target.id, runs: takeAway ? subtract(before, runs) : union(before, runs) }],
        takeAway ? 'Wand: take away' : 'Fill',
      );
    } else if (!takeAway && runs.length > 0) {
      const ids = objects.add(
        [{ rle: rleOf(runs, this.#size()), label: session.state.label, clicks: 1 }],
        'Magic wand',
      );
      this.#made = ids;
      session.set({ selection: ids });
    }
  }

  /** @returns {Annotation[]} the one object to change, if exactly one is selected */
  #target() {
    const list = unlocked(this.editor);
    return list.length === 1 ? list : [];
  }

  #size() {
    const { imageWidth: width, imageHeight: height } = this.editor.stage.viewport;
    return { width, height };
  }

  /** @param {CanvasRenderingContext2D} context @param {Viewport} v */
  paint(context, v) {
    if (!this.#drag) return;
    context.save();
    context.translate(v.x, v.y);
    context.scale(v.scale, v.scale);
    context.fillStyle = this.#drag.start.negative ? 'rgb(255 97 97 / 0.5)' : 'rgb(76 159 255 / 0.5)';
    context.fill(this.#drag.shape.path(v.scale), 'evenodd');
    context.restore();
  }
}
