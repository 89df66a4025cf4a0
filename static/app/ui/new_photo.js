/** Something was covered on the open photo (faces, a region): its new picture takes the old one's place, and the decoder
 *  reads the new one. Masks, and what was begun, stay. */

/** @import { Editor, OpenImage } from '../editor.js' */
/** @import { LiveImage } from '../sync/live.js' */
/** @import { WorkerDecoder } from '../sam/decoder.js' */
/** @import { ImageInfo, Uuid } from '../types.js' */
import { loadPhoto } from '../view/photo.js';

/** @typedef {OpenImage & { note: (id: Uuid, patch: Partial<ImageInfo>) => void }} Opener */

/** @param {Editor} editor @param {Pick<LiveImage, 'onModel'>} live what it says is heard after whoever hears it now
 *  @param {(id: Uuid) => Promise<unknown>} load @param {typeof loadPhoto} [fetchPhoto] */
export function followPhoto(editor, live, load, fetchPhoto = loadPhoto) {
  const hear = live.onModel;
  let working = false;

  live.onModel = (model, picture) => {
    hear?.(model, picture);
    const { info, phase } = editor.image;
    if (!info || !picture || phase !== 'ready' || working || info.urls.full.includes(picture)) return;
    working = true;
    change(info.id)
      .catch((error) => console.warn(error)) // asked for again with the next answer of the server
      .finally(() => {
        working = false;
      });
  };

  /** @param {Uuid} id */
  async function change(id) {
    const info = /** @type {ImageInfo} */ (await load(id));
    const photo = await fetchPhoto(info.urls.full);
    if (editor.image.info?.id !== id) return;
    const { urls, embedding } = info;
    const opener = /** @type {Opener} */ (editor.image);
    opener.note(id, { urls, embedding });
    editor.stage.show(photo, info);
    /** @type {WorkerDecoder} */ (editor.decoder).opened?.delete(id);
    // The status line tells how it goes; until then clicks wait.
    editor.decoder.openImage(/** @type {ImageInfo} */ (editor.image.info)).catch(() => undefined);
    editor.notify({ message: 'Something was covered on this photo. Your masks stay as they are.' });
  }
}
