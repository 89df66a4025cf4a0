/** The list of uploads above the grid: what is sent, how it goes, and what needs a look. */
/** @import {ImageInfo, Run} from '../types.js' */
/** @import {Picked} from './dropped_files.js' */
/** @import {Upload} from './upload_queue.js' */
import { find, h, icon } from './dom.js';
import { upload as sendFile } from './http.js';
import { createUploadQueue } from './upload_queue.js';
import { progressOf, summaryText, uploadRow } from './upload_row.js';
import { wireDrop, wirePickers } from './upload_sources.js';
import { askForFrames, isVideo } from './video_import.js';

/**
 * @param {string} project
 * @param {(image: ImageInfo) => void} onImage called for every image the server made
 * @param {(run: Run) => void} onVideo called for every import of a video that was queued
 */
export function createUploads(project, onImage, onVideo) {
  const list = createUploadList({ retry: (id) => queue.retry(id), dismiss: () => queue.dismiss() });
  const queue = createUploadQueue({
    send: (upload, onProgress) => send(project, upload, onProgress),
    onChange(upload) {
      list.show(upload);
      list.summarise(queue);
      if (upload.state !== 'done' || !upload.image) return;
      if (upload.video) onVideo(upload.image.run);
      else onImage(upload.image);
    },
  });

  /** @param {Picked[]} files */
  async function add(files) {
    const videos = files.filter(({ file }) => isVideo(file));
    queue.add(files.filter(({ file }) => !isVideo(file)));
    const fields = videos.length > 0 ? await askForFrames(videos.map(({ file }) => file)) : null;
    if (fields) queue.add(videos, fields);
  }

  wirePickers((files) => void add(files));
  wireDrop((files) => void add(files));
  window.addEventListener('online', () => queue.retry());
  window.addEventListener('beforeunload', (event) => {
    if (queue.busy) event.preventDefault();
  });
  return queue;
}

/** @param {string} project @param {Upload} upload @param {(fraction: number) => void} onProgress */
async function send(project, { file, name, folder, video }, onProgress) {
  if (!video) return sendFile(`projects/${project}/images/`, file, name, onProgress, { folder });
  const run = await sendFile(`projects/${project}/videos/`, file, name, onProgress, { ...video, folder });
  return { run, notes: ['Its frames are imported in the background.'] };
}

/**
 * The panel with a row for every upload.
 * @param {{ retry: (id?: number) => void, dismiss: () => void }} verbs `retry` without an id is for all that failed
 */
function createUploadList({ retry, dismiss }) {
  const panel = find('[data-uploads]', HTMLElement);
  const rows = h('ul', { 'aria-label': 'Files' });
  const heading = h('h2', { class: 'grow', role: 'status' });
  const bar = h('progress', { max: 1, value: 0, 'aria-label': 'All uploads' });
  const again = h(
    'button',
    { type: 'button', class: 'button button-small', onclick: () => retry() },
    icon('rotate-ccw'),
    'Try again',
  );
  const close = h(
    'button',
    {
      type: 'button',
      class: 'button button-plain button-icon button-small',
      'aria-label': 'Close the list of uploads',
      onclick() {
        dismiss();
        rows.replaceChildren();
        panel.hidden = true;
      },
    },
    icon('x'),
  );
  panel.append(h('header', {}, heading, again, close, bar), rows);

  /** @param {Upload} upload */
  const rowOf = ({ id }) => rows.querySelector(`[data-upload="${id}"]`);

  return {
    /** Progress moves the bar that is there; only a new state makes a new row. @param {Upload} upload */
    show(upload) {
      panel.hidden = false;
      const old = rowOf(upload);
      const moving = old?.classList.contains(upload.state) ? old.querySelector('progress') : null;
      if (moving) moving.value = upload.progress;
      else {
        const row = uploadRow(upload, () => retry(upload.id));
        if (old) old.replaceWith(row);
        else rows.append(row);
      }
      // What needs a look must not be somewhere below hundreds that went well.
      if (upload.state === 'refused' || upload.state === 'failed') {
        const place = rows.querySelector('li:not(.refused, .failed)');
        const mine = rowOf(upload);
        if (mine && place && mine.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_PRECEDING) place.before(mine);
      }
    },
    /** @param {Pick<ReturnType<typeof createUploadQueue>, 'summary' | 'uploads'>} queue */
    summarise({ summary, uploads }) {
      const counts = summary();
      heading.textContent = summaryText(counts);
      bar.hidden = counts.open === 0;
      bar.value = progressOf(uploads);
      again.hidden = counts.failed === 0;
      close.hidden = counts.open > 0;
    },
  };
}
