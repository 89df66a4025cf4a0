/** Options of the smart tool while a prompt is under way: its candidates, finish, undo, cancel. */

/** @import { Candidate, LogitFrame } from '../types.js' */
/** @import { Editor } from '../editor.js' */
/** @import { SmartTool } from '../tools/smart.js' */
import { NOTHING } from '../tools/smart_commit.js';
import { thresholdOf } from '../tools/smart_show.js';
import { sampleMask } from '../view/samples.js';
import { positiveBox } from '../view/upsample.js';
import { h, icon, iconButton } from './dom.js';

const THUMB = 34;

/**
 * @param {Editor} editor
 * @param {SmartTool} tool
 * @returns {Node[]}
 */
export function smartOptions(editor, tool) {
  const { step, shown, refining } = tool.view;
  const label = editor.labels.find(({ id }) => id === editor.session.state.label);
  const chips = shown.map((index, place) =>
    chip(tool, step.answer?.candidates[index], index, place, index === step.chosen),
  );
  const state = stateWords(editor, tool);
  return [
    ...(chips.length > 0
      ? [h('div', { class: 'candidates', role: 'radiogroup', 'aria-label': 'Candidate masks (Tab)' }, ...chips)]
      : []),
    ...(state ? [h('span', { class: 'options-state', role: 'status' }, state)] : []),
    h('span', { class: 'options-divider' }),
    h(
      'button',
      {
        type: 'button',
        class: 'button button-primary button-small',
        disabled: step.chosen < 0,
        title: 'Finish (Enter or N)',
        onclick: () => tool.finish(),
      },
      icon('check'),
      refining ? 'Apply' : label ? `Add ${label.name}` : 'Add',
    ),
    iconButton('undo-2', 'Undo the last point (Ctrl+Z)', () => {
      tool.undo();
    }),
    iconButton('x', 'Cancel (Esc)', () => {
      tool.cancel();
    }),
  ];
}

/** What the prompt waits for, if anything. @param {Editor} editor @param {SmartTool} tool */
function stateWords(editor, tool) {
  const { step, decoding, postponed, refining } = tool.view;
  if (postponed) return 'Release Ctrl to see the mask';
  if (decoding) return 'Thinking…';
  if (refining && !step.answer) return 'Click what is missing or too much';
  if (['loading', 'waiting'].includes(editor.decoder.status.state)) return 'The mask follows when the photo is ready';
  return step.answer && step.chosen < 0 ? NOTHING : '';
}

/**
 * @param {SmartTool} tool
 * @param {Candidate | undefined} candidate
 * @param {number} index
 * @param {number} place
 * @param {boolean} chosen
 */
function chip(tool, candidate, index, place, chosen) {
  const score = (candidate?.score ?? 0).toFixed(2);
  const name = `Candidate ${place + 1}, predicted quality ${score}`;
  return h(
    'button',
    {
      type: 'button',
      class: 'candidate',
      role: 'radio',
      'aria-checked': String(chosen),
      'aria-label': name,
      title: `${name} (Tab)`,
      onclick: () => tool.prompt.choose(index),
    },
    candidate ? thumbnail(tool, candidate) : null,
    h('span', {}, score.replace(/^0/, '')),
  );
}

/** The candidate as a small silhouette; all candidates of a prompt share one window. @param {SmartTool} tool @param {Candidate} candidate */
function thumbnail(tool, { logits }) {
  const canvas = h('canvas', { width: THUMB, height: THUMB, 'aria-hidden': 'true' });
  const frame = tool.editor.decoder.frame;
  const context = canvas.getContext('2d');
  if (!frame || !context) return canvas;
  const [x0, y0, side] = thumbnailWindow(tool, frame);
  const mask = sampleMask(
    logits,
    frame,
    { x0, y0, cell: side / THUMB, columns: THUMB, rows: THUMB },
    thresholdOf(tool.editor),
  );
  const pixels = context.createImageData(THUMB, THUMB);
  for (let i = 0; i < THUMB * THUMB; i++) {
    const inside = mask[(i % THUMB) * THUMB + Math.floor(i / THUMB)] === 1;
    pixels.data.set(inside ? [255, 255, 255, 235] : [128, 138, 150, 70], i * 4);
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

/** A square around everything any candidate covers. @param {SmartTool} tool @param {LogitFrame} frame @returns {[x0: number, y0: number, side: number]} */
function thumbnailWindow(tool, frame) {
  const { step, shown } = tool.view;
  const boxes = shown.flatMap(
    (i) =>
      positiveBox(step.answer?.candidates[i]?.logits ?? new Float32Array(0), frame, thresholdOf(tool.editor)) ?? [],
  );
  const at = (/** @type {number} */ side) => boxes.filter((_, i) => i % 4 === side);
  const [x0, y0, x1, y1] = [Math.min(...at(0)), Math.min(...at(1)), Math.max(...at(2)), Math.max(...at(3))];
  const side = Math.max(x1 - x0, y1 - y0, 1) * 1.1;
  return boxes.length === 0
    ? [0, 0, Math.max(frame.width, frame.height)]
    : [(x0 + x1 - side) / 2, (y0 + y1 - side) / 2, side];
}
