import assert from 'node:assert/strict';
import { test } from 'node:test';

import { joined } from '../../static/app/pages/automatic/detections.js';

const IMAGES = [{ id: 4, file_name: 'a.png' }];
const CATEGORIES = [{ id: 7, name: 'cat' }];
const BOX = { image_id: 4, category_id: 7, bbox: [1, 2, 3, 4], score: 0.5 };
/** @param {unknown} data */
const file = (data, name = 'boxes.json') => ({ name, text: JSON.stringify(data) });

test('results come with the images and categories of the file beside them, in any order', () => {
  const coco = file({ images: IMAGES, categories: CATEGORIES, annotations: [{ bbox: [9, 9, 9, 9] }] });
  const wanted = { results: [BOX], images: IMAGES, categories: CATEGORIES };
  assert.deepEqual(joined([file([BOX]), coco]), wanted);
  assert.deepEqual(joined([coco, file([BOX])]), wanted);
});

test('a COCO file alone gives its own boxes, without the masks it has', () => {
  const one = file({ images: IMAGES, annotations: [{ ...BOX, segmentation: [[1, 2, 3]], area: 5 }] });
  assert.deepEqual(joined([one]), { results: [BOX], images: IMAGES });
});

test('what holds no boxes is a sentence', () => {
  assert.throws(() => joined([{ name: 'a.json', text: '{' }]), /“a.json” holds no JSON/);
  assert.throws(() => joined([file([])]), /No boxes are in there/);
  assert.throws(() => joined([file({ images: IMAGES })]), /No boxes are in there/);
});
