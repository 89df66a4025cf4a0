/** What the list of uploads shows: one row per file, and one sentence for all of them. */
/** @import {Upload, createUploadQueue} from './upload_queue.js' */
import { imagePath } from '../core/image_path.js';
import { h, icon } from './dom.js';
import { plural } from './format.js';

const WORDS = { waiting: 'Waiting', sending: 'Sending', done: 'Added', refused: 'Refused', failed: 'Not sent' };
const ICONS = { waiting: 'clock', sending: 'loader-circle', done: 'check', refused: 'circle-x', failed: 'wifi-off' };

/** @param {Upload} upload @param {() => void} retry */
export function uploadRow(upload, retry) {
  const path = imagePath(upload);
  return h(
    'li',
    { class: `upload-row small ${upload.state}`, 'data-upload': upload.id },
    icon(ICONS[upload.state], upload.state === 'sending' ? 'spinner' : ''),
    h('span', { class: 'truncate', title: path }, path),
    stateOf(upload, path, retry),
    upload.message && h('p', { class: upload.state === 'done' ? 'reason note' : 'reason' }, upload.message),
  );
}

/** @param {Upload} upload @param {string} path @param {() => void} retry */
function stateOf(upload, path, retry) {
  if (upload.state === 'sending') return h('progress', { max: 1, value: upload.progress, 'aria-label': path });
  if (upload.state === 'failed')
    return h('button', { type: 'button', class: 'button button-small', onclick: retry }, 'Try again');
  return h('span', { class: 'muted' }, upload.video && upload.state === 'done' ? 'Sent' : WORDS[upload.state]);
}

/** How it goes, in words. @param {ReturnType<ReturnType<typeof createUploadQueue>['summary']>} summary */
export function summaryText({ total, done, videos, refused, failed, open }) {
  const parts = [
    open ? `Adding ${plural(total, 'file')}` : done || !videos ? `${plural(done, 'image')} added` : '',
    open && done ? `${done} done` : '',
    videos ? `${plural(videos, 'video')} sent` : '',
    refused ? `${refused} refused` : '',
    failed ? `${failed} waiting for the network` : '',
  ];
  return parts.filter(Boolean).join(' · ');
}

/** How much of all uploads is done, 0 to 1. @param {Upload[]} uploads */
export function progressOf(uploads) {
  const parts = uploads.map(({ state, progress }) => (state === 'waiting' ? 0 : state === 'sending' ? progress : 1));
  return parts.length > 0 ? parts.reduce((sum, part) => sum + part, 0) / parts.length : 0;
}
