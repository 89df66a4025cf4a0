import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ImageList } from '../../static/app/tools/image_list.js';

/** A project on a server that answers windows of 200, as the API does. */
function project(count) {
  const images = Array.from({ length: count }, (_, n) => ({ id: `image${n}`, name: `${n}.png`, state: 'new' }));
  const asked = [];
  const list = new ImageList(async (where) => {
    asked.push(where);
    const [key, value] = where.split('=');
    const at = key === 'around' ? images.findIndex(({ id }) => id === value) : -1;
    const start = key === 'around' ? Math.max(0, at - 100) : Number(value);
    return /** @type {any} */ ({ count: images.length, start, results: images.slice(start, start + 200) });
  });
  return { images, asked, list };
}

test('walking through thousands knows every neighbour, and asks for few pages', async () => {
  const { images, asked, list } = project(3000);
  let id = 'image0';
  for (let place = 1; place < 3000; place++) {
    const next = await list.beside(id, 1);
    assert.equal(next?.id, images[place]?.id);
    id = /** @type {string} */ (next?.id);
  }
  assert.ok(asked.length < 60, `${asked.length} requests`);
  for (let place = 2999; place > 0; place -= 10) {
    assert.equal((await list.beside(id, -10))?.id, images[Math.max(0, place - 10)]?.id);
    id = images[Math.max(0, place - 10)]?.id ?? '';
  }
  assert.ok(asked.length < 120, `${asked.length} requests`);
});

test('at the ends one stays, and in the middle of nowhere one page is enough', async () => {
  const { asked, list } = project(900);
  assert.equal((await list.beside('image3', -10))?.id, 'image0');
  assert.equal((await list.beside('image899', 10))?.id, 'image899');
  assert.equal((await list.beside('image450', 10))?.id, 'image460');
  assert.deepEqual(asked, ['around=image3', 'around=image899', 'around=image450']);
  assert.deepEqual([list.count, list.placeOf('image455'), list.placeOf('image700')], [900, 455, -1]);
});

test('images that came or went are noticed with the next page', async () => {
  const { images, list } = project(900);
  await list.around('image450');
  images.splice(10, 1);
  assert.equal((await list.beside('image450', 10))?.id, 'image460');
  assert.equal((await list.beside('image520', 1))?.id, 'image521');
  assert.deepEqual([list.count, list.placeOf('image520'), list.entry(519)?.id], [899, 519, 'image520']);
});

test('an image that is none of the list has no neighbours', async () => {
  const { list } = project(3);
  assert.equal(await list.beside('gone', 1), undefined);
});

test('a state is noted where it is known', async () => {
  const { list } = project(300);
  await list.around('image5');
  list.note('image5', 'done');
  list.note('image299', 'done');
  assert.equal(list.entry(5)?.state, 'done');
  assert.equal(list.entry(299), undefined);
});
