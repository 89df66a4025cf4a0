/** Which images of the grid are ticked; Shift ticks everything between the last one and this. */

/**
 * @param {HTMLElement} list its ticks are [data-pick]
 * @param {(ids: string[]) => void} onChange
 */
export function createSelection(list, onChange) {
  /** @type {HTMLInputElement | null} */
  let last = null;
  let shift = false;
  const boxes = () => /** @type {HTMLInputElement[]} */ ([...list.querySelectorAll('[data-pick]')]);
  const ids = () =>
    boxes()
      .filter((box) => box.checked)
      .map((box) => box.value);

  function tell() {
    const picked = ids();
    list.classList.toggle('picking', picked.length > 0);
    onChange(picked);
  }

  // A change event does not know about Shift; the click before it does.
  list.addEventListener(
    'click',
    (event) => {
      shift = event.shiftKey;
    },
    true,
  );
  list.addEventListener('change', (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.matches('[data-pick]')) return;
    if (shift && last) {
      const all = boxes();
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const between of all.slice(from, (to ?? 0) + 1)) between.checked = box.checked;
    }
    last = box;
    tell();
  });

  return {
    ids,
    refresh: tell,
    /** @param {boolean} checked */
    setAll(checked) {
      for (const box of boxes()) box.checked = checked;
      tell();
    },
  };
}
