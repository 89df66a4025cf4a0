/** A list whose rows can be dragged to another place by their handle ([draggable]); the keyboard has its own buttons. */

/**
 * @param {HTMLElement} list rows carry data-label
 * @param {(id: string, index: number) => void} onMove called once, when the row is dropped
 */
export function makeSortable(list, onMove) {
  /** @type {HTMLElement | null} */
  let dragged = null;
  const rowOf = (/** @type {EventTarget | null} */ target) => {
    const row = target instanceof Element ? target.closest('li') : null;
    return row && list.contains(row) ? row : null;
  };

  list.addEventListener('dragstart', (event) => {
    dragged = rowOf(event.target);
    if (!dragged || !event.dataTransfer) return;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setDragImage(dragged, 12, 12);
    dragged.classList.add('dragging');
  });
  list.addEventListener('dragover', (event) => {
    const over = rowOf(event.target);
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });
  list.addEventListener('drop', (event) => {
    if (dragged) event.preventDefault();
  });
  list.addEventListener('dragend', () => {
    if (!dragged) return;
    dragged.classList.remove('dragging');
    onMove(dragged.dataset.label ?? '', [...list.children].indexOf(dragged));
    dragged = null;
  });
}
