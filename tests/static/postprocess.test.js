import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { decode, encode } from '../../static/app/core/bitmap.js';
import { area } from '../../static/app/core/rle.js';
import { logitsFromRle } from '../../static/app/sam/mask_prompt.js';
import { rleFromLogits } from '../../static/app/sam/postprocess.js';
import { frameOf } from '../../static/app/sam/prompts.js';

/** Bilinear resize with align_corners=False, written plainly: the reference. */
function resize(values, width, height, toWidth, toHeight) {
  const axis = (to, from) =>
    Array.from({ length: to }, (_, index) => {
      const position = Math.max((from / to) * (index + 0.5) - 0.5, 0);
      const low = Math.min(Math.floor(position), from - 1);
      return [low, Math.min(low + 1, from - 1), position - low];
    });
  const [columns, rows] = [axis(toWidth, width), axis(toHeight, height)];
  return Float64Array.from({ length: toWidth * toHeight }, (_, index) => {
    const [x0, x1, fx] = columns[index % toWidth];
    const [y0, y1, fy] = rows[Math.floor(index / toWidth)];
    const mix = (y) => values[y * width + x0] * (1 - fx) + values[y * width + x1] * fx;
    return mix(y0) * (1 - fy) + mix(y1) * fy;
  });
}

/** postprocess_masks step by step, as a bitmap. */
function reference(logits, frame) {
  const square = resize(logits, frame.maskSize, frame.maskSize, frame.inputSize, frame.inputSize);
  const cropped = new Float64Array(frame.scaledWidth * frame.scaledHeight);
  for (let y = 0; y < frame.scaledHeight; y++) {
    for (let x = 0; x < frame.scaledWidth; x++) cropped[y * frame.scaledWidth + x] = square[y * frame.inputSize + x];
  }
  return resize(cropped, frame.scaledWidth, frame.scaledHeight, frame.width, frame.height);
}

function waves(size, seed) {
  return Float32Array.from({ length: size * size }, (_, index) => {
    const [x, y] = [index % size, Math.floor(index / size)];
    return Math.sin(x * 0.7 + seed) * 3 + Math.cos(y * 0.45 * seed) * 2 + Math.sin(x * y * 0.11) + 0.3;
  });
}

/** @returns {any} */
const manifest = (size, maskSize, fit = 'pad') => ({
  input: { fit },
  decoder: { point_frame: size, mask_size: maskSize },
});
const shapes = [
  [61, 97, 64, 16],
  [200, 150, 64, 16],
  [64, 64, 64, 16],
  [31, 9, 64, 32],
  [1, 1, 64, 16],
  [500, 2, 64, 16],
  [3, 700, 128, 32],
];

for (const [width, height, size, maskSize] of shapes) {
  test(`the run-length path equals the two bilinear steps at ${width} × ${height}`, () => {
    const frame = frameOf(width, height, manifest(size, maskSize));
    for (let seed = 1; seed < 5; seed++) {
      const logits = waves(maskSize, seed);
      const expected = reference(logits, frame);
      const found = decode(rleFromLogits(logits, frame));
      expected.forEach((value, index) => {
        if (Math.abs(value) > 1e-9) assert.equal(found[index], value > 0 ? 1 : 0, `pixel ${index} of ${value}`);
      });
    }
  });
}

test('all below the threshold is an empty mask, all above a full one', () => {
  const frame = frameOf(40, 30, manifest(64, 16));
  assert.equal(area(rleFromLogits(new Float32Array(256).fill(-1), frame)), 0);
  assert.equal(area(rleFromLogits(new Float32Array(256).fill(1), frame)), 1200);
  assert.equal(area(rleFromLogits(new Float32Array(256).fill(1), frame, { threshold: 2 })), 0);
});

test('logits of a wrong length are refused with a sentence', () => {
  assert.throws(() => rleFromLogits(new Float32Array(5), frameOf(4, 4, manifest(64, 16))), /5 logits; 16 × 16/);
});

test('a finished mask turned into logits and back keeps its shape', () => {
  for (const [width, height] of [
    [300, 200],
    [90, 128],
    [1000, 640],
  ]) {
    const frame = frameOf(width, height, manifest(256, 64));
    const mask = Uint8Array.from({ length: width * height }, (_, index) => {
      const [x, y] = [(index % width) / width - 0.5, Math.floor(index / width) / height - 0.45];
      return x * x + y * y < 0.09 && x * x + y * y > 0.01 ? 1 : 0;
    });
    const rle = encode(mask, width, height);
    const back = decode(rleFromLogits(logitsFromRle(rle, frame), frame));
    let [both, either] = [0, 0];
    mask.forEach((value, index) => {
      both += value & back[index];
      either += value | back[index];
    });
    assert.ok(both / either > 0.96, `IoU ${both / either} at ${width} × ${height}`);
  }
});

test('a mask of another image is refused', () => {
  const frame = frameOf(30, 20, manifest(64, 16));
  assert.throws(() => logitsFromRle(encode(new Uint8Array(6), 3, 2), frame), /3 × 2, but the image is 30 × 20/);
});

const golden = JSON.parse(readFileSync(new URL('../fixtures/postprocess_golden.json', import.meta.url), 'utf8'));

for (const entry of golden.cases) {
  test(`golden ${entry.width} × ${entry.height}: the mask is the same as in Python`, () => {
    const frame = frameOf(entry.width, entry.height, manifest(entry.input_size, entry.mask_size, entry.fit));
    assert.deepEqual([frame.scaledWidth, frame.scaledHeight], [entry.scaled_width, entry.scaled_height]);
    const logits = Float32Array.from(entry.logits);
    assert.deepEqual(rleFromLogits(logits, frame), entry.rle);
  });
}
