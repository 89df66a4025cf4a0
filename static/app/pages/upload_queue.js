/** What is being uploaded: a few files at a time, each with its progress, its result or the reason it was refused. Pure. */

/** @import { Picked } from './dropped_files.js' */
import { imagePath } from '../core/image_path.js';

/**
 * @typedef {'waiting' | 'sending' | 'done' | 'refused' | 'failed'} UploadState
 *   refused: the server (or the queue) said no and would again; failed: it may work on another try
 * @typedef {object} Upload
 * @property {number} id
 * @property {File} file
 * @property {string} name as stored
 * @property {string} folder where it lay in the folder that was added, blank for none
 * @property {UploadState} state
 * @property {number} progress 0..1
 * @property {string} message why it was refused or failed, or a note on what was done to it
 * @property {any} image what the server made of it
 * @property {Record<string, string> | null} video which frames of a video are wanted; null for a picture
 */

const AUTOMATIC_RETRIES = 2;
const JUNK = /^(\.|thumbs\.db$|desktop\.ini$|__macosx$)/i;
const NEVER_PICTURES = /^(audio|text|font)\/|^application\/(zip|json|pdf|gzip|x-tar|msword|xml)/;

/** Files an operating system leaves in folders; nobody means to upload them. @param {string} name */
export function isJunk(name) {
  return JUNK.test(name);
}

const byName = new Intl.Collator('en', { numeric: true });

/** @param {Picked} picked */
const pathOf = ({ file, folder }) => imagePath({ folder, name: file.name });

/** In the order of their names, frame2 before frame10: as the server will list them. @param {Picked[]} files */
function inOrder(files) {
  return files.toSorted((a, b) => byName.compare(pathOf(a), pathOf(b)));
}

/** @param {Picked} picked */
const isMeant = (picked) => !pathOf(picked).split('/').some(isJunk);

/** Reason not to send it at all, or ''. @param {{name: string, type: string, size: number}} file */
export function refusal(file) {
  if (file.size === 0) return `${file.name} is 0 bytes; upload it again from where it came from.`;
  if (NEVER_PICTURES.test(file.type) && file.type !== 'text/xml') {
    return `${file.name} is not a picture (${file.type}). JPEG, PNG, WebP, TIFF, BMP and GIF are read, and MP4, MOV, WebM and AVI videos.`;
  }
  return '';
}

/** @param {unknown} error */
function worthRetrying(error) {
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : NaN;
  return status === 0 || status === 429 || status >= 502;
}

/**
 * @param {object} options
 * @param {(upload: Upload, onProgress: (fraction: number) => void) => Promise<any>} options.send
 * @param {(upload: Upload) => void} options.onChange called for every change of one upload
 * @param {() => void} [options.onIdle] called when nothing is left to send
 * @param {number} [options.concurrency]
 * @param {(attempt: number) => Promise<void>} [options.pause] waits before an automatic retry
 */
export function createUploadQueue({ send, onChange, onIdle = () => undefined, concurrency = 3, pause = backOff }) {
  /** @type {Upload[]} */
  let uploads = [];
  let nextId = 1;
  let active = 0;

  /** @param {Upload} upload @param {Partial<Upload>} change */
  function update(upload, change) {
    Object.assign(upload, change);
    onChange(upload);
  }

  /** @param {Upload} upload */
  async function attempt(upload) {
    for (let tries = 0; ; tries += 1) {
      try {
        const image = await send(upload, (progress) => update(upload, { progress }));
        return update(upload, { state: 'done', progress: 1, image, message: (image?.notes ?? []).join(' ') });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (!worthRetrying(error)) return update(upload, { state: 'refused', message });
        if (tries >= AUTOMATIC_RETRIES) return update(upload, { state: 'failed', message });
        update(upload, { progress: 0 });
        await pause(tries);
      }
    }
  }

  function pump() {
    while (active < concurrency) {
      const next = uploads.find((upload) => upload.state === 'waiting');
      if (!next) break;
      active += 1;
      update(next, { state: 'sending', progress: 0, message: '' });
      void attempt(next).finally(() => {
        active -= 1;
        pump();
      });
    }
    if (active === 0) onIdle();
  }

  return {
    get uploads() {
      return uploads;
    },
    get busy() {
      return active > 0 || uploads.some((upload) => upload.state === 'waiting');
    },
    /** @param {Picked[]} files @param {Record<string, string> | null} [video] which frames are wanted, when they are videos */
    add(files, video = null) {
      const added = inOrder(files.filter(isMeant)).map(({ file, folder }) => {
        const message = refusal(file);
        return /** @type {Upload} */ ({
          id: nextId++,
          file,
          name: file.name,
          folder,
          state: message ? 'refused' : 'waiting',
          progress: 0,
          message,
          image: null,
          video,
        });
      });
      uploads = uploads.concat(added);
      added.forEach(onChange);
      pump();
      return added;
    },
    /** Tries again what failed for want of a network. @param {number} [id] all when left out */
    retry(id) {
      for (const upload of uploads) {
        if (upload.state === 'failed' && (id === undefined || upload.id === id))
          update(upload, { state: 'waiting', progress: 0 });
      }
      pump();
    },
    /** Forgets what is finished, one way or the other. */
    dismiss() {
      uploads = uploads.filter((upload) => upload.state === 'waiting' || upload.state === 'sending');
    },
    summary() {
      const count = (/** @type {UploadState} */ state) => uploads.filter((upload) => upload.state === state).length;
      const videos = uploads.filter(({ state, video }) => state === 'done' && video).length;
      return {
        total: uploads.length,
        done: count('done') - videos,
        videos,
        refused: count('refused'),
        failed: count('failed'),
        open: count('waiting') + count('sending'),
      };
    },
  };
}

/** @param {number} attempt */
function backOff(attempt) {
  return new Promise((resolve) => {
    setTimeout(resolve, 1000 * 3 ** attempt);
  });
}
