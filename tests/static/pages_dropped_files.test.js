import assert from 'node:assert/strict';
import { test } from 'node:test';
import { droppedFiles, pickedFiles } from '../../static/app/pages/dropped_files.js';

const fileEntry = (fullPath) => ({
  isFile: true,
  fullPath,
  file: (done) => done({ name: fullPath.slice(fullPath.lastIndexOf('/') + 1) }),
});
/** Hands its children out one at a time, as a browser does by the hundred. */
const folderEntry = (...children) => ({
  isFile: false,
  createReader() {
    const rest = [...children];
    return { readEntries: (done) => done(rest.splice(0, 1)) };
  },
});
/** @returns {any} */
const dropped = (...entries) => ({ items: entries.map((entry) => ({ kind: 'file', webkitGetAsEntry: () => entry })) });
const told = (picked) => picked.map(({ folder, file }) => [folder, file.name]);

test('a dropped folder is walked through and each file knows where it lay', async () => {
  const left = folderEntry(fileEntry('/set/left/0001.png'), fileEntry('/set/left/0002.png'));
  const right = folderEntry(fileEntry('/set/right/0001.png'));
  const found = await droppedFiles(dropped(folderEntry(left, right), fileEntry('/single.png')));
  assert.deepEqual(told(found), [
    ['set/left', '0001.png'],
    ['set/left', '0002.png'],
    ['set/right', '0001.png'],
    ['', 'single.png'],
  ]);
});

test('a picker of folders tells them by each file, one of files tells none', () => {
  /** @type {any[]} */
  const files = [
    { name: '0001.png', webkitRelativePath: 'set/left/0001.png' },
    { name: 'one.png', webkitRelativePath: '' },
  ];
  assert.deepEqual(told(pickedFiles(files)), [
    ['set/left', '0001.png'],
    ['', 'one.png'],
  ]);
});
