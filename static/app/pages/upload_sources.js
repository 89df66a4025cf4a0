/** Where uploads come from: the pickers of files and folders, and a drop anywhere on the page. */
/** @import {Picked} from './dropped_files.js' */
import { find, h, icon } from './dom.js';
import { droppedFiles, pickedFiles } from './dropped_files.js';

/** The two buttons, for files and for a folder. @param {(files: Picked[]) => void} add */
export function wirePickers(add) {
  for (const [button, input] of [
    ['[data-pick-files]', '[data-files]'],
    ['[data-pick-folder]', '[data-folder]'],
  ]) {
    const field = find(input ?? '', HTMLInputElement);
    for (const element of document.querySelectorAll(button ?? ''))
      element.addEventListener('click', () => field.click());
    field.addEventListener('change', () => {
      add(pickedFiles(field.files ?? []));
      field.value = '';
    });
  }
}

/** Files dropped anywhere on the page. @param {(files: Picked[]) => void} add */
export function wireDrop(add) {
  const cover = h(
    'div',
    { class: 'drop-cover', hidden: true },
    icon('upload', 'icon-large'),
    'Drop to add to this project',
  );
  document.body.append(cover);
  let depth = 0;
  const carriesFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') ?? false;
  window.addEventListener('dragenter', (event) => {
    if (carriesFiles(event)) {
      depth += 1;
      cover.hidden = false;
    }
  });
  window.addEventListener('dragleave', (event) => {
    if (carriesFiles(event)) {
      depth = Math.max(0, depth - 1);
      cover.hidden = depth === 0;
    }
  });
  window.addEventListener('dragover', (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  window.addEventListener('drop', async (event) => {
    if (!event.dataTransfer || !carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    cover.hidden = true;
    add(await droppedFiles(event.dataTransfer));
  });
}
