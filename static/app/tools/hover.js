/** Hover preview: the mask under the cursor before any click. Only the newest position is asked
 *  for, at most once per frame; when the decoder is slow the preview pauses by itself. */

/** @import { Editor } from '../editor.js' */
/** @import { CandidateItem } from '../view/layers/candidate_path.js' */
/** @import { Point } from '../core/geometry.js' */
/** @import { DecoderStatus } from '../types.js' */
import { readPalette } from '../view/glyphs.js';
import { thresholdOf } from './smart_show.js';

/** Slower than this a preview lags behind the hand and only costs power. */
const TOO_SLOW_MS = 700;
/** A paused preview asks once in so long whether the machine has become quicker: something else may have kept it busy. */
const RETRY_MS = 5000;

/** Whether the machine is too slow for previews at the moment. @param {Pick<DecoderStatus, 'p50' | 'last'>} status */
export function previewPaused({ p50, last }) {
  return Math.min(p50 ?? 0, last ?? 0) >= TOO_SLOW_MS;
}

/**
 * @param {Editor} editor
 * @param {(item: CandidateItem | null) => void} show
 */
export function createHover(editor, show) {
  /** @type {Point | null} */
  let wanted = null;
  let scheduled = false;
  let busy = false;
  let askedAt = -Infinity;
  let shown = false;

  /** @param {CandidateItem | null} item */
  function put(item) {
    if (!item && !shown) return;
    shown = item !== null;
    show(item);
  }

  async function ask() {
    scheduled = false;
    const point = wanted;
    if (!point || busy || !usable()) return;
    busy = true;
    askedAt = performance.now();
    try {
      const answer = await editor.decoder.ask(
        { points: [{ ...point, label: 1 }], box: null, maskLogits: null },
        { hover: true },
      );
      const best = answer?.candidates[answer.best];
      const logitFrame = editor.decoder.frame;
      if (best && logitFrame && wanted)
        put({
          logits: best.logits,
          frame: logitFrame,
          threshold: thresholdOf(editor),
          color: readPalette(editor.stage.host).accent,
          kind: 'hover',
        });
    } catch {
      // The status line tells what is wrong with the decoder; a preview needs no message of its own.
      put(null);
    } finally {
      busy = false;
      if (wanted && wanted !== point) schedule();
    }
  }

  function usable() {
    const { status } = editor.decoder;
    return (
      editor.session.state.preview &&
      status.state === 'ready' &&
      (!previewPaused(status) || performance.now() - askedAt > RETRY_MS)
    );
  }

  function schedule() {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => void ask());
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
