/** Small helpers of the server's pages, on top of those that the editor shares. */
import { SVG, h, svgUse } from '../dom/element.js';

export { h };

/** @param {string} name of an icon in the sprite @param {string} [extra] more classes */
export const icon = (name, extra = '') =>
  svgUse(`${document.body.dataset.icons ?? ''}#${name}`, `icon ${extra}`.trim());

/**
 * Colour square. A presentation attribute, because the page's policy forbids inline styles.
 * @param {string} color "#rrggbb"
 */
export function swatch(color) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'swatch');
  svg.setAttribute('viewBox', '0 0 12 12');
  svg.setAttribute('aria-hidden', 'true');
  const rect = document.createElementNS(SVG, 'rect');
  for (const [key, value] of Object.entries({ width: '12', height: '12', rx: '3', fill: color }))
    rect.setAttribute(key, value);
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
