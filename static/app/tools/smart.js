/** The smart tool: clicks and boxes become a mask. Left adds, Shift/Alt/right subtracts, a drag is
 *  a box, a click on a point removes it where the cursor says so, a drag of a point moves it. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor, Tool, ToolEvent } from '../editor.js' */
/** @import { Drag } from './types.d.ts' */
/** @import { Viewport } from '../view/viewport.js' */
import { distance } from '../core/geometry.js';
import { insideImage } from '../view/viewport.js';
import { createHover } from './hover.js';
import { shownCandidates } from './prompt.js';
import { PromptSession } from './prompt_session.js';
import { applyDrag, beginDrag, draggedBox, pointAt } from './smart_drag.js';
import { paintPrompt } from './smart_paint.js';
import { showCandidate, showPrompt } from './smart_show.js';

/** A pointer that moved less is a click. */
const DRAG_FROM = 5;

/** @implements {Tool} */
export class SmartTool {
  /** @type {Tool['id']} */
  id = 'smart';
  /** @type {Drag | null} */
  #drag = null;
  /** The point that the cursor offers to remove, or -1. */
  #offered = -1;
  /** @type {ToolEvent | null} */
  #pointer = null;

  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.prompt = new PromptSession(editor, () => this.#refresh());
    this.hovering = createHover(editor, (item) => {
      if (this.prompt.empty) showCandidate(editor, item);
    });
  }

  /** Says beforehand whether a click removes a point or makes one. */
  get cursor() {
    return this.#offered >= 0 ? 'pointer' : 'crosshair';
  }

  /** What the options bar and the painter need to know. */
  get view() {
    const { step, deciding, postponed, empty, refined } = this.prompt;
    return {
      step,
      drag: this.#drag,
      pointer: this.#pointer,
      decoding: deciding,
      postponed,
      empty,
      refining: refined !== null,
      shown: step.answer ? shownCandidates(step, step.answer) : [],
      previewBox: draggedBox(step.box, this.#drag, this.editor.stage.viewport),
    };
  }

  /** @param {ToolEvent} event */
  down(event) {
    this.#pointer = event;
    this.hovering.stop();
    this.#drag = beginDrag(this.prompt.step, event, this.editor.stage.viewport, this.#offered);
    this.#repaint();
  }

  /** @param {ToolEvent} event */
  move(event) {
    this.#pointer = event;
    if (!this.#drag) return;
    this.#drag.at = event.image;
    this.#drag.moved ||= distance(this.#drag.start.screen, event.screen) >= DRAG_FROM;
    this.#repaint();
  }

  /** @param {ToolEvent} event */
  up(event) {
    const drag = this.#drag;
    if (!drag) return;
    this.move(event);
    const next = applyDrag(this.prompt.history, drag, this.editor.stage.viewport);
    this.#drag = null;
    this.#offered = -1;
    if (next) this.prompt.change(next, event.ctrl);
    else this.#repaint();
  }

  /** @param {ToolEvent | null} event */
  hover(event) {
    this.#pointer = event;
    this.#offered = event ? pointAt(this.prompt.step, this.editor.stage.viewport, event.screen) : -1;
    if (event && this.prompt.empty && insideImage(this.editor.stage.viewport, event.image))
      this.hovering.at(event.image);
    else this.hovering.stop();
    this.#repaint();
  }

  abort() {
    this.#drag = null;
    this.#repaint();
  }

  release() {
    this.prompt.release();
  }

  /** @param {1 | -1} direction */
  cycle(direction) {
    const { shown, step } = this.view;
    if (shown.length === 0) return false;
    const place = shown.indexOf(step.chosen);
    this.prompt.choose(shown[(place + direction + shown.length) % shown.length] ?? 0);
    return true;
  }

  undo() {
    const done = this.prompt.undo();
    if (done && this.prompt.empty) this.hovering.stop();
    return done;
  }

  redo() {
    return this.prompt.redo();
  }

  cancel() {
    if (this.#drag) {
      this.abort();
      return true;
    }
    if (this.prompt.empty) return false;
    this.reset();
    return true;
  }

  /** Starts over without a trace. */
  reset() {
    this.#drag = null;
    this.hovering.stop();
    this.prompt.reset();
  }

  finish() {
    return this.prompt.finish();
  }

  keep() {
    return this.prompt.keep();
  }

  /** Clicks from now on correct this object's mask. @param {Annotation} annotation */
  refine(annotation) {
    this.#drag = null;
    this.hovering.stop();
    return this.prompt.refine(annotation);
  }

  /** Takes up the prompt a reload interrupted. */
  enter() {
    this.prompt.restore();
    this.#refresh();
  }

  leave() {
    this.hovering.stop();
    this.#drag = null;
    showCandidate(this.editor, null);
    this.editor.session.set({ editing: false, replacing: null });
    this.#repaint();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Viewport} v
   */
  paint(context, v) {
    const hovered = this.#pointer ? pointAt(this.prompt.step, v, this.#pointer.screen) : -1;
    paintPrompt(context, v, this.view, hovered, this.editor.stage.host);
  }

  #refresh() {
    if (this.editor.session.state.tool === 'smart') showPrompt(this.editor, this.prompt.history, this.prompt.refined);
  }

  #repaint() {
    this.editor.stage.invalidate('overlay');
  }
}
