/** What a drag or click of the smart tool does to its prompt. Pure. */

/** @import { Box } from '../types.js' */
/** @import { ToolEvent } from '../editor.js' */
/** @import { Point } from '../core/geometry.js' */
/** @import { Viewport } from '../view/viewport.js' */
/** @import { Drag, PromptHistory, Step } from './types.d.ts' */
import { boxFromCorners, clamp, distance, handleAt, resizeBox } from '../core/geometry.js';
import { HANDLE_REACH, POINT_RADIUS } from '../view/glyphs.js';
import { insideImage, toScreen } from '../view/viewport.js';
import * as prompts from './prompt.js';

/** Index of the prompt point under the pointer, or -1. @param {Step} step @param {Viewport} v @param {Point} screen */
export function pointAt(step, v, screen) {
  return step.points.findLastIndex((point) => distance(toScreen(v, point), screen) <= POINT_RADIUS + 3);
}

/** What a press takes hold of: a point, the box by its edge, or nothing yet.
 *  @param {Step} step @param {ToolEvent} event @param {Viewport} v @param {number} offered the point that the cursor offers to
 *  remove, or -1; fingers and pens have no cursor, and the mark itself says it @returns {Drag} */
export function beginDrag(step, event, v, offered) {
  const index = pointAt(step, v, event.screen);
  const removes = index >= 0 && (index === offered || event.pointerType !== 'mouse');
  const handle = step.box && index < 0 ? handleAt(step.box, event.image, HANDLE_REACH / v.scale) : null;
  const kind = index >= 0 ? 'point' : handle ? 'box' : 'new';
  return { kind, start: event, at: event.image, moved: false, index, removes, ...(handle && { handle }) };
}

/**
 * The prompt after a finished drag or click; null when it changed nothing.
 * @param {PromptHistory} history
 * @param {Drag} drag
 * @param {Viewport} v
 * @returns {PromptHistory | null}
 */
export function applyDrag(history, drag, v) {
  if (drag.kind === 'point') {
    const index = drag.index ?? -1;
    const to = { x: clamp(drag.at.x, 0, v.imageWidth - 0.01), y: clamp(drag.at.y, 0, v.imageHeight - 0.01) };
    if (drag.moved) return prompts.movePoint(history, index, to);
    return drag.removes ? prompts.removePoint(history, index) : null;
  }
  if (drag.moved) {
    const box = draggedBox(prompts.currentStep(history).box, drag, v);
    return box && box[2] - box[0] >= 1 && box[3] - box[1] >= 1 ? prompts.setBox(history, box) : null;
  }
  if (drag.kind === 'box' || !insideImage(v, drag.start.image)) return null;
  return prompts.addPoint(history, { ...drag.start.image, label: drag.start.negative ? 0 : 1 });
}

/**
 * The box as the running drag would leave it.
 * @param {Box | null} box
 * @param {Drag | null} drag
 * @param {Viewport} v
 * @returns {Box | null}
 */
export function draggedBox(box, drag, { imageWidth: width, imageHeight: height }) {
  if (!drag?.moved || drag.kind === 'point') return box;
  if (drag.kind === 'box' && box && drag.handle) return resizeBox(box, drag.handle, drag.at, width, height);
  return boxFromCorners(drag.start.image, drag.at, width, height);
}
