/** Reviews and comments in the editor; its code comes after the first photo is ready. */

/** @import { Editor } from '../../editor.js' */
/** @import { Actions, ReviewParts } from '../types.d.ts' */
import { createReviewEndpoints } from '../../api/reviews.js';
import { styles } from '../dialogs.js';
import { h, icon } from '../dom.js';
import { reviewActions } from './actions.js';
import { createComparison } from './compare.js';
import { createDecisions } from './decide.js';
import { ReviewModel } from './model.js';
import { createPanel } from './panel.js';
import { createPins } from './pins.js';
import { createThreads } from './threads.js';
import { STATES } from './words.js';

/** @param {Editor} editor @param {ReviewParts} parts @returns {{ actions: Actions }} */
export function linkReview(editor, parts) {
  const { image, stage } = editor;
  const api = createReviewEndpoints(parts.client);
  const model = new ReviewModel(api);
  const pins = createPins(editor, model, (thread) => {
    panel.show();
    threads.show(thread);
  });
  const threads = createThreads(editor, model, pins);
  const comparison = createComparison(editor, model);
  const decisions = createDecisions(editor, parts, model);
  const panel = createPanel(editor, model, { decisions, comparison, threads });
  const me = editor.config.user.id;
  void styles().then(() => stage.host.append(pins.element, panel.element));
  const paint = stage.overlay.paint;
  stage.overlay.paint = (context, v) => {
    comparison.paint(context, v);
    paint?.(context, v);
  };
  showChip(editor, model);

  /** A link may ask for the panel. */
  let wanted = location.hash === '#review';
  let known = '';

  function follow() {
    const id = image.info?.id;
    if (image.phase === 'loading') {
      if (known) void leave(known);
      known = '';
      return;
    }
    if (image.phase !== 'ready' || !id || id === known) return;
    known = id;
    void model.open(id).then(arrived, () => undefined);
  }

  function arrived() {
    const { review, decides } = model;
    const mine = review?.review === 'returned' && review.submitted_by?.id === me;
    if (wanted || decides || mine) panel.show();
    wanted = false;
    if (decides) void model.hold(me).catch(() => undefined);
    if (decides && review?.decided_at) void model.compare().catch(() => undefined);
  }

  /** What one leaves others may have. @param {string} id */
  async function leave(id) {
    const held = model.decides && model.review?.held_by?.id === me;
    model.close();
    if (held) await api.release(id).catch(() => undefined);
  }

  image.on(follow);
  follow();
  return { actions: reviewActions(editor, { model, panel, decisions, threads }) };
}

/** How the open image's review stands, beside its name. @param {Editor} editor @param {ReviewModel} model */
function showChip({ image }, model) {
  const chip = h('span', { hidden: true });
  const done = document.querySelector('.topbar > .chip');
  done?.after(chip);
  const show = () => {
    const review = model.review?.review ?? image.info?.review ?? 'none';
    chip.hidden = review === 'none' || image.phase !== 'ready';
    if (review === 'none') return;
    done?.toggleAttribute('hidden', true); // what the review says tells more
    const [look, sign, word] = STATES[review];
    chip.className = `chip ${look}`;
    chip.replaceChildren(icon(sign), word);
  };
  model.on(show);
  image.on(show);
}
