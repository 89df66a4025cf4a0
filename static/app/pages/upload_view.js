/** The list of uploads above the grid, the pickers and the drop anywhere on the page. */
/** @import {Run} from '../types.js' */
/** @import {Upload} from './upload_queue.js' */
import { find, h, icon } from './dom.js';
import { droppedFiles } from './dropped_files.js';
import { plural } from './format.js';
import { upload as sendFile } from './http.js';
import { createUploadQueue } from './upload_queue.js';
import { askForFrames, isVideo } from './video_import.js';

const WORDS = { waiting: 'Waiting', sending: 'Sending', done: 'Added', refused: 'Refused', failed: 'Not sent' };
const ICONS = { waiting: 'clock', sending: 'loader-circle', done: 'check', refused: 'circle-x', failed: 'wifi-off' };

/**
 * @param {{ images: string, videos: string }} paths of the project's images and videos
 * @param {(image: any) => void} onImage called for every image the server made
 * @param {(run: Run) => void} onVideo called for every import of a video that was queued
 */
export function createUploads(paths, onImage, onVideo) {
  const panel = find('[data-uploads]', HTMLElement);
  const rows = h('ul', { 'aria-label': 'Files' });
  const heading = h('h2', { class: 'grow', role: 'status' });
  const bar = h('progress', { max: 1, value: 0, 'aria-label': 'All uploads' });
  const again = h('button', { type: 'button', class: 'button button-small', onclick: () => queue.retry() }, icon('rotate-ccw'), 'Try again');
  const close = h('button', { type: 'button', class: 'button button-plain button-icon button-small', 'aria-label': 'Close the list of uploads', onclick: dismiss }, icon('x'));
  panel.append(h('header', {}, heading, again, close, bar), rows);

  const queue = createUploadQueue({
    send: ({ file, name, added, video }, onProgress) => (video
      ? sendVideo(file, name, onProgress, video)
      : sendFile(paths.images, file, name, onProgress, { added })),
    onChange(upload) {
      show(upload);
      if (upload.state !== 'done' || !upload.image) return;
      if (upload.video) onVideo(upload.image.run);
      else onImage(upload.image);
    },
  });

  /** @param {File} file @param {string} name @param {(fraction: number) => void} onProgress @param {Record<string, string>} fields */
  async function sendVideo(file, name, onProgress, fields) {
    const run = await sendFile(paths.videos, file, name, onProgress, fields);
    return { run, notes: ['Its frames are imported in the background.'] };
  }

  /** @param {File[]} files */
  async function add(files) {
    const videos = files.filter(isVideo);
    queue.add(files.filter((file) => !isVideo(file)));
    const fields = videos.length > 0 ? await askForFrames(videos) : null;
    if (fields) queue.add(videos, fields);
  }

  /** @param {Upload} upload */
  function row(upload) {
    const moving = upload.state === 'sending';
    return h('li', { class: `upload-row small ${upload.state}`, 'data-upload': upload.id },
      icon(ICONS[upload.state], moving ? 'spinner' : ''),
      h('span', { class: 'truncate', title: upload.name }, upload.name),
      moving ? h('progress', { max: 1, value: upload.progress, 'aria-label': upload.name })
        : upload.state === 'failed' ? h('button', { type: 'button', class: 'button button-small', onclick: () => queue.retry(upload.id) }, 'Try again')
          : h('span', { class: 'muted' }, upload.video && upload.state === 'done' ? 'Sent' : WORDS[upload.state]),
      upload.message && h('p', { class: upload.state === 'done' ? 'reason note' : 'reason' }, upload.message));
  }

  /** Progress moves the bar that is there; only a new state makes a new row. @param {Upload} upload */
  function show(upload) {
    panel.hidden = false;
    const old = rows.querySelector(`[data-upload="${upload.id}"]`);
    const bars = old?.classList.contains(upload.state) ? old.querySelector('progress') : null;
    if (bars) bars.value = upload.progress;
    else if (old) old.replaceWith(row(upload));
    else rows.append(row(upload));
    // What needs a look must not be somewhere below hundreds that went well.
    if (upload.state === 'refused' || upload.state === 'failed') {
      const place = rows.querySelector('li:not(.refused, .failed)');
      const mine = rows.querySelector(`[data-upload="${upload.id}"]`);
      if (mine && place && mine.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_PRECEDING) place.before(mine);
    }
    summarise();
  }

  function summarise() {
    const { total, done, videos, refused, failed, open } = queue.summary();
    const parts = [open ? `Adding ${plural(total, 'file')}` : done || !videos ? `${plural(done, 'image')} added` : ''].filter(Boolean);
    if (open && done) parts.push(`${done} done`);
    if (videos) parts.push(`${plural(videos, 'video')} sent`);
    if (refused) parts.push(`${refused} refused`);
    if (failed) parts.push(`${failed} waiting for the network`);
    heading.textContent = parts.join(' · ');
    bar.hidden = !open;
    bar.value = total ? queue.uploads.reduce((sum, upload) => sum + (upload.state === 'waiting' ? 0 : upload.state === 'sending' ? upload.progress : 1), 0) / total : 0;
    again.hidden = failed === 0;
    close.hidden = open > 0;
  }

  function dismiss() {
    queue.dismiss();
    rows.replaceChildren();
    panel.hidden = true;
  }

  wirePickers((files) => void add(files));
  wireDrop((files) => void add(files));
  window.addEventListener('online', () => queue.retry());
  window.addEventListener('beforeunload', (event) => { if (queue.busy) event.preventDefault(); });
  return queue;
}

/** @param {(files: File[]) => void} add */
function wirePickers(add) {
  for (const [button, input] of [['[data-pick-files]', '[data-files]'], ['[data-pick-folder]', '[data-folder]']]) {
    const field = find(input ?? '', HTMLInputElement);
    for (const element of document.querySelectorAll(button ?? '')) element.addEventListener('click', () => field.click());
    field.addEventListener('change', () => { add([...(field.files ?? [])]); field.value = ''; });
  }
}

/** @param {(files: File[]) => void} add */
function wireDrop(add) {
  const cover = h('div', { class: 'drop-cover', hidden: true }, icon('upload', 'icon-large'), 'Drop to add to this project');
  document.body.append(cover);
  let depth = 0;
  const carriesFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') ?? false;
  window.addEventListener('dragenter', (event) => { if (carriesFiles(event)) { depth += 1; cover.hidden = false; } });
  window.addEventListener('dragleave', (event) => { if (carriesFiles(event)) { depth = Math.max(0, depth - 1); cover.hidden = depth === 0; } });
  window.addEventListener('dragover', (event) => { if (carriesFiles(event)) event.preventDefault(); });
  window.addEventListener('drop', async (event) => {
    if (!event.dataTransfer || !carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    cover.hidden = true;
    add(await droppedFiles(event.dataTransfer));
  });
}
