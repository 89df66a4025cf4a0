/** Colours for new labels: the server's colour-blind-safe set first, then the largest hue gaps. Pure. */
import { oklchToHex, parseHex } from '../core/color.js';

/** Linear light, 0..1. @param {number} channel 0..255 */
function linear(channel) {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

/** Hue in OKLCH, degrees. @param {string} hex */
export function hue(hex) {
  const [r, g, b] = /** @type {[number, number, number]} */ (parseHex(hex).map(linear));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return ((Math.atan2(bb, a) * 180) / Math.PI + 360) % 360;
}

/**
 * The colour a new label gets: the first unused of the safe set, else the middle of the largest hue gap.
 * @param {string[]} used "#rrggbb" @param {string[]} safe "#rrggbb" in lower case
 */
export function nextColor(used, safe) {
  const taken = new Set(used.map((color) => color.toLowerCase()));
  const free = safe.find((color) => !taken.has(color));
  if (free) return free;
  const hues = [...taken].map(hue).sort((x, y) => x - y);
  let best = { gap: -1, start: 0 };
  hues.forEach((start, index) => {
    const gap = ((hues[(index + 1) % hues.length] ?? start) - start + 360) % 360 || 360;
    if (gap > best.gap) best = { gap, start };
  });
  return oklchToHex(0.72, 0.15, (best.start + best.gap / 2) % 360);
}
