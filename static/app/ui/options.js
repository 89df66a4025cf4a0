/** The armed tool's options, floating at the top edge of the photo. */

/** @import { Editor } from '../editor.js' */
import { later } from '../core/later.js';
import { SmartTool } from '../tools/smart.js';
import { h, icon, setText } from './dom.js';

/** @type {Record<string, (editor: Editor) => Node[]> | null} options of the tools but the smart one, by id */
let drawing = null;
const drawings = later(() =>
  import('./tool_options.js').then(({ TOOL_OPTIONS }) => {
    drawing = TOOL_OPTIONS;
  }),
);
/** @type {((editor: Editor, tool: SmartTool) => Node[]) | null} */
let prompting = null;
const prompts = later(() =>
  import('./smart_options.js').then(({ smartOptions }) => {
    prompting = smartOptions;
  }),
);

/** @param {Editor} editor */
export function createOptions(editor) {
  const element = h('div', { class: 'options', role: 'toolbar', 'aria-label': 'Tool options', 'data-floating': true });

  /** A press inside is under way: what is pressed must not be replaced before it is let go, or the click comes to nothing. */
  let pressed = false;
  let stale = false;

  function update() {
    stale = pressed;
    if (pressed) return;
    const content = optionsOf(editor);
    const focused = element.contains(document.activeElement) ? nameOf(document.activeElement) : '';
    element.replaceChildren(...content);
    element.hidden = content.length === 0;
    if (!focused) return;
    const heir = [.../** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll('button, input'))].find(
      (control) => nameOf(control) === focused,
    );
    // Where the control is gone its keys would go nowhere; the photo takes every one of them.
    (heir ?? editor.stage.host).focus({ preventScroll: true });
  }

  element.addEventListener('pointerdown', () => {
    pressed = true;
  });
  // The mouse leaves the focus on the photo, where Enter finishes and Tab takes the next candidate.
  element.addEventListener('mousedown', (event) => {
    if (event.target instanceof Element && event.target.closest('button')) event.preventDefault();
  });
  for (const end of ['pointerup', 'pointercancel']) {
    window.addEventListener(end, () => {
      if (!pressed) return;
      pressed = false;
      setTimeout(() => {
        if (stale) update();
      }); // the click comes after this event
    });
  }
  editor.session.on((changed) => {
    if (changed.has('brushSize') && showSize(element, editor.session.state.brushSize) && changed.size === 1) return;
    if (
      ['tool', 'toolTick', 'label', 'preview', 'brushSize', 'noOverlap', 'selection', 'searching'].some((key) =>
        changed.has(/** @type {'tool'} */ (key)),
      )
    )
      update();
  });
  editor.image.on(update);
  editor.suggestions.on(() => {
    if (editor.session.state.tool === 'suggest') update();
  });
  update();
  return element;
}

/** What tells a control from the others of the bar. @param {Element | null} control */
function nameOf(control) {
  return control?.getAttribute('aria-label') ?? control?.textContent ?? '';
}

/** The brush's new size in the slider that is there. @param {Element} bar @param {number} size @returns {boolean} whether there is one */
function showSize(bar, size) {
  const slider = bar.querySelector('input[aria-label="Size"]');
  if (!(slider instanceof HTMLInputElement)) return false;
  slider.value = String(size);
  const output = slider.parentElement?.querySelector('output');
  if (output) setText(output, `${size} px`);
  return true;
}

/**
 * @param {Editor} editor
 * @returns {Node[]} none while the code of the options is on its way
 */
function optionsOf(editor) {
  const { armed } = editor.tools;
  const comes = (/** @type {Promise<void>} */ loading) => {
    loading.then(editor.session.tick, (error) => editor.notify({ message: error.message, kind: 'error' }));
    return [];
  };
  if (!(armed instanceof SmartTool)) return drawing ? (drawing[armed.id]?.(editor) ?? []) : comes(drawings());
  if (!editor.canEdit || !editor.config.model || editor.image.phase !== 'ready') return [];
  if (armed.view.empty)
    return editor.session.state.selection.length === 0
      ? [hint(editor)]
      : drawing
        ? (drawing.select?.(editor) ?? [])
        : comes(drawings());
  return prompting ? prompting(editor, armed) : comes(prompts());
}

/** @param {Editor} editor */
function hint(editor) {
  return h(
    'span',
    { class: 'options-hint' },
    icon('mouse-pointer-click'),
    'Click an object · ',
    h('kbd', {}, 'Shift'),
    ' click takes away · drag for a box',
    h(
      'button',
      {
        type: 'button',
        class: 'button button-small button-plain',
        'aria-pressed': String(editor.session.state.preview),
        title: 'Preview the mask under the cursor (W)',
        onclick: () => editor.session.set({ preview: !editor.session.state.preview }),
      },
      icon('sparkles'),
      'Preview',
    ),
  );
}
