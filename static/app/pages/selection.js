/** Which images are ticked; Shift ticks everything between the last one and this. Images need not be on the page. */

/**
 * @param {HTMLElement} list its ticks are [data-pick]
 * @param {(ids: string[]) => void} onChange
 */
export function createSelection(list, onChange) {
  /** @type {HTMLInputElement | null} */
  let last = null;
  let shift = false;
  /** @type {Set<string>} */
  let picked = new Set();
  const boxes = () => /** @type {HTMLInputElement[]} */ ([...list.querySelectorAll('[data-pick]')]);

  function tell() {
    list.classList.toggle('picking', picked.size > 0);
    onChange([...picked]);
  }

  /** @param {Iterable<string>} ids */
  function set(ids) {
    picked = new Set(ids);
    for (const box of boxes()) box.checked = picked.has(box.value);
    tell();
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
    const all = boxes();
    const [from = 0, to = 0] = [last && shift ? all.indexOf(last) : all.indexOf(box), all.indexOf(box)].sort(
      (a, b) => a - b,
    );
    for (const between of all.slice(Math.max(from, 0), to + 1)) {
      between.checked = box.checked;
      if (box.checked) picked.add(between.value);
      else picked.delete(between.value);
    }
    last = box;
    tell();
  });
  // Cards come with the next page; those of chosen images come ticked.
  new MutationObserver(() => {
    for (const box of boxes()) box.checked = picked.has(box.value);
  }).observe(list, { childList: true });

  return {
    ids: () => [...picked],
    set,
    setShown: () => set([...picked, ...boxes().map(({ value }) => value)]),
    clear: () => set([]),
    /** Some are gone. @param {string[]} ids */
    drop(ids) {
      for (const id of ids) picked.delete(id);
      tell();
    },
  };
}
