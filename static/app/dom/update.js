/** What is shown already is changed, not replaced: a press whose element is gone when it is let go of is no click. */

import { wired } from './element.js';

/**
 * Makes an element look as another does. A part with listeners stays while it looks the same, and is replaced otherwise;
 * those of the element itself stay, so they may depend on nothing that changes.
 * @template {Element} T
 * @param {T} old
 * @param {Element} made
 * @returns {T} the old one
 */
export function update(old, made) {
  for (const { name } of [...old.attributes]) if (!made.hasAttribute(name)) old.removeAttribute(name);
  // The page's policy refuses styles as text.
  for (const { name, value } of made.attributes)
    if (name === 'style') /** @type {*} */ (old).style.cssText = value;
    else if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const parts = [...made.childNodes];
  parts.forEach((part, i) => {
    const was = old.childNodes[i];
    if (!was) old.append(part);
    else if (was.isEqualNode(part)) return;
    else if (
      was instanceof Element &&
      part instanceof Element &&
      was.tagName === part.tagName &&
      !wired.has(was) &&
      !wired.has(part)
    )
      update(was, part);
    else was.replaceWith(part);
  });
  while (old.childNodes.length > parts.length) old.lastChild?.remove();
  return old;
}

/**
 * Gives a list these rows; those with the same id are the same row.
 * @param {Element} list
 * @param {Element[]} made
 */
export function updateRows(list, made) {
  const before = new Map([...list.children].map((row) => [row.id, row]));
  const rows = made.map((row) => {
    const old = before.get(row.id);
    return old ? update(old, row) : row;
  });
  for (const old of before.values()) if (!rows.includes(old)) old.remove();
  rows.forEach((row, i) => {
    const there = list.children[i];
    if (there !== row) list.insertBefore(row, there ?? null);
  });
}
