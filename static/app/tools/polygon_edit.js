/** Corners of polygon rings: finding, moving, adding, removing. Pure. */

/** @import { Point } from '../core/geometry.js' */
/** @import { Viewport } from '../view/viewport.js' */
import { distance, segmentDistance } from '../core/geometry.js';
import { toScreen } from '../view/viewport.js';

/** @typedef {[number, number][][]} Rings */
/** @typedef {{ ring: number, index: number }} Place */

const REACH = 9;

/** @param {Viewport} v @param {[number, number] | undefined} corner */
const onScreen = (v, corner) => toScreen(v, { x: corner?.[0] ?? 0, y: corner?.[1] ?? 0 });

/**
 * @param {Rings} rings
 * @param {Viewport} v
 * @param {Point} screen
 * @returns {Place | null}
 */
export function vertexAt(rings, v, screen) {
  return nearest(rings, (ring, i) => distance(onScreen(v, ring[i]), screen));
}

/**
 * The edge under the pointer, named by its first corner.
 * @param {Rings} rings
 * @param {Viewport} v
 * @param {Point} screen
 * @returns {Place | null}
 */
export function edgeAt(rings, v, screen) {
  return nearest(rings, (ring, i) =>
    segmentDistance(screen, onScreen(v, ring[i]), onScreen(v, ring[(i + 1) % ring.length])),
  );
}

/** @param {Rings} rings @param {(ring: [number, number][], index: number) => number} measure @returns {Place | null} */
function nearest(rings, measure) {
  /** @type {Place | null} */
  let best = null;
  let least = REACH;
  for (const [r, ring] of rings.entries()) {
    for (const i of ring.keys()) {
      const d = measure(ring, i);
      if (d < least) [best, least] = [{ ring: r, index: i }, d];
    }
  }
  return best;
}

/** @param {Rings} rings @param {number} ring @param {number} index @param {Point} to @returns {Rings} */
export function moveVertex(rings, ring, index, to) {
  return rings.map((points, r) => (r === ring ? points.map((p, i) => (i === index ? [to.x, to.y] : p)) : points));
}

/** @param {Rings} rings @param {number} ring @param {number} after @param {Point} at @returns {Rings} */
export function insertVertex(rings, ring, after, at) {
  return rings.map((points, r) =>
    r === ring ? [...points.slice(0, after + 1), [at.x, at.y], ...points.slice(after + 1)] : points,
  );
}

/** A ring of three corners goes away as a whole. @param {Rings} rings @param {number} ring @param {number} index @returns {Rings} */
export function removeVertex(rings, ring, index) {
  return rings.flatMap((points, r) => {
    if (r !== ring) return [points];
    return points.length > 3 ? [points.filter((_, i) => i !== index)] : [];
  });
}
