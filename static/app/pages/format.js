/** Numbers, sizes and times as the interface writes them. Pure. */

const THIN_SPACE = '\u202f';

/** 12345 -> "12 345" with thin spaces. @param {number} value */
export function number(value) {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
}

/** Always in MB, as everywhere in the interface; small files keep two digits. @param {number} bytes */
export function size(bytes) {
  const mega = bytes / 1e6;
  if (mega >= 100) return `${number(mega)} MB`;
  return `${mega >= 10 ? mega.toFixed(1) : Math.max(mega, 0.01).toFixed(2)} MB`;
}

/** @param {number} count @param {string} one @param {string} [many] */
export function plural(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

const STEPS = /** @type {const} */ ([
  ['year', 31536000],
  ['month', 2592000],
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
]);

/**
 * "3 minutes ago".
 * @param {string} iso @param {number} [now] milliseconds
 */
export function relativeTime(iso, now = Date.now()) {
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return words.format(Math.trunc(seconds / length), unit);
  }
  return Math.abs(seconds) < 10 ? 'just now' : words.format(seconds, 'second');
}

/** @param {string} iso */
export function exactTime(iso) {
  return new Date(iso).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' });
}
