/** Pointer events to tool calls: mouse, pen and touch. Space or the middle button pans, the wheel
 *  zooms, two fingers pinch and pan, a long press is a negative click. */

/** @import { Editor, ToolEvent } from '../editor.js' */
/** @import { Point } from '../core/geometry.js' */
import { distance } from '../core/geometry.js';
import { pan, toImage, zoomAt } from '../view/viewport.js';

const LONG_PRESS_MS = 450;
const STILL = 8;
const DOUBLE_MS = 350;

/** Is it on a bar or panel over the photo? @param {Event} event */
const isFloating = ({ target }) => target instanceof Element && target.closest('[data-floating]') !== null;

export class PointerInput {
  /** @type {Map<number, Point>} */
  #touches = new Map();
  /** @type {'tool' | 'pan' | 'pinch' | null} */
  #mode = null;
  /** @type {Point} */
  #last = { x: 0, y: 0 };
  #longPress = 0;
  /** @type {{ time: number, at: Point } | null} */
  #lastClick = null;
  #negative = false;
  spaceHeld = false;

  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
    const { host } = editor.stage;
    host.addEventListener('pointerdown', (event) => this.#down(event));
    host.addEventListener('pointermove', (event) => this.#move(event));
    host.addEventListener('pointerup', (event) => this.#up(event));
    host.addEventListener('pointercancel', (event) => this.#cancel(event));
    host.addEventListener('pointerleave', (event) => this.#leave(event));
    host.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      if (!isFloating(event)) editor.tools.armed.menu?.(this.#toolEvent(/** @type {PointerEvent} */ (event)));
    });
    host.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
  }

  /** Shows which gesture the next press starts. */
  updateCursor() {
    const { host } = this.editor.stage;
    host.style.cursor = this.#mode === 'pan' ? 'grabbing' : this.spaceHeld ? 'grab' : this.editor.tools.armed.cursor;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (isFloating(event)) return;
    const { host } = this.editor.stage;
    host.setPointerCapture(event.pointerId);
    host.focus({ preventScroll: true });
    const at = this.#point(event);
    if (event.pointerType === 'touch') this.#touches.set(event.pointerId, at);
    if (this.#touches.size === 2) return this.#startPinch();
    if (this.#mode) return;
    this.#last = at;
    const pans = event.button === 1 || (event.button === 0 && this.spaceHeld) || this.editor.tools.armed.id === 'pan';
    this.#mode = pans ? 'pan' : 'tool';
    this.updateCursor();
    if (pans) return event.preventDefault();
    this.#negative = event.button === 2 || event.shiftKey || event.altKey;
    if (event.pointerType === 'touch') this.#armLongPress(event);
    this.editor.tools.armed.down?.(this.#toolEvent(event, this.#isDouble(at)));
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = this.#point(event);
    if (this.#mode === 'pinch') return this.#pinch(event.pointerId, at);
    if (this.#touches.has(event.pointerId)) this.#touches.set(event.pointerId, at);
    if (this.#mode === 'pan') {
      this.editor.stage.viewport = pan(this.editor.stage.viewport, at.x - this.#last.x, at.y - this.#last.y);
      this.#last = at;
    } else if (this.#mode === 'tool') {
      if (distance(at, this.#last) > STILL) clearTimeout(this.#longPress);
      // A fast pen reports several places per frame; strokes want them all.
      const all = event.getCoalescedEvents?.() ?? [];
      for (const one of all.length > 0 ? all : [event]) this.editor.tools.armed.move?.(this.#toolEvent(one));
    } else if (event.pointerType !== 'touch') {
      // Over a bar or panel the pointer is not on the photo.
      this.editor.tools.armed.hover?.(isFloating(event) ? null : this.#toolEvent(event));
      this.updateCursor();
    }
  }

  /** @param {PointerEvent} event */
  #up(event) {
    clearTimeout(this.#longPress);
    this.#touches.delete(event.pointerId);
    const mode = this.#mode;
    if (mode === 'pinch' && this.#touches.size > 0) return;
    this.#mode = null;
    if (mode === 'tool') this.editor.tools.armed.up?.(this.#toolEvent(event));
    this.updateCursor();
  }

  /** @param {PointerEvent} event */
  #cancel(event) {
    clearTimeout(this.#longPress);
    this.#touches.delete(event.pointerId);
    if (this.#mode === 'tool') this.editor.tools.armed.abort?.();
    this.#mode = null;
    this.updateCursor();
  }

  /** @param {PointerEvent} event */
  #leave(event) {
    if (!this.#mode && event.pointerType !== 'touch') this.editor.tools.armed.hover?.(null);
  }

  #startPinch() {
    clearTimeout(this.#longPress);
    if (this.#mode === 'tool') this.editor.tools.armed.abort?.();
    this.#mode = 'pinch';
  }

  /**
   * Two fingers: the image points under them stay under them.
   * @param {number} id
   * @param {Point} to
   */
  #pinch(id, to) {
    const from = this.#touches.get(id);
    const other = [...this.#touches].find(([key]) => key !== id)?.[1];
    if (!from || !other) return;
    const middle = { x: (from.x + other.x) / 2, y: (from.y + other.y) / 2 };
    const factor = distance(to, other) / Math.max(1, distance(from, other));
    const moved = pan(this.editor.stage.viewport, (to.x - from.x) / 2, (to.y - from.y) / 2);
    this.editor.stage.viewport = zoomAt(moved, factor, middle);
    this.#touches.set(id, to);
  }

  /** @param {PointerEvent} event */
  #armLongPress(event) {
    this.#longPress = window.setTimeout(() => {
      this.#negative = true;
      this.editor.tools.armed.abort?.();
      this.editor.tools.armed.down?.(this.#toolEvent(event));
      navigator.vibrate?.(15);
    }, LONG_PRESS_MS);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    if (isFloating(event)) return;
    event.preventDefault();
    const steps = (event.deltaY || event.deltaX) * (event.deltaMode === 1 ? 33 : event.deltaMode === 2 ? 400 : 1);
    if (event.altKey) {
      const { armed } = this.editor.tools;
      if (armed.wheel) armed.wheel(steps > 0 ? 1 : -1);
      else armed.cycle?.(steps > 0 ? 1 : -1);
      return;
    }
    // A pinch on a trackpad arrives as a wheel with Ctrl and small steps.
    const speed = event.ctrlKey ? 0.01 : 0.0018;
    this.editor.stage.viewport = zoomAt(
      this.editor.stage.viewport,
      Math.exp(-Math.max(-300, Math.min(300, steps)) * speed),
      this.#point(event),
    );
  }

  /** @param {Point} at */
  #isDouble(at) {
    const now = performance.now();
    const double =
      this.#lastClick !== null && now - this.#lastClick.time < DOUBLE_MS && distance(at, this.#lastClick.at) < STILL;
    this.#lastClick = double ? null : { time: now, at };
    return double;
  }

  /** @param {MouseEvent} event @returns {Point} */
  #point(event) {
    const rect = this.editor.stage.host.getBoundingClientRect();
    return { x: event.clientX - rect.left, y: event.clientY - rect.top };
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} [double]
   * @returns {ToolEvent}
   */
  #toolEvent(event, double = false) {
    const screen = this.#point(event);
    return {
      screen,
      image: toImage(this.editor.stage.viewport, screen),
      negative: this.#negative,
      shift: event.shiftKey,
      alt: event.altKey,
      ctrl: event.ctrlKey || event.metaKey,
      pressure: event.pressure,
      pointerType: event.pointerType,
      double,
    };
  }
}
