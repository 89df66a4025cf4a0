/** Why a run that a tool started waits. */
/** @import { Run } from '../types.js' */
/** @import { Editor } from '../editor.js' */

/** Says it once for each reason; returns the reason that was said last.
 *  @param {Pick<Editor, 'notify'>} editor @param {Run} run @param {string} said */
export function sayWhy(editor, { waits }, said) {
  if (!waits || waits.reason === said) return said;
  editor.notify({ message: waits.message, kind: 'warning' });
  return waits.reason;
}
