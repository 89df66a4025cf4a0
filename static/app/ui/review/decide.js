/** Accepting, returning, taking back, going on: what a reviewer's keys do. */

/** @import { Editor } from '../../editor.js' */
/** @import { ReviewParts } from '../types.d.ts' */
/** @import { ReviewModel } from './model.js' */

/** @param {Editor} editor @param {ReviewParts} parts @param {ReviewModel} model */
export function createDecisions(editor, { image, live, navigator, save }, model) {
  const failed = (/** @type {unknown} */ error) =>
    editor.notify({ message: error instanceof Error ? error.message : String(error), kind: 'error' });

  /** The count of changes of what is seen here: own changes are sent, others' are fetched. When those changed what is on
   *  the screen just now, nobody has looked at it yet. */
  async function seen() {
    await save();
    const before = snapshot(editor);
    await live.poll();
    if (snapshot(editor) !== before)
      throw new Error('Objects were changed by somebody else just now. Look at them, then decide.');
    return live.seq;
  }

  /** @param {(seq: number) => Promise<void>} decide @param {{ review: 'accepted' | 'returned', state: 'done' | 'in_progress' }} becomes @param {string} word */
  async function decided(decide, becomes, word) {
    const { info } = image;
    if (!info || !model.decides) return false;
    try {
      await decide(await seen());
    } catch (error) {
      failed(error);
      await model.refresh().catch(() => undefined);
      return false;
    }
    image.note(info.id, becomes);
    editor.notify({
      message: `${info.name} is ${word}.`,
      kind: 'success',
      action: { name: 'Undo', run: () => void reopen(info.id) },
    });
    await next(false);
    return true;
  }

  /** @param {string} id */
  async function reopen(id) {
    try {
      await model.reopen(id);
      image.note(id, { review: 'waiting', state: 'done' });
      if (image.info?.id !== id) await navigator.open(id);
    } catch (error) {
      failed(error);
    }
  }

  /** Opens the next image that waits for this person. @param {boolean} [asked] whether the person wanted to */
  async function next(asked = true) {
    try {
      const { image: id } = await model.api.next(editor.config.project.id);
      if (id) await navigator.open(id);
      else if (asked) editor.notify({ message: 'Nothing waits for you to review.' });
    } catch (error) {
      failed(error);
    }
  }

  return {
    next,
    accept: () => decided((seq) => model.accept(seq), { review: 'accepted', state: 'done' }, 'accepted'),
    /** @param {string} text */
    sendBack: (text) =>
      decided((seq) => model.sendBack(seq, text), { review: 'returned', state: 'in_progress' }, 'returned'),
  };
}

/** @param {Editor} editor */
function snapshot({ store }) {
  return store
    .all()
    .map(({ id, revision }) => `${id} ${revision}`)
    .sort()
    .join();
}
