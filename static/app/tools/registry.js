/** The tools of the editor, one instance each. A new tool is a class with the Tool interface and a
 *  line here; its key, icon and name are a line of core/commands.js. */

/** @import { Editor, Tool, Tools } from '../editor.js' */
import { later } from '../core/later.js';
import { SmartTool } from './smart.js';
import { createStandIn } from './stand_in.js';

const brushes = later(() => import('./brush.js'));

/** @typedef {'brush' | 'eraser' | 'polygon' | 'select' | 'box' | 'wand' | 'suggest'} LaterId */
/** @typedef {'smart' | 'pan' | LaterId} ToolId */

/** Tools that the first click does not need. @type {Record<LaterId, (editor: Editor) => Promise<Tool>>} */
const LATER = {
  brush: (editor) => brushes().then(({ BrushTool }) => new BrushTool(editor, 'brush')),
  eraser: (editor) => brushes().then(({ BrushTool }) => new BrushTool(editor, 'eraser')),
  polygon: made(later(() => import('./polygon.js').then(({ PolygonTool }) => PolygonTool))),
  select: made(later(() => import('./select.js').then(({ SelectTool }) => SelectTool))),
  box: made(later(() => import('./rectangle.js').then(({ RectangleTool }) => RectangleTool))),
  wand: made(later(() => import('./wand.js').then(({ WandTool }) => WandTool))),
  suggest: made(later(() => import('./suggest.js').then(({ SuggestTool }) => SuggestTool))),
};

/** @param {() => Promise<new (editor: Editor) => Tool>} load @returns {(editor: Editor) => Promise<Tool>} */
function made(load) {
  return (editor) => load().then((Class) => new Class(editor));
}

/** @param {string} id @returns {id is ToolId} */
export function isTool(id) {
  return id === 'smart' || id === 'pan' || id in LATER;
}

/**
 * @param {Editor} editor
 * @returns {Tools}
 */
export function createTools(editor) {
  /** @type {Tool[]} */
  const first = [new SmartTool(editor), { id: 'pan', cursor: 'grab' }];
  const tools = new Map(first.map((tool) => [tool.id, tool]));
  /** @type {Map<ToolId, { standIn: ReturnType<typeof createStandIn>, tool: Promise<Tool> }>} */
  const coming = new Map();

  /** @param {ToolId} id @returns {Tool} */
  function get(id) {
    return tools.get(id) ?? coming.get(id)?.standIn.tool ?? /** @type {Tool} */ (first[0]);
  }

  /** @param {ToolId} id @returns {Promise<Tool>} */
  function load(id) {
    const here = tools.get(id);
    if (here) return Promise.resolve(here);
    const known = coming.get(id);
    if (known) return known.tool;
    const standIn = createStandIn(id);
    const tool = LATER[/** @type {LaterId} */ (id)](editor).finally(() => coming.delete(id));
    coming.set(id, {
      standIn,
      tool: tool.then((made) => {
        tools.set(id, made);
        return made;
      }),
    });
    return /** @type {{ tool: Promise<Tool> }} */ (coming.get(id)).tool;
  }

  /** @param {ToolId} id @param {ToolId} before what is armed again when the tool does not come */
  function armLater(id, before) {
    const ready = load(id);
    const standIn = coming.get(id)?.standIn;
    ready.then(
      (tool) => {
        if (editor.session.state.tool !== id) return;
        tool.enter?.();
        standIn?.handOver(tool);
        editor.session.tick();
        editor.stage.invalidate('overlay', 'candidate');
      },
      (error) => {
        editor.notify({ message: error.message, kind: 'error' });
        if (editor.session.state.tool === id) arm(before);
      },
    );
  }

  /** @param {ToolId} id */
  function arm(id) {
    const before = editor.session.state.tool;
    if (before === id) return;
    get(before).leave?.();
    if (!tools.has(id)) armLater(id, before);
    editor.session.set({ tool: id });
    tools.get(id)?.enter?.();
    editor.stage.invalidate('overlay', 'candidate');
  }

  // Who may only look begins with a tool that comes later.
  if (!tools.has(editor.session.state.tool)) armLater(editor.session.state.tool, 'pan');

  return {
    get armed() {
      return get(editor.session.state.tool);
    },
    get,
    load,
    arm,
  };
}
