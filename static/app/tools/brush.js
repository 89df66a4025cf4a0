/** Brush and eraser. A stroke is one gesture: it grows or trims the selected object, or starts a
 *  new one. Size is in screen pixels: zoom in for fine work. */

/** @import { Editor, Tool, ToolEvent, ToolId } from '../editor.js' */
/** @import { Dab } from '../core/raster.js' */
/** @import { Viewport } from '../view/viewport.js' */
import { fillStroke } from '../core/raster.js';
import { subtract, union } from '../core/runs.js';
import { extendPath, pressedRadius, smoothPath } from '../core/stroke.js';
import { drawRing, readPalette } from '../view/glyphs.js';
import { rleOf, shapeOf } from '../view/shapes.js';
import { StrokePreview } from '../view/stroke_preview.js';
import { toScreen } from '../view/viewport.js';
import { atWork } from './active_time.js';
import { unlocked } from './object_verbs.js';

const [SMALLEST, LARGEST] = [2, 400];

/** @implements {Tool} */
export class BrushTool {
  cursor = 'none';
  /** @type {Dab[]} */
  #path = [];
  #erasing = false;
  #preview = new StrokePreview();
  /** @type {ToolEvent | null} */
  #pointer = null;
  #startedAt = 0;
  /** What was begun here, for the digit that comes after Enter. @type {string[]} */
  #made = [];

  /** @param {Editor} editor @param {Extract<ToolId, 'brush' | 'eraser'>} id */
  constructor(editor, id) {
    this.editor = editor;
    this.id = id;
  }

  /** @param {ToolEvent} event */
  down(event) {
    // A right or Shift drag does the opposite of the armed tool.
    this.#erasing = (this.id === 'eraser') !== event.negative;
    this.#path = [];
    this.#preview.reset();
    this.#startedAt = atWork();
    if (this.#erasing && unlocked(this.editor).length === 0) this.#pickUnder(event);
    this.move(event);
  }

  /** @param {ToolEvent} event */
  move(event) {
    this.#pointer = event;
    const radius = pressedRadius(this.editor.session.state.brushSize / 2 / this.editor.stage.viewport.scale, event);
    extendPath(this.#path, { x: event.image.x, y: event.image.y, radius });
    this.editor.stage.invalidate('overlay');
  }

  /** @param {ToolEvent} event */
  up(event) {
    this.move(event);
    const path = smoothPath(this.#path);
    this.#path = [];
    this.#apply(path);
    this.editor.stage.invalidate('overlay');
  }

  abort() {
    this.#path = [];
    this.editor.stage.invalidate('overlay');
  }

  /** @param {ToolEvent | null} event */
  hover(event) {
    this.#pointer = event;
    this.editor.stage.invalidate('overlay');
  }

  leave() {
    this.#pointer = null;
  }

  /** The object is finished: the next stroke starts a new one. */
  finish() {
    const { selection } = this.editor.session.state;
    const cancelled = this.cancel();
    if (cancelled) this.editor.session.set({ made: selection.filter((id) => this.#made.includes(id)) });
    return cancelled;
  }

  cancel() {
    if (this.#path.length > 0) {
      this.abort();
      return true;
    }
    if (this.editor.session.state.selection.length === 0) return false;
    this.editor.session.set({ selection: [] });
    return true;
  }

  /** @param {1 | -1} direction */
  wheel(direction) {
    this.resize(direction < 0 ? 1.15 : 1 / 1.15);
  }

  /** @param {number} factor */
  resize(factor) {
    const size = this.editor.session.state.brushSize;
    const next =
      factor > 1 ? Math.max(size + 1, Math.round(size * factor)) : Math.min(size - 1, Math.round(size * factor));
    this.editor.session.set({ brushSize: Math.min(LARGEST, Math.max(SMALLEST, next)) });
    this.editor.stage.invalidate('overlay');
  }

  /** @param {ToolEvent} event */
  #pickUnder(event) {
    const under = this.editor.objects.at(event.image);
    if (under && !under.locked) this.editor.session.set({ selection: [under.id] });
  }

  /** @param {Dab[]} path */
  #apply(path) {
    const { editor } = this;
    const { imageWidth: width, imageHeight: height } = editor.stage.viewport;
    const stroke = fillStroke(path, { width, height });
    const targets = unlocked(editor);
    if (stroke.length === 0) return;
    if (this.#erasing) {
      const trimmed = targets.map(({ id, rle }) => ({ id, runs: subtract(shapeOf(rle).runs, stroke) }));
      if (targets.length > 0) editor.objects.reshape(trimmed, 'Erase');
      else editor.notify({ message: 'Select an object first, or start the stroke on one.' });
    } else if (targets.length === 1 && targets[0]) {
      editor.objects.reshape([{ id: targets[0].id, runs: union(shapeOf(targets[0].rle).runs, stroke) }], 'Brush');
    } else {
      const seconds = Math.round((atWork() - this.#startedAt) / 100) / 10;
      const ids = editor.objects.add(
        [{ rle: rleOf(stroke, { width, height }), label: editor.session.state.label, seconds, clicks: 1 }],
        'Brush',
      );
      this.#made = ids;
      editor.session.set({ selection: ids });
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Viewport} v */
  paint(context, v) {
    const palette = readPalette(this.editor.stage.host);
    const color = this.#color(palette);
    if (this.#path.length > 0) this.#preview.paint(context, v, this.#path, color);
    if (!this.#pointer) return;
    const radius = this.#path.at(-1)?.radius ?? this.editor.session.state.brushSize / 2 / v.scale;
    drawRing(context, toScreen(v, this.#pointer.image), radius * v.scale, '#ffffff');
  }

  /** @param {{ negative: string }} palette */
  #color(palette) {
    if (this.#erasing && this.#path.length > 0) return palette.negative;
    const wanted = unlocked(this.editor)[0]?.label ?? this.editor.session.state.label;
    return this.editor.labels.find(({ id }) => id === wanted)?.color ?? '#4c9fff';
  }
}
