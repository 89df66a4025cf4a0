/** Polygon: click corners, close on the first one or with Enter. With a polygon-made object
 *  selected its corners can be dragged, added on an edge and removed. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor, Tool, ToolEvent } from '../editor.js' */
/** @import { Point } from '../core/geometry.js' */
/** @import { Viewport } from '../view/viewport.js' */
import { distance } from '../core/geometry.js';
import { fillPolygon } from '../core/raster.js';
import { readPalette } from '../view/glyphs.js';
import { rleOf } from '../view/shapes.js';
import { toScreen } from '../view/viewport.js';
import { atWork } from './active_time.js';
import { unlocked } from './object_verbs.js';
import { paintDraft, paintRings } from './polygon_paint.js';
import { edgeAt, insertVertex, moveVertex, removeVertex, vertexAt } from './polygon_edit.js';

const CLOSE_REACH = 10;

/** @typedef {[number, number][][]} Rings */

/** @implements {Tool} */
export class PolygonTool {
  /** @type {Tool['id']} */
  id = 'polygon';
  cursor = 'crosshair';
  /** @type {[number, number][]} corners of the polygon being drawn */
  #draft = [];
  /** @type {[number, number][]} corners taken back, for redo */
  #undone = [];
  /** @type {{ id: string, rings: Rings, ring: number, index: number } | null} */
  #drag = null;
  /** @type {ToolEvent | null} */
  #pointer = null;
  #startedAt = 0;

  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
  }

  get drawing() {
    return this.#draft.length > 0;
  }

  /** @param {ToolEvent} event */
  down(event) {
    this.#pointer = event;
    const edited = this.#edited();
    if (!this.drawing && edited && this.#grab(edited, event)) return;
    const [first] = this.#draft;
    const closes =
      first &&
      this.#draft.length > 2 &&
      distance(toScreen(this.editor.stage.viewport, { x: first[0], y: first[1] }), event.screen) < CLOSE_REACH;
    if (closes || (event.double && this.#draft.length > 2)) this.finish();
    else if (event.negative) this.undo();
    else this.#add(event.image);
  }

  /** @param {ToolEvent} event */
  move(event) {
    this.#pointer = event;
    if (this.#drag)
      this.#drag.rings = moveVertex(this.#drag.rings, this.#drag.ring, this.#drag.index, this.#inside(event.image));
    this.#repaint();
  }

  /** @param {ToolEvent} event */
  up(event) {
    const drag = this.#drag;
    if (!drag) return;
    this.move(event);
    this.#drag = null;
    this.editor.session.set({ replacing: null });
    this.#store(drag.id, drag.rings, 'Move corner');
  }

  abort() {
    this.#drag = null;
    this.editor.session.set({ replacing: null });
    this.#repaint();
  }

  /** @param {ToolEvent | null} event */
  hover(event) {
    this.#pointer = event;
    this.#repaint();
  }

  finish() {
    if (this.#draft.length < 3) return false;
    const { imageWidth: width, imageHeight: height } = this.editor.stage.viewport;
    const rings = [this.#draft];
    const runs = fillPolygon(rings, { width, height });
    const [seconds, clicks] = [Math.round((atWork() - this.#startedAt) / 100) / 10, this.#draft.length];
    this.#clear();
    if (runs.length === 0) {
      this.editor.notify({ message: 'This polygon covers no pixel, so nothing was added.', kind: 'warning' });
      return true;
    }
    const made = this.editor.objects.add(
      [
        {
          rle: rleOf(runs, { width, height }),
          shape: { type: 'polygon', rings },
          label: this.editor.session.state.label,
          seconds,
          clicks,
        },
      ],
      'Polygon',
    );
    this.editor.session.set({ selection: [], made });
    return true;
  }

  cancel() {
    if (!this.drawing) return false;
    this.#clear();
    return true;
  }

  reset() {
    this.#clear();
    this.#drag = null;
  }

  undo() {
    const corner = this.#draft.pop();
    if (!corner) return false;
    this.#undone.push(corner);
    this.#refresh();
    return true;
  }

  redo() {
    const corner = this.#undone.pop();
    if (!corner) return false;
    this.#draft.push(corner);
    this.#refresh();
    return true;
  }

  /** Delete takes the last corner back while drawing. */
  remove() {
    return this.undo();
  }

  /** @type {NonNullable<Tool['keep']>} */
  async keep() {
    return this.finish() ? 'kept' : null;
  }

  /** Corners are work: what can be a polygon is one. */
  leave() {
    this.finish();
    this.reset();
    this.editor.session.set({ replacing: null });
  }

  /** @param {Point} at */
  #add(at) {
    if (this.#draft.length === 0) this.#startedAt = atWork();
    const { x, y } = this.#inside(at);
    this.#draft.push([x, y]);
    this.#undone = [];
    this.#refresh();
  }

  /**
   * Takes hold of a corner or makes one on an edge; a negative click removes the corner.
   * @param {Annotation} annotation
   * @param {ToolEvent} event
   */
  #grab(annotation, event) {
    const rings = annotation.shape?.rings ?? [];
    const v = this.editor.stage.viewport;
    const vertex = vertexAt(rings, v, event.screen);
    if (vertex && event.negative) {
      this.#store(annotation.id, removeVertex(rings, vertex.ring, vertex.index), 'Remove corner');
      return true;
    }
    const edge = vertex ? null : edgeAt(rings, v, event.screen);
    if (!vertex && !edge) return false;
    this.#drag = vertex
      ? { id: annotation.id, rings, ...vertex }
      : {
          id: annotation.id,
          rings: insertVertex(rings, edge?.ring ?? 0, edge?.index ?? 0, event.image),
          ring: edge?.ring ?? 0,
          index: (edge?.index ?? 0) + 1,
        };
    this.editor.session.set({ replacing: annotation.id });
    return true;
  }

  /** @param {string} id @param {Rings} rings @param {string} name */
  #store(id, rings, name) {
    const { imageWidth: width, imageHeight: height } = this.editor.stage.viewport;
    this.editor.objects.reshape(
      [{ id, runs: fillPolygon(rings, { width, height }), shape: { type: 'polygon', rings } }],
      name,
    );
    this.#repaint();
  }

  /** The one selected object, when it is a polygon that may be changed. @returns {Annotation | null} */
  #edited() {
    const [only, ...more] = unlocked(this.editor);
    return only?.shape && more.length === 0 ? only : null;
  }

  /** @param {CanvasRenderingContext2D} context @param {Viewport} v */
  paint(context, v) {
    const palette = readPalette(this.editor.stage.host);
    const rings = this.#drag?.rings ?? this.#edited()?.shape?.rings;
    if (rings && !this.drawing) paintRings(context, v, rings, palette, this.#pointer?.screen ?? null);
    if (this.drawing) paintDraft(context, v, this.#draft, this.#pointer?.image ?? null, palette, CLOSE_REACH);
  }

  /** @param {Point} point */
  #inside({ x, y }) {
    const { imageWidth, imageHeight } = this.editor.stage.viewport;
    return { x: Math.min(Math.max(x, 0), imageWidth), y: Math.min(Math.max(y, 0), imageHeight) };
  }

  #clear() {
    this.#draft = [];
    this.#undone = [];
    this.#refresh();
  }

  #refresh() {
    this.editor.session.set({ editing: this.drawing });
    this.editor.session.tick();
    this.#repaint();
  }

  #repaint() {
    this.editor.stage.invalidate('overlay');
  }
}
