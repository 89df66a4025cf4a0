/** Small helpers of the editor's panels, on top of those that all pages share. */

import { h, svgUse } from '../dom/element.js';

export { h };

/**
 * Takes the icon sprite into the page, so that icons made later, offline too, are there.
 * @param {string} url of the sprite
 */
export async function useIcons(url) {
  const response = await fetch(url);
  const sprite = new DOMParser().parseFromString(await response.text(), 'image/svg+xml').documentElement;
  for (const symbol of sprite.querySelectorAll('[id]')) symbol.id = `icon-${symbol.id}`;
  sprite.setAttribute('class', 'icon-sprite');
  sprite.setAttribute('aria-hidden', 'true');
  document.body.append(document.importNode(sprite, true));
}

/** @param {string} name of a lucide icon in the sprite @param {string} [className] */
export const icon = (name, className = 'icon') => svgUse(`#icon-${name}`, className);

/**
 * A button that shows an icon and speaks its name.
 * @param {string} iconName
 * @param {string} name
 * @param {() => void} run
 * @param {Record<string, unknown>} [props] `class` is added to the button's own
 */
export function iconButton(iconName, name, run, { class: extra = '', ...props } = {}) {
  return h(
    'button',
    { type: 'button', class: `icon-button ${extra}`.trim(), 'aria-label': name, title: name, onclick: run, ...props },
    icon(iconName),
  );
}

/** @param {string} color "#rrggbb" */
export function swatch(color) {
  const element = h('span', { class: 'label-swatch', 'aria-hidden': 'true' });
  element.style.backgroundColor = color;
  return element;
}

/**
 * Updates text only when it differs, so that screen readers and the layout stay quiet.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Is the person writing, so that plain keys are letters? A field of a closed dialog keeps the focus until the browser
 * next draws, and takes no letters.
 * @param {EventTarget | null} target
 */
export function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    !target.closest('dialog:not([open])') &&
    (target.isContentEditable ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement ||
      (target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button', 'color'].includes(target.type)))
  );
}
