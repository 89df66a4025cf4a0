/** An image is marked as done, or taken back from that. */

/** @import { ImageInfo, Uuid } from '../types.js' */
/** @import { Editor } from '../editor.js' */
/** @import { ImageOpener } from '../tools/open_image.js' */
import { offerNext } from './job_end.js';

/** Nothing is left to do here. @param {Editor} editor */
export function sayAllDone(editor) {
  const { job } = editor.config;
  if (job) offerNext(editor, job.title);
  else editor.notify({ message: 'Every image of this project is done.', kind: 'success' });
}

/**
 * @param {object} parts
 * @param {ImageOpener} parts.image
 * @param {(id: Uuid, state: ImageInfo['state']) => Promise<Pick<ImageInfo, 'review'>>} parts.setState
 * @param {() => Promise<void>} parts.save sends what is unsent
 * @param {() => Editor} parts.editor
 * @param {(id: Uuid) => Promise<unknown>} parts.open
 * @param {() => void} parts.unfinished opens the next image that is not done
 * @param {() => Promise<unknown[]>} parts.keepOpen says 'open' of a mask that cannot be kept yet
 */
export function createFinishing({ image, setState, save, editor, open, unfinished, keepOpen }) {
  async function submit() {
    const { info } = image;
    if (!info) return;
    try {
      if ((await keepOpen()).includes('open'))
        throw new Error('Its open mask is not ready to be kept. Wait for it, or drop it with Esc, and submit again.');
      await save();
      const before = undone();
      const { review } = await setState(info.id, 'done');
      image.note(info.id, { state: 'done', review });
      editor().notify({
        message: review === 'waiting' ? `${info.name} is submitted for review.` : `${info.name} is done.`,
        kind: 'success',
        action: { name: 'Reopen', run: () => void reopen(info, before) },
      });
      unfinished();
    } catch (error) {
      editor().notify({
        message: `${info.name} was not submitted. ${error instanceof Error ? error.message : ''}`,
        kind: 'error',
        action: { name: 'Try again', run: () => void submit() },
      });
    }
  }

  /** @param {Pick<ImageInfo, 'id' | 'name'>} info @param {ImageInfo['state']} state what it is instead of done */
  async function reopen({ id, name }, state) {
    try {
      const { review } = await setState(id, state);
      image.note(id, { state, review });
      if (image.info?.id !== id) await open(id);
      editor().notify({ message: `${name} is open again.`, kind: 'success' });
    } catch (error) {
      editor().notify({
        message: `${name} is still done. ${error instanceof Error ? error.message : ''}`,
        kind: 'error',
        action: { name: 'Try again', run: () => void reopen({ id, name }, state) },
      });
    }
  }

  /** What the open image is while it is not done. @returns {ImageInfo['state']} */
  const undone = () => (editor().store.all().length > 0 ? 'in_progress' : 'new');

  return { submit, reopenHere: () => void (image.info && reopen(image.info, undone())) };
}
