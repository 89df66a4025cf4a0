/** Specks and pinholes, removed on the decoder's small map: the twin of sam_backend/tidy.py, held to the same answers by
 *  tests/fixtures/tidy_golden.json. A package asks for it (`decoder.tidy_cells`); what is shown and what is stored come
 *  from the tidied logits, what goes back to the decoder does not. */
/** @import { LogitFrame, PromptPoint } from '../types.js' */

import { at } from '../core/typed.js';

/** @typedef {{ side: number, rows: number, columns: number }} Map */
/** @typedef {{ cells: number[], atBorder: boolean }} Part */

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
  const above = (/** @type {number} */ cell) => at(result, cell) > threshold;
  let changed = false;
  const parts = partsOf(map, above);
  if (parts.some((part) => part.cells.length >= cells)) {
    const asked = cellsUnder(points, 1, frame, map);
    for (const part of parts) {
      if (part.cells.length >= cells || part.cells.some((cell) => asked.has(cell))) continue;
      for (const cell of part.cells) result[cell] = 2 * threshold - at(result, cell);
      changed = true;
    }
  }
  const asked = cellsUnder(points, 0, frame, map);
  for (const hole of partsOf(map, (cell) => !above(cell))) {
    if (hole.atBorder || hole.cells.length >= cells || hole.cells.some((cell) => asked.has(cell))) continue;
    // A logit exactly at the threshold would stay outside when mirrored.
    for (const cell of hole.cells) result[cell] = Math.max(2 * threshold - at(result, cell), threshold + 1e-3);
    changed = true;
  }
  return changed ? result : logits;
}

/** Cells of the decoder's map along an axis that the picture reaches. @param {number} scaled @param {Pick<LogitFrame, 'maskSize' | 'inputSize'>} frame */
export function inUse(scaled, { maskSize, inputSize }) {
  return Math.min(maskSize, Math.ceil((scaled * maskSize) / inputSize));
}

/** @param {readonly PromptPoint[]} points @param {0 | 1} label @param {LogitFrame} frame @param {Map} map */
function cellsUnder(points, label, { width, height, scaledWidth, scaledHeight, inputSize, maskSize, region }, { side, rows, columns }) {
  const place = (/** @type {number} */ position, /** @type {number} */ scale, /** @type {number} */ limit) =>
    Math.max(0, Math.min(limit - 1, Math.floor(position * scale * (maskSize / inputSize))));
  return new Set(points.filter((point) => point.label === label).map(({ x, y }) =>
    place(y - (region?.y ?? 0), scaledHeight / height, rows) * side + place(x - (region?.x ?? 0), scaledWidth / width, columns)));
}

/**
 * 8-connected parts of the cells that belong.
 * @param {Map} map
 * @param {(cell: number) => boolean} belongs
 * @returns {Part[]}
 */
function partsOf({ side, rows, columns }, belongs) {
  const seen = new Uint8Array(side * rows);
  /** @type {Part[]} */
  const parts = [];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const first = y * side + x;
      if (seen[first] || !belongs(first)) continue;
      seen[first] = 1;
      parts.push(grow(first, { side, rows, columns }, belongs, seen));
    }
  }
  return parts;
}

/** @param {number} first @param {Map} map @param {(cell: number) => boolean} belongs @param {Uint8Array} seen @returns {Part} */
function grow(first, { side, rows, columns }, belongs, seen) {
  const cells = [first];
  let atBorder = false;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? 0;
    const x = cell % side;
    const y = (cell - x) / side;
    atBorder ||= x === 0 || y === 0 || x === columns - 1 || y === rows - 1;
    for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++) {
      for (let next = row * side + Math.max(0, x - 1); next <= row * side + Math.min(columns - 1, x + 1); next++) {
        if (seen[next] || !belongs(next)) continue;
        seen[next] = 1;
        cells.push(next);
      }
    }
  }
  return { cells, atBorder };
}
