/** Small helpers to build and update DOM. No inline styles or scripts: the page's policy forbids both. */

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

/**
 * An element with properties and children. `class`, `data-*`, `aria-*` and other attributes are
 * set as attributes; `on…` adds a listener; false and null leave an attribute out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, unknown>} [props]
 * @param {...(Node | string | null | false | undefined)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  element.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child !== null && child !== false && child !== undefined)));
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {unknown} value
 */
function setProp(element, name, value) {
  if (name.startsWith('on') && typeof value === 'function') {
    element.addEventListener(name.slice(2).toLowerCase(), /** @type {EventListener} */ (value));
  } else if (value !== null && value !== undefined && value !== false) {
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** @param {string} name of a lucide icon in the sprite @param {string} [className] */
export function icon(name, className = 'icon') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', className);
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

/**
 * A button that shows an icon and speaks its name.
 * @param {string} iconName
 * @param {string} name
 * @param {() => void} run
 * @param {Record<string, unknown>} [props] `class` is added to the button's own
 */
export function iconButton(iconName, name, run, { class: extra = '', ...props } = {}) {
  return h('button', { type: 'button', class: `icon-button ${extra}`.trim(), 'aria-label': name, title: name, onclick: run, ...props }, icon(iconName));
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
  return target instanceof HTMLElement && !target.closest('dialog:not([open])')
    && (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
      || (target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button', 'color'].includes(target.type)));
}
