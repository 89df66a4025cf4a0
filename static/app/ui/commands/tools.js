/** Arming tools. */

/** @import { Command, Editor, ToolId } from '../../editor.js' */

/** @type {{ id: ToolId, name: string, key: string, icon: string }[]} */
const TOOLS = [
  { id: 'smart', name: 'Smart tool: click or drag a box', key: 'S', icon: 'wand-sparkles' },
  { id: 'polygon', name: 'Polygon', key: 'P', icon: 'pentagon' },
  { id: 'box', name: 'Rectangle', key: 'R', icon: 'square' },
  { id: 'brush', name: 'Brush', key: 'B', icon: 'brush' },
  { id: 'eraser', name: 'Eraser', key: 'E', icon: 'eraser' },
  { id: 'wand', name: 'Fill and magic wand', key: 'T', icon: 'paint-bucket' },
  { id: 'suggest', name: 'Judge suggestions', key: 'Y', icon: 'bot' },
  { id: 'select', name: 'Select', key: 'V', icon: 'mouse-pointer-2' },
  { id: 'pan', name: 'Move the photo', key: 'G', icon: 'hand' },
];

/**
 * @param {Editor} editor
 * @returns {Command[]}
 */
export function toolCommands(editor) {
  const tools = TOOLS.map(({ id, name, key, icon }) => ({
    id: `tool.${id}`, name, group: 'Tools', keys: [key], icon,
    run: () => editor.tools.arm(id),
    pressed: () => editor.session.state.tool === id,
    enabled: () => editor.canEdit || id === 'select' || id === 'pan' || id === 'suggest',
  }));
  return [
    ...tools,
    { id: 'tool.smaller', name: 'Smaller brush or tolerance', group: 'Tools', keys: ['['], icon: 'minus', repeat: true, run: () => editor.tools.armed.wheel?.(1) },
    { id: 'tool.larger', name: 'Larger brush or tolerance', group: 'Tools', keys: [']'], icon: 'plus', repeat: true, run: () => editor.tools.armed.wheel?.(-1) },
  ];
}
