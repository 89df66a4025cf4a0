/** The smart tool: clicks and boxes become a mask. Left adds, Shift/Alt/right subtracts, a drag is
 *  a box, a click on a point removes it, a drag of a point moves it. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor, Tool, ToolEvent } from '../editor.js' */
/** @import { PromptHistory } from './prompt.js' */
/** @import { Drag } from './smart_drag.js' */
/** @import { Viewport } from '../view/viewport.js' */
import { distance } from '../core/geometry.js';
import { insideImage } from '../view/viewport.js';
import { createHover } from './hover.js';
import * as prompts from './prompt.js';
import { recallPrompt, rememberPrompt } from './prompt_memory.js';
import { commitPrompt } from './smart_commit.js';
import { applyDrag, beginDrag, draggedBox, pointAt } from './smart_drag.js';
import { paintPrompt } from './smart_paint.js';
import { showCandidate, showPrompt } from './smart_show.js';

/** A pointer that moved less is a click. */
const DRAG_FROM = 5;

/** @implements {Tool} */
export class SmartTool {
  /** @type {Tool['id']} */
  id = 'smart';
  cursor = 'crosshair';
  /** @type {PromptHistory} */
  #history = prompts.emptyPrompt();
  /** @type {Drag | null} */
  #drag = null;
  /** @type {Annotation | null} object whose mask is being refined */
  #refined = null;
  /** @type {ToolEvent | null} */
  #pointer = null;
  #postponed = false;
  #decoding = 0;
  #clicks = 0;
  #startedAt = 0;

  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.hovering = createHover(editor, (item) => this.#showHover(item));
    editor.segmenter.onStatus(({ state }) => {
      // What was asked while the photo was being prepared, or as the decoder crashed, is answered now.
      if (state === 'ready' && this.#decoding === 0 && editor.session.state.tool === 'smart' && !this.#postponed) void this.#decode();
    });
  }

  /** What the options bar and the painter need to know. */
  get view() {
    const step = prompts.currentStep(this.#history);
    return {
      step, drag: this.#drag, pointer: this.#pointer, decoding: this.#decoding > 0, postponed: this.#postponed,
      empty: prompts.isEmpty(this.#history) && !this.#refined, refining: this.#refined !== null,
      shown: step.answer ? prompts.shownCandidates(step, step.answer) : [],
      previewBox: draggedBox(step.box, this.#drag, this.editor.stage.viewport),
    };
  }

  /** @param {ToolEvent} event */
  down(event) {
    this.#pointer = event;
    this.hovering.stop();
    this.#drag = beginDrag(prompts.currentStep(this.#history), event, this.editor.stage.viewport);
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
    const next = applyDrag(this.#history, drag, this.editor.stage.viewport);
    this.#drag = null;
    if (next) this.#change(next, event.ctrl);
    else this.#repaint();
  }

  /** @param {ToolEvent | null} event */
  hover(event) {
    this.#pointer = event;
    const { viewport } = this.editor.stage;
    const idle = prompts.isEmpty(this.#history) && !this.#refined;
    if (event && idle && insideImage(viewport, event.image)) this.hovering.at(event.image);
    else this.hovering.stop();
    this.#repaint();
  }

  abort() {
    this.#drag = null;
    this.#repaint();
  }

  /**
   * @param {PromptHistory} next
   * @param {boolean} [postpone] Ctrl is held: wait for more points
   */
  #change(next, postpone = false) {
    if (this.#clicks++ === 0) this.#startedAt ||= performance.now();
    this.#history = next;
    this.#postponed = postpone;
    rememberPrompt(this.editor, prompts.currentStep(next));
    if (!postpone) void this.#decode();
    this.#refresh();
  }

  async #decode() {
    const asked = prompts.currentStep(this.#history);
    if (asked.answer || (asked.points.length === 0 && !asked.box)) return;
    if (['loading', 'waiting'].includes(this.editor.segmenter.status.state)) return;
    this.#decoding++;
    try {
      const answer = await this.editor.segmenter.decode(prompts.toPrompt(this.#history));
      if (answer) this.#history = prompts.answerStep(this.#history, asked, answer);
    } catch (error) {
      this.#tell(error);
    } finally {
      this.#decoding--;
      this.#refresh();
    }
  }

  release() {
    if (!this.#postponed) return;
    this.#postponed = false;
    void this.#decode();
    this.#refresh();
  }

  /** @param {1 | -1} direction */
  cycle(direction) {
    const { shown, step } = this.view;
    if (shown.length === 0) return false;
    const place = shown.indexOf(step.chosen);
    this.choose(shown[(place + direction + shown.length) % shown.length] ?? 0);
    return true;
  }

  /** @param {number} index of the candidate */
  choose(index) {
    this.#history = prompts.choose(this.#history, index);
    this.#refresh();
  }

  undo() {
    if (!prompts.canUndo(this.#history)) return false;
    this.#history = prompts.undo(this.#history);
    if (prompts.isEmpty(this.#history) && !this.#refined) this.hovering.stop();
    this.#recall();
    return true;
  }

  redo() {
    if (!prompts.canRedo(this.#history)) return false;
    this.#history = prompts.redo(this.#history);
    this.#recall();
    return true;
  }

  #recall() {
    rememberPrompt(this.editor, prompts.currentStep(this.#history));
    void this.#decode();
    this.#refresh();
  }

  cancel() {
    if (this.#drag) {
      this.abort();
      return true;
    }
    if (prompts.isEmpty(this.#history) && !this.#refined) return false;
    this.reset();
    return true;
  }

  /** Starts over without a trace. */
  reset() {
    this.#history = prompts.emptyPrompt();
    this.#refined = null;
    this.#drag = null;
    this.#clicks = 0;
    this.#startedAt = 0;
    this.#postponed = false;
    this.hovering.stop();
    rememberPrompt(this.editor, prompts.currentStep(this.#history));
    this.#refresh();
  }

  finish() {
    const candidate = prompts.chosenCandidate(this.#history);
    if (!candidate) return this.#decoding > 0 || !prompts.isEmpty(this.#history);
    const effort = { seconds: this.#startedAt ? (performance.now() - this.#startedAt) / 1000 : 0, clicks: this.#clicks };
    const prompt = { candidate, step: prompts.currentStep(this.#history), refined: this.#refined, effort };
    commitPrompt(this.editor, prompt, () => this.reset()).catch((error) => this.#tell(error));
    return true;
  }

  /**
   * Clicks from now on correct this object's mask.
   * @param {Annotation} annotation
   */
  async refine(annotation) {
    try {
      const logits = await this.editor.segmenter.logitsFromRle(annotation.rle);
      this.reset();
      this.#refined = annotation;
      this.#history = prompts.emptyPrompt(logits);
      this.#startedAt = performance.now();
      this.#refresh();
    } catch (error) {
      this.#tell(error);
    }
  }

  /** Takes up the prompt a reload interrupted. */
  enter() {
    this.restore();
    this.#refresh();
  }

  restore() {
    const saved = recallPrompt(this.editor);
    if (!saved || !prompts.isEmpty(this.#history)) return;
    let history = prompts.emptyPrompt();
    if (saved.box) history = prompts.setBox(history, saved.box);
    for (const point of saved.points) history = prompts.addPoint(history, point);
    this.#change(history);
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
    const hovered = this.#pointer ? pointAt(prompts.currentStep(this.#history), v, this.#pointer.screen) : -1;
    paintPrompt(context, v, this.view, hovered, this.editor.stage.host);
  }

  /** @param {Parameters<Editor['stage']['candidate']['set']>[0]} item */
  #showHover(item) {
    if (prompts.isEmpty(this.#history) && !this.#refined) showCandidate(this.editor, item);
  }

  #refresh() {
    if (this.editor.session.state.tool === 'smart') showPrompt(this.editor, this.#history, this.#refined);
  }

  /** @param {unknown} error */
  #tell(error) {
    this.editor.notify({ message: error instanceof Error ? error.message : String(error), kind: 'error' });
  }

  #repaint() {
    this.editor.stage.invalidate('overlay');
  }
}
