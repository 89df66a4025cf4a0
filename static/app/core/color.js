/** Colours as masks and marks are drawn in them. */

/**
 * @param {string} hex "#rrggbb"
 * @returns {[r: number, g: number, b: number]} 0..255
 */
export function parseHex(hex) {
  const value = Number.parseInt(hex.slice(1), 16);
  return Number.isFinite(value) && hex.length === 7 ? [value >> 16, (value >> 8) & 255, value & 255] : [127, 127, 127];
}

/** "rgb(1, 2, 3)", as getComputedStyle gives it, to "#010203". @param {string} css */
export function toHex(css) {
  const channels = css
    .match(/^rgba?\(([^)]+)\)/)?.[1]
    ?.split(/[ ,/]+/)
    .slice(0, 3)
    .map(Number);
  if (!channels || channels.length < 3) return /^#[0-9a-f]{6}$/i.test(css.trim()) ? css.trim() : '#4c9fff';
  return `#${channels.map((c) => Math.round(c).toString(16).padStart(2, '0')).join('')}`;
}

/**
 * @param {string} hex
 * @param {number} alpha
 */
export function withAlpha(hex, alpha) {
  const [r, g, b] = parseHex(hex);
  return `rgb(${r} ${g} ${b} / ${alpha})`;
}

/** The colour mixed with white. @param {string} hex @param {number} amount 0..1 */
export function brighten(hex, amount) {
  const mixed = parseHex(hex).map((c) => Math.round(c + (255 - c) * amount));
  return `#${mixed.map((c) => c.toString(16).padStart(2, '0')).join('')}`;
}

/** A lasting colour for one object, from its id. @param {string} id */
export function instanceColor(id) {
  let hash = 2166136261;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 16777619) >>> 0;
  // The golden angle spreads neighbouring hashes over the hues; three lightness steps help colour-blind eyes.
  const hue = (hash * 137.508) % 360;
  const lightness = 0.62 + 0.09 * (hash % 3);
  return oklchToHex(lightness, 0.15, hue);
}

/**
 * @param {number} lightness 0..1
 * @param {number} chroma
 * @param {number} hue degrees
 */
export function oklchToHex(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return `#${linear.map(channelHex).join('')}`;
}

/** @param {number} linear */
function channelHex(linear) {
  const c = Math.min(1, Math.max(0, linear));
  const encoded = c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255)
    .toString(16)
    .padStart(2, '0');
}
