/** Clean-up panel: the outcome is shown on the photo before it is applied. */

/** @import { Editor } from '../editor.js' */
/** @import { CleanUp } from '../tools/mask_verbs.js' */
/** @import { Viewport } from '../view/viewport.js' */
import { unlocked } from '../tools/object_verbs.js';
import { NOTHING, outcomeOf, paintDifferences } from './cleanup_outcome.js';
import { h } from './dom.js';
import { popover, smallButton } from './popover.js';

/** @type {Readonly<CleanUp>} */
const USUAL = { holes: 100, islands: 100, largest: false, smooth: 0 };

/** @param {Editor} editor */
export function createCleanup(editor) {
  let options = USUAL;
  let outcome = NOTHING;
  const said = h('p', { class: 'muted', role: 'status' });
  const apply = smallButton('Apply', commit, 'button-primary');
  const element = popover(
    'Clean up',
    { close, onkeydown },
    ...fields(options, (patch) => {
      options = { ...options, ...patch };
      compute();
    }),
    said,
    h('div', { class: 'row' }, apply, smallButton('Cancel', close)),
  );

  function compute() {
    const list = unlocked(editor);
    try {
      outcome = outcomeOf(list, options);
      const [added, removed] = [outcome.added, outcome.removed].map((pixels) => pixels.toLocaleString('en'));
      said.textContent = list.length === 0 ? 'Select an unlocked object.' : `Adds ${added} px, removes ${removed} px.`;
    } catch (error) {
      outcome = NOTHING;
      said.textContent = error instanceof Error ? error.message : String(error);
    }
    apply.disabled = outcome.added + outcome.removed === 0;
    editor.stage.invalidate('overlay');
  }

  function commit() {
    if (apply.disabled) return;
    const { masks } = outcome;
    close();
    editor.objects.reshape(masks, 'Clean up');
  }

  function close() {
    element.hidden = true;
    outcome = NOTHING;
    editor.stage.invalidate('overlay');
    editor.stage.host.focus();
  }

  /** @param {KeyboardEvent} event */
  function onkeydown(event) {
    if (event.key === 'Enter' && event.target instanceof HTMLButtonElement) return; // the button's own
    if (event.key === 'Enter') commit();
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  editor.session.on((changed) => {
    if (!element.hidden && changed.has('selection')) compute();
  });
  // The outcome is always of the masks as they are, whoever changed them, and of this image alone.
  editor.store.subscribe(() => {
    if (!element.hidden) compute();
  });
  editor.image.on(() => {
    if (!element.hidden && editor.image.phase === 'loading') close();
  });
  return {
    element,
    show() {
      element.hidden = false;
      compute();
      element.querySelector('input')?.select();
    },
    /** @param {CanvasRenderingContext2D} context @param {Viewport} v */
    paint: (context, v) => paintDifferences(context, v, outcome.differences),
  };
}

/** @param {CleanUp} options as they are first @param {(patch: Partial<CleanUp>) => void} change */
function fields(options, change) {
  /** @param {string} name @param {'holes' | 'islands' | 'smooth'} key @param {number} most */
  const amount = (name, key, most) => {
    const input = h('input', {
      class: 'input',
      type: 'number',
      min: 0,
      max: most,
      value: options[key],
      'aria-label': `${name}, pixels`,
      oninput: () => change({ [key]: Math.max(0, Math.min(most, input.valueAsNumber || 0)) }),
    });
    return h('label', { class: 'slider-row' }, h('span', {}, name), input, h('span', { class: 'muted' }, 'px'));
  };
  const largest = h('input', { type: 'checkbox', onchange: () => change({ largest: largest.checked }) });
  return [
    amount('Fill holes under', 'holes', 100000),
    amount('Drop islands under', 'islands', 100000),
    amount('Smooth by', 'smooth', 24),
    h('label', { class: 'check' }, largest, 'Keep only the largest part'),
  ];
}
