/** Colours that are told apart, by colour-blind eyes too, and text that is read on them. */

import { parseHex } from './color.js';

/** Okabe and Ito's set without black, plus a violet: told apart under the common colour blindnesses. */
export const SAFE_COLORS = ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7', '#8a63d2'];

/** Relative luminance (WCAG 2.2). @param {string} hex */
export function luminance(hex) {
  const [r, g, b] = /** @type {[number, number, number]} */ (
    parseHex(hex).map((channel) => {
      const c = channel / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    })
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Black or white, whichever reads better on the colour. @param {string} hex */
export function textOn(hex) {
  const y = luminance(hex);
  return (y + 0.05) / 0.05 >= 1.05 / (y + 0.05) ? '#000000' : '#ffffff';
}
