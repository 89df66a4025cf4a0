/** Small helpers to build DOM without a framework and without innerHTML. */

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined | EventListener>} Props */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Element with properties: `on…` functions become listeners, booleans present or absent attributes.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

/** @param {Element} parent @param {Child[]} children */
function append(parent, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child instanceof Node ? child : String(child));
  }
}

/**
 * Icon from the sprite; decoration only, so hidden from screen readers.
 * @param {string} name @param {string} [extra] more classes
 * @returns {SVGSVGElement}
 */
export function icon(name, extra = '') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', `icon ${extra}`.trim());
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `${document.body.dataset['icons'] ?? ''}#${name}`);
  svg.append(use);
  return svg;
}

/**
 * Colour square. A presentation attribute, because the page's policy forbids inline styles.
 * @param {string} color
 */
export function swatch(color) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'swatch');
  svg.setAttribute('viewBox', '0 0 12 12');
  svg.setAttribute('aria-hidden', 'true');
  const rect = document.createElementNS(SVG, 'rect');
  for (const [key, value] of Object.entries({ width: '12', height: '12', rx: '3', fill: color })) rect.setAttribute(key, value);
  svg.append(rect);
  return svg;
}

/**
 * The element that matches, of the expected class; a missing one is a bug in the template, so it throws.
 * @template {Element} T
 * @param {string} selector @param {new () => T} type @param {ParentNode} [root]
 * @returns {T}
 */
export function find(selector, type, root = document) {
  const element = root.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`The page has no ${selector}`);
  return element;
}

/**
 * JSON of a `json_script` block.
 * @param {string} id
 * @returns {any} the caller knows the shape it rendered
 */
export function pageData(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? 'null');
}
