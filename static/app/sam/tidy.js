/** Specks and pinholes, removed on the decoder's small map: the twin of sam_backend/tidy.py, held to the same answers by
 *  tests/fixtures/tidy_golden.json. A package asks for it (`decoder.tidy_cells`); what is shown and what is stored come
 *  from the tidied logits, what goes back to the decoder does not. */
/** @import { LogitFrame, PromptPoint } from '../types.js' */

import { at } from '../core/typed.js';

/** @typedef {{ side: number, rows: number, columns: number }} Map */
/** Runs of cells along the rows, and by run: which one stands for its part, and that part's cells.
 *  @typedef {{ begins: number[], ends: number[], parts: number[], areas: number[] }} Runs */

/**
 * Logits without 8-connected parts and holes of fewer than `cells` cells; the same array where there are none. A part under
 * a positive and a hole under a negative point stay, so do holes that reach the picture's border, and all parts when none
 * is large.
 * @param {Float32Array} logits [maskSize²]
 * @param {LogitFrame} frame
 * @param {number} cells
 * @param {readonly PromptPoint[]} points in image pixels
 * @param {number} [threshold]
 */
export function tidy(logits, frame, cells, points = [], threshold = 0) {
  const side = frame.maskSize;
  const map = { side, rows: inUse(frame.scaledHeight, frame), columns: inUse(frame.scaledWidth, frame) };
  const result = logits.slice();
  const parts = runsOf(map, result, threshold, true);
  let changed = false;
  if (parts.areas.some((area) => area >= cells)) {
    changed = change(parts, cells, kept(parts, cellsUnder(points, 1, frame, map)), (cell) => {
      result[cell] = 2 * threshold - at(result, cell);
    });
  }
  const holes = runsOf(map, result, threshold, false);
  // A logit exactly at the threshold would stay outside when mirrored.
  const fill = (/** @type {number} */ cell) => {
    result[cell] = Math.max(2 * threshold - at(result, cell), threshold + 1e-3);
  };
  changed =
    change(holes, cells, new Set([...atBorder(holes, map), ...kept(holes, cellsUnder(points, 0, frame, map))]), fill) ||
    changed;
  return changed ? result : logits;
}

/** Does something to every cell of the parts of fewer cells; whether there were any. @param {Runs} runs @param {number} cells
 *  @param {Set<number>} stay parts that are spared @param {(cell: number) => void} work */
export function change({ begins, ends, parts, areas }, cells, stay, work) {
  let changed = false;
  for (let run = 0; run < begins.length; run++) {
    const part = at(parts, run);
    if (at(areas, part) >= cells || stay.has(part)) continue;
    for (let cell = at(begins, run); cell < at(ends, run); cell++) work(cell);
    changed = true;
  }
  return changed;
}

/** Parts with one of these cells. @param {Runs} runs @param {Iterable<number>} asked */
export function kept({ begins, ends, parts }, asked) {
  return new Set(
    [...asked].flatMap((cell) => parts.filter((_, run) => at(begins, run) <= cell && cell < at(ends, run))),
  );
}

/** @param {Runs} runs @param {Map} map */
function atBorder({ begins, ends, parts }, { side, rows, columns }) {
  return parts.filter((_, run) => {
    const begin = at(begins, run),
      row = Math.floor(begin / side);
    return row === 0 || row === rows - 1 || begin === row * side || at(ends, run) === row * side + columns;
  });
}

/** Cells of the decoder's map along an axis that the picture reaches. @param {number} scaled @param {Pick<LogitFrame, 'maskSize' | 'inputSize'>} frame */
export function inUse(scaled, { maskSize, inputSize }) {
  return Math.min(maskSize, Math.ceil((scaled * maskSize) / inputSize));
}

/** @param {readonly PromptPoint[]} points @param {0 | 1} label @param {LogitFrame} frame @param {Map} map */
function cellsUnder(
  points,
  label,
  { width, height, scaledWidth, scaledHeight, inputSize, maskSize, region },
  { side, rows, columns },
) {
  const place = (/** @type {number} */ position, /** @type {number} */ scale, /** @type {number} */ limit) =>
    Math.max(0, Math.min(limit - 1, Math.floor(position * scale * (maskSize / inputSize))));
  return new Set(
    points
      .filter((point) => point.label === label)
      .map(
        ({ x, y }) =>
          place(y - (region?.y ?? 0), scaledHeight / height, rows) * side +
          place(x - (region?.x ?? 0), scaledWidth / width, columns),
      ),
  );
}

/** The cells above the threshold, or the others, as runs in 8-connected parts: union-find over neighbouring rows.
 *  @param {Map} map @param {Float32Array} logits @param {number} threshold @param {boolean} above @returns {Runs} */
export function runsOf({ side, rows, columns }, logits, threshold, above) {
  /** @type {number[]} */
  const begins = [],
    /** @type {number[]} */ ends = [],
    /** @type {number[]} */ parts = [];
  let over = 0;
  for (let y = 0; y < rows; y++) {
    const own = begins.length,
      last = y * side + columns;
    for (let cell = y * side; cell < last; cell++) {
      if (single(logits, cell) > threshold !== above) continue;
      const begin = cell++;
      while (cell < last && single(logits, cell) > threshold === above) cell++;
      const run = begins.push(begin) - 1;
      ends.push(cell);
      parts.push(run);
      while (over < own && at(ends, over) + side < begin) over++;
      // The last one that touches may touch the next as well.
      for (let up = over; up < own && at(begins, up) + side <= cell; up++)
        parts[rootOf(parts, up)] = rootOf(parts, run);
    }
    over = own;
  }
  const areas = parts.map(() => 0);
  for (let run = 0; run < parts.length; run++) {
    const root = rootOf(parts, run);
    parts[run] = root;
    areas[root] = at(areas, root) + at(ends, run) - at(begins, run);
  }
  return { begins, ends, parts, areas };
}

/** @param {number[]} parts @param {number} run */
function rootOf(parts, run) {
  let root = run;
  while (parts[root] !== root) {
    parts[root] = at(parts, at(parts, root));
    root = at(parts, root);
  }
  return root;
}

/** Its own accessor, so that the engine specialises it (see postprocess.js). @param {Float32Array} values @param {number} index */
function single(values, index) {
  return /** @type {number} */ (values[index]);
}
