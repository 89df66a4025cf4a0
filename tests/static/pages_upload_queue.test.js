import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUploadQueue, isJunk, refusal } from '../../static/app/pages/upload_queue.js';

/** @returns {any} */
const bare = (name, size = 3, type = 'image/jpeg') => ({ name, size, type });
/** @param {string} name @param {number} [size] @param {string} [type] */
const file = (name, size, type, folder = '') => ({ file: bare(name, size, type), folder });
const offline = () => Object.assign(new Error('The server cannot be reached.'), { status: 0 });
const refused = (message) => Object.assign(new Error(message), { status: 400 });
const settled = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** A server whose answers the test gives by hand. */
function fakeServer() {
  const calls = [];
  return {
    calls,
    send: (upload) =>
      new Promise((resolve, reject) => {
        calls.push({ upload, resolve, reject });
      }),
  };
}
const quiet = { onChange: () => undefined, pause: async () => undefined };

test('sends only a few files at a time and goes on as each one ends', async () => {
  const { calls, send } = fakeServer();
  const queue = createUploadQueue({ ...quiet, send, concurrency: 2 });
  queue.add([file('a.jpg'), file('b.jpg'), file('c.jpg')]);
  assert.equal(calls.length, 2);
  calls[0].resolve({ id: '1', notes: [] });
  await settled();
  assert.deepEqual(
    calls.map(({ upload }) => upload.name),
    ['a.jpg', 'b.jpg', 'c.jpg'],
  );
  assert.deepEqual(queue.summary(), { total: 3, done: 1, videos: 0, refused: 0, failed: 0, open: 2 });
});

test('files go in the order of their folders and names, numbers by their size', () => {
  const { send } = fakeServer();
  const queue = createUploadQueue({ ...quiet, send });
  const inFolder = (folder, name) => file(name, 3, 'image/jpeg', folder);
  queue.add([
    file('frame10.jpg'),
    inFolder('b/right', '0001.jpg'),
    file('frame2.jpg'),
    file('.DS_Store'),
    inFolder('b/.thumbnails', '0001.jpg'),
    inFolder('__MACOSX/b', '0001.jpg'),
    inFolder('b/left', '0001.jpg'),
  ]);
  assert.deepEqual(
    queue.uploads.map(({ folder, name }) => [folder, name]),
    [
      ['b/left', '0001.jpg'],
      ['b/right', '0001.jpg'],
      ['', 'frame2.jpg'],
      ['', 'frame10.jpg'],
    ],
  );
});

test('a refused file keeps the reason and does not stop the others', async () => {
  const { calls, send } = fakeServer();
  const queue = createUploadQueue({ ...quiet, send, concurrency: 1 });
  queue.add([file('bad.jpg'), file('good.jpg')]);
  calls[0].reject(refused('bad.jpg is cut off; upload it again.'));
  await settled();
  calls[1].resolve({ id: '2', notes: [] });
  await settled();
  assert.deepEqual(
    queue.uploads.map(({ state, message }) => [state, message]),
    [
      ['refused', 'bad.jpg is cut off; upload it again.'],
      ['done', ''],
    ],
  );
  assert.equal(queue.busy, false);
});

test('a lost network is tried again by itself, then waits for the person', async () => {
  let tries = 0;
  const queue = createUploadQueue({
    ...quiet,
    send: async () => {
      tries += 1;
      throw offline();
    },
  });
  queue.add([file('a.jpg')]);
  await settled();
  assert.equal(tries, 3);
  assert.equal(queue.uploads[0].state, 'failed');
  queue.retry();
  await settled();
  assert.equal(tries, 6);
});

test('what the server noted about an accepted file is shown with it', async () => {
  const queue = createUploadQueue({
    ...quiet,
    send: async () => ({ id: '1', notes: ['Only the first frame is kept.'] }),
  });
  queue.add([file('moving.gif')]);
  await settled();
  assert.equal(queue.uploads[0].message, 'Only the first frame is kept.');
});

test('an empty file and a sound are refused here, with the name in the sentence', () => {
  assert.match(refusal(bare('empty.jpg', 0)), /empty\.jpg is 0 bytes/);
  assert.match(refusal(bare('song.mp3', 9, 'audio/mpeg')), /song\.mp3 is not a picture/);
  assert.equal(refusal(bare('photo.png', 9, 'image/png')), '');
  assert.equal(refusal(bare('scan.tif', 9, '')), '');
});

test('what operating systems leave in folders is passed over silently', () => {
  const queue = createUploadQueue({ ...quiet, send: async () => ({}) });
  assert.deepEqual(queue.add([file('.DS_Store'), file('Thumbs.db')]), []);
  assert.ok(!isJunk('photo.jpg'));
});

test('closing the list forgets what is finished and keeps what is not', async () => {
  const { calls, send } = fakeServer();
  const queue = createUploadQueue({ ...quiet, send, concurrency: 2 });
  queue.add([file('a.jpg'), file('b.jpg'), file('c.jpg')]);
  calls[0].resolve({ notes: [] });
  await settled();
  queue.dismiss();
  assert.deepEqual(
    queue.uploads.map(({ name }) => name),
    ['b.jpg', 'c.jpg'],
  );
});
