/** Parts of the dialog in which a person decides about held changes. */

/** @import { Conflict } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { shapeOf } from '../view/shapes.js';
import { h } from './dom.js';

const SIDE = 150;

/** @param {string} name @param {() => void} run @param {boolean} [primary] */
export function button(name, run, primary = false) {
  return h(
    'button',
    { type: 'button', class: `button button-small${primary ? ' button-primary' : ''}`, onclick: run },
    name,
  );
}

/** @param {Editor} editor @param {string} name @param {Conflict['mine']} annotation @param {string} instead where there is none */
export function side(editor, name, annotation, instead) {
  const label = editor.labels.find(({ id }) => id === annotation?.label);
  const canvas = h('canvas', { width: SIDE, height: SIDE, class: 'conflict-picture', 'aria-hidden': 'true' });
  const context = canvas.getContext('2d');
  if (annotation && context) {
    const shape = shapeOf(annotation.rle);
    const [x0, y0, x1, y1] = shape.box;
    const scale = (SIDE - 16) / Math.max(1, x1 - x0, y1 - y0);
    context.setTransform(scale, 0, 0, scale, SIDE / 2 - ((x0 + x1) / 2) * scale, SIDE / 2 - ((y0 + y1) / 2) * scale);
    context.fillStyle = label?.color ?? '#7f7f7f';
    context.fill(shape.path(scale), 'evenodd');
  }
  return h(
    'figure',
    {},
    canvas,
    h(
      'figcaption',
      {},
      annotation
        ? `${name}: ${label?.name ?? 'no label'} · ${annotation.area.toLocaleString('en')} px`
        : `${name}: ${instead}`,
    ),
  );
}
