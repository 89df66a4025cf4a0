/** What the review's commands do. */

/** @import { Editor } from '../../editor.js' */
/** @import { Action, Actions } from '../types.d.ts' */
/** @import { createDecisions } from './decide.js' */
/** @import { ReviewModel } from './model.js' */
/** @import { createPanel } from './panel.js' */
/** @import { createThreads } from './threads.js' */
import { toImage } from '../../view/viewport.js';

/**
 * @param {Editor} editor
 * @param {{ model: ReviewModel, panel: ReturnType<typeof createPanel>, decisions: ReturnType<typeof createDecisions>, threads: ReturnType<typeof createThreads> }} parts
 * @returns {Actions}
 */
export function reviewActions(editor, { model, panel, decisions, threads }) {
  const { stage, session } = editor;
  /** @param {() => unknown} run @returns {Action} */
  const deciding = (run) => ({ enabled: () => model.decides, run: () => void run() });
  return {
    'review.panel': () => panel.toggle(),
    'review.next': () => void decisions.next(),
    'review.accept': deciding(() => decisions.accept()),
    'review.return': deciding(() => panel.sendBack()),
    'review.changes': () => {
      panel.show();
      void model.compare().catch((error) => editor.notify({ message: error.message, kind: 'error' }));
    },
    'review.comment': {
      enabled: () => editor.canEdit && editor.image.phase === 'ready',
      run() {
        const [annotation] = session.state.selection;
        const at = stage.pointer && toImage(stage.viewport, stage.pointer);
        panel.show();
        threads.write(annotation ? { annotation } : at ? { at } : null);
      },
    },
  };
}
