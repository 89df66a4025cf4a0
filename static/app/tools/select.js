/** Select: click an object, Shift adds, drag over empty ground selects what lies in the frame, a right click shows the
 *  menu of an object. */

/** @import { Box } from '../types.js' */
/** @import { Editor, Tool, ToolEvent } from '../editor.js' */
import { boxFromCorners, distance } from '../core/geometry.js';
import { drawBox, readPalette } from '../view/glyphs.js';
import { boxOf } from './objects.js';

const DRAG_FROM = 5;

/** @implements {Tool} */
export class SelectTool {
  /** @type {Tool['id']} */
  id = 'select';
  cursor = 'default';
  /** @type {ToolEvent | null} */
  #start = null;
  /** @type {Box | null} */
  #frame = null;

  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
  }

  /** @param {ToolEvent} event */
  down(event) {
    // The right button is the menu's.
    if (!event.negative || event.shift || event.alt) this.#start = event;
  }

  /** @param {ToolEvent} event */
  menu(event) {
    const { session, objects, run } = this.editor;
    const id = objects.at(event.image)?.id;
    if (!id) return;
    if (!session.state.selection.includes(id)) session.set({ selection: [id] });
    run('object.menu');
  }

  /** @param {ToolEvent} event */
  move(event) {
    if (!this.#start || (!this.#frame && distance(this.#start.screen, event.screen) < DRAG_FROM)) return;
    const { imageWidth, imageHeight } = this.editor.stage.viewport;
    this.#frame = boxFromCorners(this.#start.image, event.image, imageWidth, imageHeight);
    this.editor.stage.invalidate('overlay');
  }

  /** @param {ToolEvent} event */
  up(event) {
    if (this.#frame) this.#selectFrame(this.#frame, event.shift);
    else if (this.#start) this.#selectAt(event);
    this.abort();
  }

  abort() {
    this.#start = null;
    this.#frame = null;
    this.editor.stage.invalidate('overlay');
  }

  /** @param {ToolEvent | null} event */
  hover(event) {
    this.editor.session.set({ hovered: event ? (this.editor.objects.at(event.image)?.id ?? null) : null });
  }

  leave() {
    this.editor.session.set({ hovered: null });
  }

  cancel() {
    if (this.editor.session.state.selection.length === 0) return false;
    this.editor.session.set({ selection: [] });
    return true;
  }

  /** @param {ToolEvent} event */
  #selectAt(event) {
    const { session } = this.editor;
    const id = this.editor.objects.at(event.image)?.id;
    const { selection } = session.state;
    if (!id) {
      if (!event.shift) session.set({ selection: [] });
    } else if (event.shift || event.ctrl) {
      session.set({
        selection: selection.includes(id) ? selection.filter((other) => other !== id) : [...selection, id],
      });
    } else {
      session.set({ selection: [id] });
    }
  }

  /** @param {Box} frame @param {boolean} add */
  #selectFrame(frame, add) {
    const { session, objects } = this.editor;
    const inside = objects
      .ordered()
      .filter((a) => !a.hidden && within(boxOf(a), frame))
      .map(({ id }) => id);
    session.set({ selection: [...new Set([...(add ? session.state.selection : []), ...inside])] });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Parameters<typeof drawBox>[2]} v
   */
  paint(context, v) {
    if (this.#frame) drawBox(context, this.#frame, v, readPalette(this.editor.stage.host));
  }
}

/** @param {Box} inner @param {Box} outer */
function within(inner, outer) {
  return inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3];
}
