/** Building DOM without a framework and without innerHTML, for the editor and the other pages alike. The pages' policy
 *  forbids inline styles and scripts, so there are none here. */

/** @typedef {Node | string | number | null | undefined | false} Child */

export const SVG = 'http://www.w3.org/2000/svg';

/** What has listeners. @type {WeakSet<Element>} */
export const wired = new WeakSet();

/**
 * An element with properties and children. `on…` functions become listeners, everything else an attribute: true is an empty
 * one, false, null and undefined leave it out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, unknown>} [props]
 * @param {...Child} children null, undefined and false are left out
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function' && name.startsWith('on')) {
      element.addEventListener(name.slice(2).toLowerCase(), /** @type {EventListener} */ (value));
      wired.add(element);
    } else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false)
      element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/**
 * A picture from an SVG sprite; decoration only, so hidden from screen readers.
 * @param {string} href of the symbol
 * @param {string} className
 * @returns {SVGSVGElement}
 */
export function svgUse(href, className) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', className);
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', href);
  svg.append(use);
  return svg;
}
