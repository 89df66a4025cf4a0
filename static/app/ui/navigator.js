/** Walking through the project's images without leaving the page; the address follows. */

/** @import { Uuid } from '../types.js' */
/** @import { Editor } from '../editor.js' */
/** @import { ImageOpener } from '../tools/open_image.js' */

/**
 * @param {object} parts
 * @param {ImageOpener} parts.image
 * @param {string} parts.address editor page of an image, with {image} as placeholder
 * @param {(id: Uuid, state: 'done' | 'in_progress') => Promise<unknown>} parts.setState
 * @param {() => Promise<void>} parts.save sends what is unsent
 * @param {() => Editor} parts.editor
 */
export function createNavigator({ image, address, setState, save, editor }) {
  /** @param {Uuid} id @param {boolean} [push] */
  function open(id, push = true) {
    if (push) history.pushState({ image: id }, '', address.replace('{image}', id));
    return image.open(id);
  }

  /** @param {number} step */
  function go(step) {
    const next = image.neighbour(step);
    if (next && next.id !== image.info?.id) void open(next.id);
    else if (image.index.length > 0) editor().notify({ message: step > 0 ? 'This is the last image.' : 'This is the first image.' });
  }

  function unfinished() {
    const next = image.nextUnfinished();
    if (next) void open(next.id);
    else editor().notify({ message: 'Every image of this project is done.', kind: 'success' });
  }

  /** The next image, once clicks on it can be decoded. */
  async function openNextReady() {
    const next = image.neighbour(1);
    if (!next || next.id === image.info?.id) throw new Error('This is the last image.');
    await open(next.id);
    await editor().image.prepared;
  }

  async function submit() {
    const { info } = image;
    if (!info) return;
    try {
      await save();
      await setState(info.id, 'done');
      image.note(info.id, { state: 'done' });
      editor().notify({ message: `${info.name} is done.`, kind: 'success', action: { name: 'Reopen', run: () => void reopen(info.id) } });
      unfinished();
    } catch (error) {
      editor().notify({ message: `${info.name} was not submitted. ${error instanceof Error ? error.message : ''}`, kind: 'error', action: { name: 'Try again', run: () => void submit() } });
    }
  }

  /** @param {Uuid} id */
  async function reopen(id) {
    await setState(id, 'in_progress');
    image.note(id, { state: 'in_progress' });
    if (image.info?.id !== id) await open(id);
  }

  window.addEventListener('popstate', (event) => {
    const id = event.state?.image;
    if (id) void open(id, false);
  });

  return { go, unfinished, openNextReady, submit: () => void submit(), open, reload: () => void (image.info ? open(image.info.id, false) : location.reload()) };
}
