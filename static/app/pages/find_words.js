/** The dialog that asks a model in words, on the ticked images. */
import { find } from './dom.js';
import { plural } from './format.js';
import { toast } from './toast.js';
import { createWordsForm } from './words_form.js';

/** @param {string} project @returns {((ids: string[]) => void) | null} opens the dialog; null: no model is asked in words */
export function createFindWords(project) {
  const dialog = document.querySelector('#find-words');
  if (!(dialog instanceof HTMLDialogElement)) return null;
  /** @type {string[]} */
  let images = [];
  let made = false;
  const open = () => {
    find('[data-words-where]', HTMLElement, dialog).textContent = `On ${plural(images.length, 'selected image')}.`;
    if (!made)
      createWordsForm(
        project,
        find('[data-words]', HTMLFormElement, dialog),
        () => images,
        () => {
          dialog.close();
          toast('The search has started. Background work shows how far it is.', { kind: 'positive' });
        },
      );
    made = true;
    dialog.showModal();
  };
  return (ids) => {
    images = ids;
    open();
  };
}
