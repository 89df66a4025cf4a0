/** Rectangle: drag one; it is a polygon of four corners, so its corners can be edited later. */

/** @import { Box } from '../types.js' */
/** @import { Editor, Tool, ToolEvent } from '../editor.js' */
/** @import { Viewport } from '../view/viewport.js' */
import { boxFromCorners } from '../core/geometry.js';
import { fillPolygon } from '../core/raster.js';
import { drawBox, readPalette } from '../view/glyphs.js';
import { rleOf } from '../view/shapes.js';

/** @implements {Tool} */
export class RectangleTool {
  /** @type {Tool['id']} */
  id = 'box';
  cursor = 'crosshair';
  /** @type {ToolEvent | null} */
  #start = null;
  /** @type {Box | null} */
  #box = null;

  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
  }

  /** @param {ToolEvent} event */
  down(event) {
    this.#start = event;
    this.#box = null;
  }

  /** @param {ToolEvent} event */
  move(event) {
    if (!this.#start) return;
    const { imageWidth, imageHeight } = this.editor.stage.viewport;
    this.#box = boxFromCorners(this.#start.image, event.image, imageWidth, imageHeight);
    this.editor.stage.invalidate('overlay');
  }

  /** @param {ToolEvent} event */
  up(event) {
    this.move(event);
    const box = this.#box;
    this.abort();
    if (!box) return;
    const [x0, y0, x1, y1] = /** @type {Box} */ (box.map(Math.round));
    const { imageWidth: width, imageHeight: height } = this.editor.stage.viewport;
    /** @type {[number, number][][]} */
    const rings = [
      [
        [x0, y0],
        [x1, y0],
        [x1, y1],
        [x0, y1],
      ],
    ];
    const runs = fillPolygon(rings, { width, height });
    if (runs.length === 0) return;
    const made = this.editor.objects.add(
      [
        {
          rle: rleOf(runs, { width, height }),
          shape: { type: 'polygon', rings },
          label: this.editor.session.state.label,
          clicks: 1,
        },
      ],
      'Rectangle',
    );
    this.editor.session.set({ selection: [], made });
  }

  abort() {
    this.#start = null;
    this.#box = null;
    this.editor.stage.invalidate('overlay');
  }

  cancel() {
    if (!this.#start) return false;
    this.abort();
    return true;
  }

  /** @param {CanvasRenderingContext2D} context @param {Viewport} v */
  paint(context, v) {
    if (this.#box) drawBox(context, this.#box, v, readPalette(this.editor.stage.host));
  }
}
