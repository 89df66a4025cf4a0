/** Clean-up panel: the outcome is shown on the photo before it is applied. */

/** @import { Editor } from '../editor.js' */
/** @import { CleanUp } from '../tools/mask_verbs.js' */
/** @import { Runs } from '../core/runs.js' */
/** @import { Viewport } from '../view/viewport.js' */
import { intersect, subtract } from '../core/runs.js';
import { changedPixels, cleanedUp } from '../tools/mask_verbs.js';
import { unlocked } from '../tools/object_verbs.js';
import { MaskShape, shapeOf } from '../view/shapes.js';
import { h, iconButton } from './dom.js';

/** @param {Editor} editor */
export function createCleanup(editor) {
  /** @type {CleanUp} */
  let options = { holes: 100, islands: 100, largest: false, smooth: 0 };
  /** @type {{ id: string, runs: Runs }[]} */
  let result = [];
  /** @type {{ added: MaskShape, removed: MaskShape }[]} */
  let preview = [];
  const outcome = h('p', { class: 'muted', role: 'status' });
  const apply = h('button', { type: 'button', class: 'button button-primary button-small', onclick: commit }, 'Apply');
  const element = h('div', { class: 'popover', hidden: true, role: 'dialog', 'aria-label': 'Clean up', 'data-floating': true, onkeydown: key },
    h('header', { class: 'dialog-head' }, h('h2', {}, 'Clean up'), h('span', { class: 'grow' }), iconButton('x', 'Close', close)),
    amount('Fill holes under', 'holes', 100000), amount('Drop islands under', 'islands', 100000), amount('Smooth by', 'smooth', 24),
    h('label', { class: 'check' }, h('input', { type: 'checkbox', onchange: (/** @type {Event} */ e) => change({ largest: /** @type {HTMLInputElement} */ (e.target).checked }) }), 'Keep only the largest part'),
    outcome, h('div', { class: 'row' }, apply, h('button', { type: 'button', class: 'button button-small', onclick: close }, 'Cancel')));

  /** @param {string} name @param {'holes' | 'islands' | 'smooth'} key @param {number} most */
  function amount(name, key, most) {
    const input = h('input', { class: 'input', type: 'number', min: 0, max: most, value: options[key], 'aria-label': `${name}, pixels`, oninput: () => change({ [key]: Math.max(0, Math.min(most, input.valueAsNumber || 0)) }) });
    return h('label', { class: 'slider-row' }, h('span', {}, name), input, h('span', { class: 'muted' }, 'px'));
  }

  /** @param {Partial<CleanUp>} patch */
  function change(patch) {
    options = { ...options, ...patch };
    compute();
  }

  function compute() {
    const sum = { added: 0, removed: 0 };
    try {
      const list = unlocked(editor);
      result = list.map((a) => ({ id: a.id, runs: cleanedUp(a, options) }));
      preview = list.map((a, i) => {
        const [before, after, height] = [shapeOf(a.rle).runs, result[i]?.runs ?? shapeOf(a.rle).runs, a.rle.size[0]];
        const pixels = changedPixels(before, after);
        sum.added += pixels.added;
        sum.removed += pixels.removed;
        return { added: new MaskShape(subtract(after, before), height), removed: new MaskShape(subtract(before, intersect(after, before)), height) };
      });
      outcome.textContent = list.length === 0 ? 'Select an unlocked object.' : `Adds ${sum.added.toLocaleString('en')} px, removes ${sum.removed.toLocaleString('en')} px.`;
    } catch (error) {
      result = [];
      preview = [];
      outcome.textContent = error instanceof Error ? error.message : String(error);
    }
    apply.disabled = result.length === 0 || sum.added + sum.removed === 0;
    editor.stage.invalidate('overlay');
  }

  function commit() {
    if (apply.disabled) return;
    const masks = result;
    close();
    editor.objects.reshape(masks, 'Clean up');
  }

  function close() {
    element.hidden = true;
    preview = [];
    editor.stage.invalidate('overlay');
    editor.stage.host.focus();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.key === 'Enter' && event.target instanceof HTMLButtonElement) return;  // the button's own
    if (event.key === 'Enter') commit();
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  editor.session.on((changed) => { if (!element.hidden && changed.has('selection')) compute(); });
  // The outcome is always of the masks as they are, whoever changed them, and of this image alone.
  editor.store.subscribe(() => { if (!element.hidden) compute(); });
  editor.image.on(() => { if (!element.hidden && editor.image.phase === 'loading') close(); });
  return {
    element,
    show() {
      element.hidden = false;
      compute();
      element.querySelector('input')?.select();
    },
    /** @param {CanvasRenderingContext2D} context @param {Viewport} v */
    paint(context, v) {
      context.save();
      context.translate(v.x, v.y);
      context.scale(v.scale, v.scale);
      for (const { added, removed } of preview) {
        context.fillStyle = 'rgb(53 194 123 / 0.85)';
        context.fill(added.path(v.scale), 'evenodd');
        context.fillStyle = 'rgb(255 97 97 / 0.85)';
        context.fill(removed.path(v.scale), 'evenodd');
      }
      context.restore();
    },
  };
}
