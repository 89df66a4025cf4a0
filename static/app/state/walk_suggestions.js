/** From suggestion to suggestion; each says false when there is none to go to. */
/** @import { Suggestions } from './suggestions.js' */

/** The next or previous by rank. @param {Suggestions} suggestions @param {1 | -1} direction */
export function step(suggestions, direction) {
  const { list } = suggestions;
  if (list.length === 0) return false;
  const at = list.findIndex(({ id }) => id === suggestions.chosen);
  suggestions.choose(list[at < 0 ? 0 : (at + direction + list.length) % list.length]?.id ?? null);
  return true;
}

/** From a part to the whole it belongs to. @param {Suggestions} suggestions */
export function toWhole(suggestions) {
  const parent = suggestions.current?.parent;
  if (!parent || !suggestions.get(parent)) return false;
  suggestions.choose(parent);
  return true;
}

/** From a whole to its best part. @param {Suggestions} suggestions */
export function toPart(suggestions) {
  const part = suggestions.list.find(({ parent }) => parent === suggestions.chosen);
  if (!part) return false;
  suggestions.choose(part.id);
  return true;
}
