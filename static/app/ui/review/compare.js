/** What changed on the image: a list, and how a chosen object was before, drawn over what it is. */

/** @import { Difference } from '../../api/schema.d.ts' */
/** @import { Viewport } from '../../view/viewport.js' */
/** @import { Editor } from '../../editor.js' */
/** @import { ReviewModel } from './model.js' */
import { readPalette } from '../../view/glyphs.js';
import { shapeOf } from '../../view/shapes.js';
import { showBox } from '../../view/viewport.js';
import { h, icon } from '../dom.js';
import { told } from './words.js';

const ICONS = { added: 'plus', removed: 'minus', changed: 'pencil' };

/** @param {Editor} editor @param {ReviewModel} model */
export function createComparison(editor, model) {
  const { stage, session } = editor;
  const element = h('div', { class: 'review-changes' });
  /** @type {string | null} */
  let chosen = null;
  /** Whether the masks of before are drawn for all that changed, and not only for the chosen one. */
  let all = false;

  /** @param {Difference} one */
  function choose(one) {
    chosen = chosen === one.id ? null : one.id;
    session.set({ selection: chosen && editor.store.get(one.id) ? [one.id] : [] });
    if (chosen) {
      const boxes = [one.before?.bbox, one.after?.bbox].filter((box) => box !== undefined);
      const ends = boxes.map(([x = 0, y = 0, w = 0, hgt = 0]) => [x, y, x + w, y + hgt]);
      const least = (/** @type {number} */ i) => Math.min(...ends.map((end) => end[i] ?? 0));
      const most = (/** @type {number} */ i) => Math.max(...ends.map((end) => end[i] ?? 0));
      stage.viewport = showBox(stage.viewport, [least(0), least(1), most(2), most(3)]);
    }
    draw();
  }

  /** @param {Difference} one */
  function row(one) {
    const label = editor.labels.find(({ id }) => id === (one.after ?? one.before)?.label)?.name ?? 'no label';
    return h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          class: 'review-change',
          'aria-pressed': String(chosen === one.id),
          onclick: () => choose(one),
        },
        icon(ICONS[one.change]),
        h('span', { class: 'truncate' }, label),
        h('span', { class: 'muted' }, `${told(one)}${one.people.length ? ` · ${one.people.join(', ')}` : ''}`),
      ),
    );
  }

  function draw() {
    const rows = model.differences;
    if (!rows?.some(({ id }) => id === chosen)) chosen = null;
    const since = model.since === 'decision' ? 'since the last decision' : 'since it was submitted';
    const before = h('input', {
      type: 'checkbox',
      onchange: () => {
        all = before.checked;
        stage.invalidate('overlay');
      },
    });
    before.checked = all;
    element.replaceChildren(
      ...(rows === null
        ? []
        : [
            h('h3', {}, `What changed ${since}`),
            rows.length
              ? h('ul', { class: 'review-rows' }, ...rows.map(row))
              : h('p', { class: 'muted' }, 'No object changed.'),
            rows.some(({ before: was }) => was) &&
              h('label', { class: 'check' }, before, 'Draw all masks as they were (dashed)'),
          ].filter((part) => part !== false)),
    );
    stage.invalidate('overlay');
  }

  /** The masks of before, dashed. @param {CanvasRenderingContext2D} context @param {Viewport} v */
  function paint(context, v) {
    const rows = model.differences?.filter(({ id, before }) => before && (all || id === chosen)) ?? [];
    if (rows.length === 0) return;
    const { warning } = readPalette(stage.host);
    context.save();
    context.translate(v.x, v.y);
    context.scale(v.scale, v.scale);
    context.setLineDash([6 / v.scale, 4 / v.scale]);
    for (const { before } of rows) {
      const path = before && shapeOf(before.rle).path(v.scale);
      if (!path) continue;
      context.lineWidth = 4 / v.scale;
      context.strokeStyle = 'rgb(0 0 0 / 0.55)';
      context.stroke(path);
      context.lineWidth = 2 / v.scale;
      context.strokeStyle = warning;
      context.stroke(path);
    }
    context.restore();
  }

  model.on(draw);
  draw();
  return { element, paint };
}
