/** Walking through the parts of the window by key. On the photo Tab goes from object to object, so it is no way out. */

/** In the order of the walk; a part inside another comes after it. */
const PARTS = [
  '.stage',
  '.options',
  '.side .panel-labels',
  '.side .panel-objects',
  '.side .panel-attributes',
  '.filmstrip',
  '.topbar',
  '.rail',
];
const FOCUSABLE = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), [tabindex="0"]';

/** Gives the focus to the part after or before the one that has it. @param {1 | -1} step */
export function focusPart(step) {
  const parts = PARTS.flatMap((selector) => {
    const part = document.querySelector(selector);
    const target =
      part &&
      (part.matches(FOCUSABLE)
        ? part
        : [...part.querySelectorAll(FOCUSABLE)].find((control) => control.checkVisibility()));
    return part && target instanceof HTMLElement && target.checkVisibility() ? [{ part, target }] : [];
  });
  const at = parts.findLastIndex(({ part }) => part.contains(document.activeElement));
  parts.at((at + step) % parts.length)?.target.focus();
}
