import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createUploadQueue, refusal } from '../../static/app/pages/upload_queue.js';
import { clock, expectedImages, fieldsOf, isVideo, problemOf } from '../../static/app/pages/video_import.js';

const wish = { by: 'rate', rate: '2', every: '10', start: '0', end: '' };

test('videos are known by type or name', () => {
  assert.deepEqual(
    ['a.MP4', 'b.mov', 'c.webm', 'd.avi', 'e.jpg', 'mp4'].map((name) => isVideo({ name, type: '' })),
    [true, true, true, true, false, false],
  );
  assert.equal(isVideo({ name: 'clip', type: 'video/x-matroska' }), true);
});

test('only what was asked for is sent', () => {
  assert.deepEqual(fieldsOf(wish), { rate: '2' });
  assert.deepEqual(fieldsOf({ ...wish, by: 'every', start: '1.5', end: '3' }), { every: '10', start: '1.5', end: '3' });
});

test('wishes that make no sense are told before anything is sent', () => {
  assert.equal(problemOf(wish), '');
  assert.match(problemOf({ ...wish, rate: '0' }), /per second/);
  assert.match(problemOf({ ...wish, by: 'every', every: '1.5' }), /whole number/);
  assert.match(problemOf({ ...wish, start: '3', end: '2' }), /after the start/);
  assert.equal(problemOf({ ...wish, by: 'every', rate: '' }), '');
});

test('how many images come of a video is told where that can be known', () => {
  assert.equal(expectedImages(10, wish), 20);
  assert.equal(expectedImages(10, { ...wish, start: '9.25' }), 2);
  assert.equal(expectedImages(10, { ...wish, end: '4' }), 8);
  assert.equal(expectedImages(10, { ...wish, end: '40' }), 20);
  assert.equal(expectedImages(Infinity, wish), null);
  assert.equal(expectedImages(10, { ...wish, by: 'every' }), null);
  assert.deepEqual([clock(65), clock(3.4), clock(7384)], ['1:05', '0:03', '2:03:04']);
});

test('a video travels with its wishes and is counted apart from the images', async () => {
  const sent = [];
  const queue = createUploadQueue({
    onChange: () => undefined,
    send: async (upload) => {
      sent.push([upload.name, upload.video]);
      return { notes: [] };
    },
  });
  queue.add([{ file: new File(['abc'], 'a.jpg', { type: 'image/jpeg' }), folder: '' }]);
  queue.add([{ file: new File(['abc'], 'b.mp4', { type: 'video/mp4' }), folder: '' }], { rate: '2' });
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  assert.deepEqual(sent, [
    ['a.jpg', null],
    ['b.mp4', { rate: '2' }],
  ]);
  assert.deepEqual(queue.summary(), { total: 2, done: 1, videos: 1, refused: 0, failed: 0, open: 0 });
  assert.equal(refusal({ name: 'b.mp4', size: 3, type: 'video/mp4' }), '');
});
