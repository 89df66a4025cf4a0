/** A mask's runs cut into one list of vertical segments per column: what contour tracing and
 *  connected components walk over. */

/** @import { Runs } from './runs.js' */
import { bounds, eachSegment } from './runs.js';
import { at } from './typed.js';

/**
 * @typedef {object} Columns
 * @property {number} x0 first column
 * @property {number} count number of columns
 * @property {Uint32Array} first index of each column's first segment (count + 1 values)
 * @property {Uint32Array} tops
 * @property {Uint32Array} bottoms exclusive
 */

/**
 * @param {Runs} runs
 * @param {number} height
 * @returns {Columns}
 */
export function toColumns(runs, height) {
  const box = bounds(runs, height);
  const x0 = box ? box[0] : 0;
  const count = box ? box[2] - box[0] : 0;
  const first = new Uint32Array(count + 1);
  let total = 0;
  eachSegment(runs, height, (x) => {
    first[x - x0 + 1] = at(first, x - x0 + 1) + 1;
    total++;
  });
  for (let i = 0; i < count; i++) first[i + 1] = at(first, i + 1) + at(first, i);
  const tops = new Uint32Array(total);
  const bottoms = new Uint32Array(total);
  let n = 0;
  eachSegment(runs, height, (_, top, bottom) => {
    tops[n] = top;
    bottoms[n++] = bottom;
  });
  return { x0, count, first, tops, bottoms };
}

/**
 * What is not in the mask, within a box.
 * @param {Columns} columns
 * @param {number} top
 * @param {number} bottom
 * @returns {Columns}
 */
export function invertColumns(columns, top, bottom) {
  const first = new Uint32Array(columns.count + 1);
  /** @type {number[]} */
  const tops = [];
  /** @type {number[]} */
  const bottoms = [];
  for (let c = 0; c < columns.count; c++) {
    let y = top;
    for (let s = at(columns.first, c); s < at(columns.first, c + 1); s++) {
      if (at(columns.tops, s) > y) {
        tops.push(y);
        bottoms.push(at(columns.tops, s));
      }
      y = at(columns.bottoms, s);
    }
    if (y < bottom) {
      tops.push(y);
      bottoms.push(bottom);
    }
    first[c + 1] = tops.length;
  }
  return {
    x0: columns.x0,
    count: columns.count,
    first,
    tops: Uint32Array.from(tops),
    bottoms: Uint32Array.from(bottoms),
  };
}
