/** Connected parts and holes of a mask, found on its vertical segments with union-find. */

/** @import { Runs } from './runs.js' */
/** @import { Columns } from './columns.js' */
import { invertColumns, toColumns } from './columns.js';
import { EMPTY, bounds, fromRanges, subtract, union } from './runs.js';
import { at } from './typed.js';

/**
 * One connected part.
 * @typedef {object} Part
 * @property {Runs} runs
 * @property {number} area
 * @property {boolean} open touches the border of the box it was searched in
 */

/**
 * The parts of a mask, largest first (8-connected).
 * @param {Runs} runs
 * @param {number} height
 * @returns {Part[]}
 */
export function parts(runs, height) {
  return collect(toColumns(runs, height), height, true, -1, -1);
}

/**
 * The holes of a mask, largest first: background that the mask encloses (4-connected).
 * @param {Runs} runs
 * @param {number} height
 * @returns {Part[]}
 */
export function holes(runs, height) {
  const box = bounds(runs, height);
  if (!box) return [];
  const outside = invertColumns(toColumns(runs, height), box[1], box[3]);
  return collect(outside, height, false, box[1], box[3]).filter((part) => !part.open);
}

/**
 * @param {Columns} columns
 * @param {number} height
 * @param {boolean} diagonal
 * @param {number} top of the search box
 * @param {number} bottom of the search box
 * @returns {Part[]}
 */
function collect(columns, height, diagonal, top, bottom) {
  const parent = joined(columns, diagonal ? 1 : 0);
  /** @type {Map<number, { ranges: [number, number][], area: number, open: boolean }>} */
  const found = new Map();
  for (let c = 0; c < columns.count; c++) {
    const base = (columns.x0 + c) * height;
    for (let s = at(columns.first, c); s < at(columns.first, c + 1); s++) {
      const root = rootOf(parent, s);
      const part = found.get(root) ?? { ranges: [], area: 0, open: false };
      found.set(root, part);
      const [y0, y1] = [at(columns.tops, s), at(columns.bottoms, s)];
      part.ranges.push([base + y0, base + y1]);
      part.area += y1 - y0;
      part.open ||= c === 0 || c === columns.count - 1 || y0 === top || y1 === bottom;
    }
  }
  return [...found.values()]
    .map(({ ranges, area, open }) => ({ runs: fromRanges(ranges), area, open }))
    .sort((a, b) => b.area - a.area);
}

/**
 * Union-find over segments of neighbouring columns that overlap, or meet within `slack` rows.
 * @param {Columns} columns
 * @param {number} slack
 */
function joined(columns, slack) {
  const parent = Uint32Array.from(columns.tops, (_, i) => i);
  for (let c = 1; c < columns.count; c++) {
    let l = at(columns.first, c - 1);
    let r = at(columns.first, c);
    const [lEnd, rEnd] = [r, at(columns.first, c + 1)];
    while (l < lEnd && r < rEnd) {
      const meet =
        at(columns.tops, l) < at(columns.bottoms, r) + slack && at(columns.tops, r) < at(columns.bottoms, l) + slack;
      if (meet) parent[rootOf(parent, l)] = rootOf(parent, r);
      if (at(columns.bottoms, l) < at(columns.bottoms, r)) l++;
      else r++;
    }
  }
  return parent;
}

/**
 * @param {Uint32Array} parent
 * @param {number} node
 */
function rootOf(parent, node) {
  let root = node;
  while (parent[root] !== root) {
    parent[root] = at(parent, at(parent, root));
    root = at(parent, root);
  }
  return root;
}

/** @param {Part[]} list */
function joinParts(list) {
  /** @type {[number, number][]} */
  const ranges = [];
  for (const { runs } of list) {
    for (let i = 0; i < runs.length; i += 2) ranges.push([at(runs, i), at(runs, i + 1)]);
  }
  return fromRanges(ranges);
}

/**
 * @param {Runs} runs
 * @param {number} height
 * @param {number} below holes with fewer pixels are filled
 */
export function fillHoles(runs, height, below) {
  return union(runs, joinParts(holes(runs, height).filter((hole) => hole.area < below)));
}

/**
 * Drops small parts; the largest always stays, so the mask never vanishes.
 * @param {Runs} runs
 * @param {number} height
 * @param {number} below parts with fewer pixels are dropped
 */
export function dropIslands(runs, height, below) {
  const small = parts(runs, height)
    .slice(1)
    .filter((part) => part.area < below);
  return subtract(runs, joinParts(small));
}

/**
 * @param {Runs} runs
 * @param {number} height
 * @returns {Runs}
 */
export function keepLargest(runs, height) {
  return parts(runs, height)[0]?.runs ?? EMPTY;
}
