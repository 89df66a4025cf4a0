import assert from 'node:assert/strict';
import { test } from 'node:test';

import { area } from '../../static/app/core/rle.js';
import { rleFromLogits } from '../../static/app/sam/postprocess.js';
import { sampleMask, stabilityScore } from '../../static/app/view/samples.js';
import { hasPixel, positiveBox } from '../../static/app/view/upsample.js';
import { there } from './support/there.js';

/** Bilinear resize with align_corners=False, written out plainly. */
function resize(source, sw, sh, dw, dh) {
  const out = new Float64Array(dw * dh);
  const axis = (i, from, to) => {
    const s = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const lower = Math.min(Math.floor(s), from - 1);
    return [lower, Math.min(lower + 1, from - 1), s - lower];
  };
  for (let y = 0; y < dh; y++) {
    for (let x = 0; x < dw; x++) {
      const [x0, x1, fx] = axis(x, sw, dw);
      const [y0, y1, fy] = axis(y, sh, dh);
      const mix = (row) => source[row * sw + x0] * (1 - fx) + source[row * sw + x1] * fx;
      out[y * dw + x] = mix(y0) * (1 - fy) + mix(y1) * fy;
    }
  }
  return out;
}

/** SAM's postprocess_masks, step by step. */
function reference(logits, frame) {
  const square = resize(logits, frame.maskSize, frame.maskSize, frame.inputSize, frame.inputSize);
  const crop = new Float64Array(frame.scaledWidth * frame.scaledHeight);
  for (let y = 0; y < frame.scaledHeight; y++) {
    for (let x = 0; x < frame.scaledWidth; x++) crop[y * frame.scaledWidth + x] = square[y * frame.inputSize + x];
  }
  return resize(crop, frame.scaledWidth, frame.scaledHeight, frame.width, frame.height);
}

const frame = { width: 90, height: 61, inputSize: 64, scaledWidth: 64, scaledHeight: 43, maskSize: 16 };
const logits = Float32Array.from({ length: 256 }, (_, i) => Math.sin(i * 0.7) + Math.cos(i * i * 0.01) - 0.2);

test('sampled at image pixels the mask is that of the two-step rule', () => {
  const expected = reference(logits, frame);
  const mask = sampleMask(logits, frame, { x0: 0, y0: 0, cell: 1, columns: 90, rows: 61 });
  for (let x = 0; x < 90; x++) {
    for (let y = 0; y < 61; y++) {
      if (Math.abs(expected[y * 90 + x]) < 1e-5) continue;
      assert.equal(mask[x * 61 + y] === 1, expected[y * 90 + x] > 0, `pixel ${x},${y}`);
    }
  }
});

test('a part of the image is a window of the whole', () => {
  const whole = sampleMask(logits, frame, { x0: 0, y0: 0, cell: 1, columns: 90, rows: 61 });
  const part = sampleMask(logits, frame, { x0: 20, y0: 10, cell: 1, columns: 30, rows: 15 });
  for (let x = 0; x < 30; x++) {
    for (let y = 0; y < 15; y++) assert.equal(part[x * 15 + y], whole[(x + 20) * 61 + y + 10]);
  }
});

test('a mask has a pixel exactly when the stored one would', () => {
  const small = { width: 20, height: 13, inputSize: 64, scaledWidth: 64, scaledHeight: 42, maskSize: 16 };
  const frames = [
    frame,
    small, // logits closer together than pixels
    { ...frame, width: 900, height: 610 },
    { ...frame, region: { x: 300, y: 200, width: 90, height: 61, imageWidth: 1000, imageHeight: 800 } },
  ];
  const answers = new Set();
  for (const one of frames) {
    for (let cell = 0; cell < 256; cell += 5) {
      for (const peak of [0.2, 1, 9]) {
        const spot = new Float32Array(256).fill(-2);
        spot[cell] = peak;
        const found = hasPixel(spot, one);
        assert.equal(found, area(rleFromLogits(spot, one)) > 0, `${one.width} px, cell ${cell}, ${peak}`);
        answers.add(found);
      }
    }
    assert.equal(hasPixel(logits, one), true);
    assert.equal(hasPixel(new Float32Array(256).fill(-1), one), false);
    assert.equal(hasPixel(new Float32Array(256).fill(0.5), one, 1), false);
  }
  assert.equal(answers.size, 2, 'both happen');
});

test('the positive box holds every pixel of the mask', () => {
  const blob = Float32Array.from({ length: 256 }, (_, i) => (i % 16 >= 4 && i % 16 <= 6 && i >= 48 && i < 96 ? 3 : -5));
  const box = there(positiveBox(blob, frame));
  const mask = sampleMask(blob, frame, { x0: 0, y0: 0, cell: 1, columns: 90, rows: 61 });
  let inside = 0;
  for (let x = 0; x < 90; x++) {
    for (let y = 0; y < 61; y++) {
      if (!mask[x * 61 + y]) continue;
      inside++;
      assert.ok(x >= box[0] && x < box[2] && y >= box[1] && y < box[3], `pixel ${x},${y}`);
    }
  }
  assert.ok(inside > 50);
  assert.equal(positiveBox(new Float32Array(256).fill(-1), frame), null);
});

test('stability is the share of the wide mask that the narrow one keeps', () => {
  assert.equal(stabilityScore(Float32Array.from([5, 5, 0, -5])), 2 / 3);
  assert.equal(stabilityScore(new Float32Array(4).fill(-9)), 0);
  assert.equal(stabilityScore(Float32Array.from([5, 5, 0, -5]), { threshold: 3 }), 1);
});

test("a model's own threshold moves mask and box alike", () => {
  const slope = Float32Array.from({ length: 256 }, (_, i) => (i % 16) - 8);
  const whole = { x0: 0, y0: 0, cell: 1, columns: 90, rows: 61 };
  const count = (threshold) => sampleMask(slope, frame, whole, threshold).reduce((sum, value) => sum + value, 0);
  assert.ok(count(-3) > count(0) && count(0) > count(3) && count(3) > 0);
  assert.ok(there(positiveBox(slope, frame, 3))[0] > there(positiveBox(slope, frame, 0))[0]);
});

test('coarse and fine grids, thresholds and regions: every cell is what its own four taps say', () => {
  const region = { x: 11, y: 7, imageWidth: 300, imageHeight: 200 };
  for (const threshold of [0, 0.6, -0.5]) {
    for (const grid of [
      { x0: 0, y0: 0, cell: 4, columns: 23, rows: 16 },
      { x0: 3, y0: 1, cell: 1, columns: 120, rows: 80 },
    ]) {
      const whole = sampleMask(logits, { ...frame, region }, grid, threshold);
      for (let x = 0; x < grid.columns; x++) {
        for (let y = 0; y < grid.rows; y++) {
          const cell = {
            x0: grid.x0 + x * grid.cell,
            y0: grid.y0 + y * grid.cell,
            cell: grid.cell,
            columns: 1,
            rows: 1,
          };
          assert.equal(
            whole[x * grid.rows + y],
            sampleMask(logits, { ...frame, region }, cell, threshold)[0],
            `cell ${x},${y}`,
          );
        }
      }
    }
  }
});
