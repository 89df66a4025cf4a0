/** What a timeline of tracks says: stretches to draw, images that want a look, words for who cannot see it. */

/** @import { Timeline } from '../api/schema.d.ts' */
import { plural } from '../tools/carry_along.js';

/** @typedef {Timeline['tracks'][number]} Track */
/** @typedef {{ kind: Track['cells'][number]['kind'], from: number, count: number }} Stretch */

/** A suggestion less sure than that wants a look. */
export const DOUBTFUL = 0.8;

/** Neighbouring images of one kind, as one stretch. @param {Track} track @returns {Stretch[]} */
export function stretchesOf({ cells }) {
  /** @type {Stretch[]} */
  const found = [];
  for (const { at, kind } of cells) {
    const last = found.at(-1);
    if (last && last.kind === kind && last.from + last.count === at) last.count += 1;
    else found.push({ kind, from: at, count: 1 });
  }
  return found;
}

/** Places of the images where an object was lost or is in doubt, each once, in order. @param {Track[]} tracks */
export function doubtsOf(tracks) {
  const places = tracks.flatMap(({ cells }) =>
    cells.filter(({ kind, confidence }) => kind === 'lost' || (kind === 'suggested' && (confidence ?? 1) < DOUBTFUL)),
  );
  return [...new Set(places.map(({ at }) => at))].sort((a, b) => a - b);
}

/** The next doubtful image behind (1) or before (-1) a place; null where there is none.
 *  @param {Track[]} tracks @param {number} here @param {1 | -1} step */
export function doubtFrom(tracks, here, step) {
  const doubts = doubtsOf(tracks);
  return (step > 0 ? doubts.find((at) => at > here) : doubts.findLast((at) => at < here)) ?? null;
}

/** @param {Track} track */
export function wordsOf({ cells }) {
  const count = (/** @type {string} */ kind) => cells.filter((cell) => cell.kind === kind).length;
  const lost = cells.find(({ kind }) => kind === 'lost');
  const said = [
    `drawn on ${plural(count('object'), 'image')}`,
    `suggested on ${plural(count('suggested'), 'image')}`,
    ...(lost ? [`lost: ${lost.reason}`] : []),
  ];
  return said.join(', ');
}
