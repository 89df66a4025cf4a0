import assert from 'node:assert/strict';
import { test } from 'node:test';

import { followPhoto } from '../../static/app/ui/new_photo.js';

/** @returns {any} an editor with photo "a" open, and what it was asked */
function opened() {
  /** @type {Record<string, any[]>} */
  const asked = { shown: [], opened: [], told: [], loaded: [], models: [] };
  const info = {
    id: 'a',
    width: 4,
    height: 3,
    urls: { full: '/files/images/a/old/full' },
    embedding: { state: 'ready' },
  };
  /** @type {any} what of an editor is used */
  const editor = {
    image: {
      info,
      phase: 'ready',
      note(_id, patch) {
        this.info = { ...this.info, ...patch };
      },
    },
    stage: { show: (photo, size) => asked.shown.push([photo, size.urls.full]) },
    decoder: { opened: new Map([['a', 1]]), openImage: async (image) => void asked.opened.push(image.embedding.state) },
    notify: ({ message }) => asked.told.push(message),
  };
  const live = { onModel: (model) => asked.models.push(model) };
  const server = { picture: 'new' };
  const load = async (id) => {
    asked.loaded.push(id);
    return { ...info, urls: { full: `/files/images/a/${server.picture}/full` }, embedding: { state: 'queued' } };
  };
  followPhoto(editor, live, load, async (url) => /** @type {any} */ (`photo of ${url}`));
  return { editor, live, asked };
}

const settled = () => new Promise((done) => setImmediate(done));

test('the photo that is open gives way to the covered one, and the decoder reads it anew', async () => {
  const { editor, live, asked } = opened();
  live.onModel('m', 'new');
  live.onModel('m', 'new'); // the next answer comes before the picture has
  await settled();
  assert.deepEqual(asked.shown, [['photo of /files/images/a/new/full', '/files/images/a/new/full']]);
  assert.deepEqual(asked.opened, ['queued']);
  assert.equal(editor.decoder.opened.has('a'), false);
  assert.equal(asked.told.length, 1);
  live.onModel('m', 'new');
  await settled();
  assert.deepEqual(asked.loaded, ['a'], 'what is shown by now is not asked for again');
  assert.deepEqual(asked.models, ['m', 'm', 'm'], 'the model is heard of as before');
});

test('nothing is fetched while the picture is the same', async () => {
  const { live, asked } = opened();
  live.onModel('m', 'old');
  await settled();
  assert.deepEqual([asked.loaded, asked.shown], [[], []]);
});

test('a photo that was left meanwhile is not shown over the next one', async () => {
  const { editor, live, asked } = opened();
  live.onModel('m', 'new');
  editor.image.info = { ...editor.image.info, id: 'b' };
  await settled();
  assert.deepEqual(asked.shown, []);
});

test('what did not arrive is tried again with the next answer', async () => {
  const { editor, live, asked } = opened();
  const { show } = editor.stage;
  editor.stage.show = () => {
    throw new Error('out of memory');
  };
  editor.image.note = () => {};
  live.onModel('m', 'new');
  await settled();
  assert.deepEqual(asked.told, []);
  editor.stage.show = show;
  live.onModel('m', 'new');
  await settled();
  assert.equal(asked.shown.length, 1);
});
