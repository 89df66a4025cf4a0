/** Hover preview: the mask under the cursor before any click. Only the newest position is asked
 *  for, at most once per frame; when the decoder is slow the preview pauses by itself. */

/** @import { Editor } from '../editor.js' */
/** @import { CandidateItem } from '../view/layers/candidate.js' */
/** @import { Point } from '../core/geometry.js' */
import { readPalette } from '../view/glyphs.js';
import { thresholdOf } from './smart_show.js';

/** Slower than this a preview lags behind the hand and only costs power. */
export const TOO_SLOW_MS = 700;

/**
 * @param {Editor} editor
 * @param {(item: CandidateItem | null) => void} show
 */
export function createHover(editor, show) {
  /** @type {Point | null} */
  let wanted = null;
  let frame = 0;
  let busy = false;
  let shown = false;

  /** @param {CandidateItem | null} item */
  function put(item) {
    if (!item && !shown) return;
    shown = item !== null;
    show(item);
  }

  async function ask() {
    frame = 0;
    const point = wanted;
    if (!point || busy || !usable()) return;
    busy = true;
    try {
      const answer = await editor.segmenter.decode({ points: [{ ...point, label: 1 }], box: null, maskLogits: null }, { hover: true });
      const best = answer?.candidates[answer.best];
      const logitFrame = editor.segmenter.frame;
      if (best && logitFrame && wanted) put({ logits: best.logits, frame: logitFrame, threshold: thresholdOf(editor), color: readPalette(editor.stage.host).accent, kind: 'hover' });
    } catch {
      // The status line tells what is wrong with the decoder; a preview needs no message of its own.
      put(null);
    } finally {
      busy = false;
      if (wanted && wanted !== point) schedule();
    }
  }

  function usable() {
    const { state, p50 } = editor.segmenter.status;
    return editor.session.state.preview && state === 'ready' && (p50 === null || p50 < TOO_SLOW_MS);
  }

  function schedule() {
    frame ||= requestAnimationFrame(() => void ask());
  }

  return {
    /** @param {Point} point in image pixels */
    at(point) {
      wanted = point;
      schedule();
    },
    stop() {
      wanted = null;
      put(null);
    },
  };
}
