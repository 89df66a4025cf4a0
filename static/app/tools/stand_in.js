/** What is armed while a tool's code is on its way: keeps the presses and moves for it, so that a fast hand loses none. */

/** @import { Tool, ToolEvent, ToolId } from '../editor.js' */

/** @typedef {'down' | 'move' | 'up' | 'abort'} Kept */

/** @param {ToolId} id */
export function createStandIn(id) {
  /** @type {[Kept, ToolEvent | undefined][]} */
  const kept = [];
  const keep = (/** @type {Kept} */ name) => (/** @type {ToolEvent} */ event) => void kept.push([name, event]);
  /** @type {Tool} */
  const tool = {
    id,
    cursor: 'progress',
    down: keep('down'),
    move: keep('move'),
    up: keep('up'),
    abort: () => void kept.push(['abort', undefined]),
  };
  return {
    tool,
    /** @param {Tool} real */
    handOver(real) {
      for (const [name, event] of kept.splice(0)) {
        if (name === 'abort') real.abort?.();
        else if (event) real[name]?.(event);
      }
    },
  };
}
