import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { number, plural, relativeTime, size } from '../../static/app/pages/format.js';
import { oklchToHex } from '../../static/app/core/color.js';
import { hue, nextColor } from '../../static/app/pages/palette.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');

test('numbers are grouped with thin spaces', () => {
  assert.equal(number(7), '7');
  assert.equal(number(1234), '1\u202f234');
  assert.equal(number(12345678), '12\u202f345\u202f678');
});

test('sizes are in MB, and nothing is 0', () => {
  assert.equal(size(3_400_000), '3.40 MB');
  assert.equal(size(34_000_000), '34.0 MB');
  assert.equal(size(1_234_000_000), '1\u202f234 MB');
  assert.equal(size(12), '0.01 MB');
});

test('one is singular, everything else is plural', () => {
  assert.equal(plural(1, 'image'), '1 image');
  assert.equal(plural(0, 'image'), '0 images');
  assert.equal(plural(2, 'mask is', 'masks are'), '2 masks are');
});

test('times are told in the largest unit that fits', () => {
  assert.equal(relativeTime('2026-03-01T11:59:55Z', NOW), 'just now');
  assert.equal(relativeTime('2026-03-01T11:59:20Z', NOW), '40 seconds ago');
  assert.equal(relativeTime('2026-03-01T09:30:00Z', NOW), '2 hours ago');
  assert.equal(relativeTime('2026-02-27T11:00:00Z', NOW), '2 days ago');
});

test('a new label gets the first safe colour that is free', () => {
  assert.equal(nextColor([], ['#0072b2', '#e69f00']), '#0072b2');
  assert.equal(nextColor(['#0072B2'], ['#0072b2', '#e69f00']), '#e69f00');
});

test('when the safe colours are used up, a new one sits in the middle of the largest gap of hues', () => {
  const used = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#f0e442', '#8c6bb1'];
  const color = nextColor(used, used);
  assert.match(color, /^#[0-9a-f]{6}$/);
  assert.ok(!used.includes(color));
  const distance = Math.min(
    ...used.map((other) => {
      const d = Math.abs(hue(other) - hue(color));
      return Math.min(d, 360 - d);
    }),
  );
  assert.ok(distance > 15, `only ${distance} degrees from the nearest`);
});

test('OKLCH and back keeps the hue', () => {
  for (const degrees of [20, 100, 200, 300]) assert.ok(Math.abs(hue(oklchToHex(0.7, 0.1, degrees)) - degrees) < 2);
});

test('forty labels get the colours that the server gives them, all different', () => {
  const golden = JSON.parse(readFileSync(new URL('../fixtures/label_colors.json', import.meta.url), 'utf8'));
  /** @type {string[]} */
  const colors = [];
  while (colors.length < 40) colors.push(nextColor(colors, golden.slice(0, 8)));
  assert.deepEqual(colors, golden);
  assert.equal(new Set(colors).size, 40);
});
