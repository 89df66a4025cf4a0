/** How an object began, in words and as an icon. */

/** @import { Stage } from '../types.js' */

/** @type {Record<Stage, { name: string, icon: string }>} */
export const STAGES = {
  assisted_manual: { name: 'By hand', icon: 'mouse-pointer-click' },
  semi_automatic: { name: 'Suggested first', icon: 'sparkles' },
  fully_automatic: { name: 'Automatic', icon: 'bot' },
};

/** Up to two letters that stand for a name. @param {string} name */
export function initials(name) {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}
