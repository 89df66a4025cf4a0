/** Options of the drawing tools, shown at the top edge of the photo. */

/** @import { Editor } from '../editor.js' */
/** @import { PolygonTool } from '../tools/polygon.js' */
/** @import { WandTool } from '../tools/wand.js' */
import { later } from '../core/later.js';
import { unlocked } from '../tools/object_verbs.js';
import { h, icon, iconButton } from './dom.js';

const suggesting = later(() =>
  import('./suggest_options.js').then((module) => {
    suggestOptions = module.suggestOptions;
  }),
);
/** @type {((editor: Editor) => Node[]) | null} */
let suggestOptions = null;

/** @type {Record<string, (editor: Editor) => Node[]>} */
export const TOOL_OPTIONS = {
  brush: brushOptions,
  eraser: brushOptions,
  polygon: polygonOptions,
  box: (editor) => [hint('square', 'Drag a rectangle'), noOverlap(editor)],
  wand: wandOptions,
  select: selectOptions,
  suggest(editor) {
    if (!suggestOptions)
      suggesting().then(
        () => editor.session.tick(),
        (error) => editor.notify({ message: error.message, kind: 'error' }),
      );
    return suggestOptions?.(editor) ?? [];
  },
};

/** @param {string} iconName @param {string} text */
function hint(iconName, text) {
  return h('span', { class: 'options-hint' }, icon(iconName), text);
}

/** @param {Editor} editor */
function noOverlap(editor) {
  const on = editor.session.state.noOverlap;
  return h(
    'button',
    {
      type: 'button',
      class: 'button button-small button-plain',
      'aria-pressed': String(on),
      title: 'New pixels are taken from the objects below (Shift+O)',
      onclick: () => editor.session.set({ noOverlap: !on }),
    },
    icon('layers'),
    'No overlap',
  );
}

/** @param {Editor} editor */
function brushOptions(editor) {
  const { brushSize, tool } = editor.session.state;
  const input = h('input', {
    type: 'range',
    min: 2,
    max: 200,
    value: Math.min(200, brushSize),
    'aria-label': 'Size',
    oninput: () => editor.session.set({ brushSize: input.valueAsNumber }),
  });
  const target = unlocked(editor);
  const name = target.length === 1 ? 'the selected object' : tool === 'eraser' ? 'the object under it' : 'a new object';
  return [
    h('label', { title: 'Size on screen ([ and ], Alt + wheel)' }, 'Size', input, h('output', {}, `${brushSize} px`)),
    h('span', { class: 'options-state' }, `${tool === 'eraser' ? 'Erases' : 'Paints'} ${name}`),
    ...(tool === 'brush' && target.length > 0
      ? [
          h(
            'button',
            {
              type: 'button',
              class: 'button button-small',
              title: 'The next stroke starts a new object (N)',
              onclick: () => editor.session.set({ selection: [] }),
            },
            icon('plus'),
            'New object',
          ),
        ]
      : []),
    noOverlap(editor),
  ];
}

/** @param {Editor} editor */
function polygonOptions(editor) {
  const tool = /** @type {Partial<PolygonTool>} */ (editor.tools.armed);
  const { drawing } = tool; // not there while the tool's code is on its way
  if (!drawing) {
    const polygon = unlocked(editor).length === 1 && unlocked(editor)[0]?.shape;
    return [
      hint(
        'pentagon',
        polygon
          ? 'Drag a corner, click an edge to add one, Shift click removes one'
          : 'Click the corners; the first one closes',
      ),
      noOverlap(editor),
    ];
  }
  return [
    h(
      'button',
      {
        type: 'button',
        class: 'button button-primary button-small',
        title: 'Close the polygon (Enter)',
        onclick: () => tool.finish?.(),
      },
      icon('check'),
      'Close',
    ),
    iconButton('undo-2', 'Take back the last corner (Ctrl+Z)', () => {
      tool.undo?.();
    }),
    iconButton('x', 'Cancel (Esc)', () => {
      tool.cancel?.();
    }),
  ];
}

/** @param {Editor} editor */
function wandOptions(editor) {
  if (!('tolerance' in editor.tools.armed)) return []; // its code is on its way
  const tool = /** @type {WandTool} */ (editor.tools.armed);
  const input = h('input', {
    type: 'range',
    min: 1,
    max: 120,
    value: tool.tolerance,
    'aria-label': 'Tolerance',
    oninput: () => {
      tool.setTolerance(input.valueAsNumber);
      output.textContent = String(tool.tolerance);
    },
  });
  const output = h('output', {}, String(tool.tolerance));
  return [
    h('label', { title: 'How far a colour may be off ([ and ], Alt + wheel)' }, 'Tolerance', input, output),
    hint('paint-bucket', 'Click an area of one colour, or a hole to fill it'),
    noOverlap(editor),
  ];
}

/** @param {Editor} editor */
function selectOptions(editor) {
  const count = editor.objects.selected().length;
  if (count === 0 || !editor.canEdit) return [];
  const run = (/** @type {string} */ id, /** @type {string} */ name, /** @type {string} */ iconName) =>
    iconButton(iconName, name, () => editor.run(id));
  return [
    h('span', { class: 'options-state' }, count === 1 ? '1 object' : `${count} objects`),
    ...(count === 1 && editor.objects.selected()[0]?.shape
      ? [run('tool.polygon', 'Edit the corners (P)', 'pentagon')]
      : []),
    run('object.refine', 'Refine with clicks (Q)', 'wand-sparkles'),
    run('object.cleanup', 'Clean up (Shift+C)', 'sparkles'),
    ...(count > 1 ? [run('object.merge', 'Merge (Shift+M)', 'layers')] : []),
    run('object.split', 'Split into parts (Shift+S)', 'shapes'),
    run('object.subtract', 'Subtract from below (Shift+X)', 'minus'),
    run('object.duplicate', 'Duplicate (Ctrl+D)', 'copy'),
    run('object.back', 'To back (-)', 'arrow-down'),
    run('object.front', 'To front (+)', 'arrow-up'),
    run('object.delete', 'Delete (Del)', 'trash-2'),
  ];
}
