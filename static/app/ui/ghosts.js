/** Suggestions as the mask layer draws them: dashed, so that nobody takes them for objects. */

/** @import { Editor } from '../editor.js' */
/** @import { MaskItem, MaskStyle } from '../view/layers/masks.js' */
import { boxOf } from '../tools/objects.js';

const PLAIN = '#9fb3c8';
const CONFIDENT = '#4c9fff';
const CHOSEN = '#ffb340';

/** Bottom first: large ones below their parts, the chosen one on top. @param {Editor} editor @returns {MaskItem[]} */
export function ghostsOf({ suggestions, session }) {
  const judging = session.state.tool === 'suggest';
  if (session.state.editing || suggestions.list.length === 0) return [];
  const confident = new Set(suggestions.confident().map(({ id }) => id));
  const rows = suggestions.list.filter(({ id }) => judging || confident.has(id)).sort((a, b) => b.area - a.area);
  /** @type {(id: string) => MaskStyle} */
  const style = (id) => {
    if (judging && (id === suggestions.chosen || suggestions.picked.has(id))) return 'chosen';
    if (judging && id === suggestions.hovered) return 'hovered';
    return confident.has(id) ? 'confident' : 'suggestion';
  };
  const items = rows.map((row) => {
    const look = style(row.id);
    const color = look === 'chosen' ? CHOSEN : look === 'suggestion' ? PLAIN : CONFIDENT;
    return { id: row.id, rle: row.rle, box: boxOf(row), color, style: look };
  });
  return [...items.filter((item) => item.style !== 'chosen'), ...items.filter((item) => item.style === 'chosen')];
}
