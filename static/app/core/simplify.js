/** Outlines with fewer corners. */

import { segmentDistance } from './geometry.js';

/**
 * Douglas–Peucker on a closed ring; keeps at least three points.
 * @param {[number, number][]} ring
 * @param {number} tolerance in pixels
 * @returns {[number, number][]}
 */
export function simplifyRing(ring, tolerance) {
  if (ring.length <= 3) return ring.slice();
  const far = farthest(ring, ring[0] ?? [0, 0]);
  const halves = [ring.slice(0, far + 1), [...ring.slice(far), /** @type {[number, number]} */ (ring[0])]];
  const [first, second] = halves.map((half) => simplifyLine(half, tolerance));
  const out = [...(first ?? []).slice(0, -1), ...(second ?? []).slice(0, -1)];
  return out.length >= 3 ? out : ring.slice(0, 3);
}

/**
 * @param {[number, number][]} ring
 * @param {[number, number]} from
 */
function farthest(ring, from) {
  let best = 0;
  let bestDistance = -1;
  ring.forEach(([x, y], i) => {
    const d = Math.hypot(x - from[0], y - from[1]);
    if (d > bestDistance) [best, bestDistance] = [i, d];
  });
  return best;
}

/**
 * @param {[number, number][]} line
 * @param {number} tolerance
 * @returns {[number, number][]}
 */
function simplifyLine(line, tolerance) {
  const keep = new Uint8Array(line.length);
  keep[0] = keep[line.length - 1] = 1;
  const stack = [[0, line.length - 1]];
  while (stack.length > 0) {
    const [from, to] = /** @type {[number, number]} */ (stack.pop());
    const split = worstBetween(line, from, to, tolerance);
    if (split < 0) continue;
    keep[split] = 1;
    stack.push([from, split], [split, to]);
  }
  return line.filter((_, i) => keep[i] === 1);
}

/**
 * Index of the point that strays farthest from the chord, or -1 when all are within tolerance.
 * @param {[number, number][]} line
 * @param {number} from
 * @param {number} to
 * @param {number} tolerance
 */
function worstBetween(line, from, to, tolerance) {
  const a = toPoint(line[from]);
  const b = toPoint(line[to]);
  let worst = -1;
  let worstDistance = tolerance;
  for (let i = from + 1; i < to; i++) {
    const d = segmentDistance(toPoint(line[i]), a, b);
    if (d > worstDistance) [worst, worstDistance] = [i, d];
  }
  return worst;
}

/** @param {[number, number] | undefined} pair */
function toPoint(pair) {
  return { x: pair?.[0] ?? 0, y: pair?.[1] ?? 0 };
}
