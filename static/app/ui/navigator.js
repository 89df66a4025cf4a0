/** Walking through the project's images without leaving the page; the address follows. */

/** @import { Uuid } from '../types.js' */
/** @import { NavigatorParts } from '../parts.js' */
/** @import { createFinishing } from './finishing.js' */
import { later } from '../core/later.js';

const parts = later(() => import('./finishing.js'));

/** @param {NavigatorParts} parts */
export function createNavigator({ image, address, setState, unfinished, save, editor }) {
  /** A mask that is still open when its image is left, or done, is kept under the active label. Says 'open' of one that
   *  cannot be yet. */
  async function keepOpen() {
    const { tools, labels, session, notify } = editor();
    const { label, tool } = session.state;
    const { name } = image.info ?? {};
    const kept = await Promise.all([...new Set([tools.get('smart'), tools.get(tool)])].map((one) => one.keep?.()));
    const named = labels.find(({ id }) => id === label)?.name ?? 'an object without a label';
    if (kept.includes('kept')) notify({ message: `The open mask on ${name} was kept as ${named}.` });
    return kept;
  }

  /** @param {Uuid} id @param {boolean} [push] */
  function open(id, push = true) {
    void keepOpen();
    if (push) history.pushState({ image: id }, '', address.replace('{image}', id));
    return image.open(id);
  }

  /** @param {Promise<unknown>} walking */
  const said = (walking) =>
    walking.catch(({ message }) =>
      editor().notify({ message: `No other image was opened. ${message}`, kind: 'error' }),
    );

  /** Steps taken quicker than the list comes follow each other. @type {Promise<unknown>} */
  let walk = Promise.resolve();

  /** @param {number} step */
  async function go(step) {
    const next = await image.neighbour(step);
    if (next && next.id !== image.id) void open(next.id);
    else if (next) editor().notify({ message: step > 0 ? 'This is the last image.' : 'This is the first image.' });
  }

  async function goOn() {
    const { image: next } = await unfinished(image.id);
    if (next) void open(next);
    else (await parts()).sayAllDone(editor());
  }

  /** The next image, once clicks on it can be decoded. */
  async function openNextReady() {
    const next = await image.neighbour(1);
    if (!next || next.id === image.id) throw new Error('This is the last image.');
    await open(next.id);
    await editor().image.prepared;
  }

  window.addEventListener('popstate', (event) => {
    const id = event.state?.image;
    if (id) void open(id, false);
  });

  /** A link leads out of the editor: not before what is open is kept. @param {MouseEvent} event */
  function leave(event) {
    const { currentTarget: link, ctrlKey, metaKey, shiftKey } = event;
    if (ctrlKey || metaKey || shiftKey || !(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    const go = () => location.assign(link.href);
    keepOpen()
      .then((kept) => (kept.includes('kept') ? save() : undefined))
      .then(go, go);
  }

  /** @param {(finishing: ReturnType<typeof createFinishing>) => Promise<void> | void} use */
  const finishing = (use) =>
    void parts().then(
      ({ createFinishing }) =>
        use(createFinishing({ image, setState, save, editor, open, unfinished: next, keepOpen })),
      (error) => editor().notify({ message: error.message, kind: 'error' }),
    );

  const next = () => void said(goOn());

  return {
    go(/** @type {number} */ step) {
      walk = said(walk.then(() => go(step)));
    },
    leave,
    unfinished: next,
    openNextReady,
    submit: () => finishing(({ submit }) => submit()),
    reopen: () => finishing(({ reopenHere }) => reopenHere()),
    open,
    reload: () => void (image.info ? open(image.info.id, false) : location.reload()),
  };
}
