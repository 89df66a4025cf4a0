/** Region of interest: the part of a big photo in sight gets an embedding of its own, so that small
 *  objects are seen at full resolution. The whole image's embedding stays; the same key goes back. */

/** @import { Run } from '../types.js' */
/** @import { Endpoints } from '../api/endpoints.js' */
/** @import { Editor } from '../editor.js' */
import { visibleBox } from '../view/viewport.js';
import { sayWhy } from './waiting.js';

const POLL_MS = 700;
/** Showing most of the photo anyway, a region would only repeat the whole. */
const WORTHWHILE = 0.7;

/**
 * @param {Editor} editor
 * @param {Pick<Endpoints, 'embed' | 'run'>} api
 */
export async function toggleRegion(editor, api) {
  const { decoder, stage, image } = editor;
  if (decoder.frame?.region) {
    await decoder.openRegion(null);
    editor.notify({ message: 'Clicks use the whole photo again.' });
    return;
  }
  const box = visibleBox(stage.viewport);
  const { info } = image;
  if (!box || !info) return;
  const [x, y] = [Math.floor(box[0]), Math.floor(box[1])];
  const [w, h] = [Math.ceil(box[2]) - x, Math.ceil(box[3]) - y];
  if (w > info.width * WORTHWHILE && h > info.height * WORTHWHILE) {
    editor.notify({
      message: 'Zoom in first: the part in sight is then prepared at full resolution for small objects.',
    });
    return;
  }
  const prepared = editor.notify({
    message: 'Preparing the part in sight at full resolution. You can go on meanwhile.',
  });
  const url = await regionUrl(editor, api, info.id, [x, y, w, h]).finally(prepared);
  if (image.info?.id !== info.id) return;
  await decoder.openRegion([x, y, w, h], url);
  editor.notify({
    message: 'Clicks now see this part at full resolution. Press the key again for the whole photo.',
    kind: 'success',
  });
}

/**
 * @param {Editor} editor
 * @param {Pick<Endpoints, 'embed' | 'run'>} api
 * @param {string} id
 * @param {[number, number, number, number]} region
 */
async function regionUrl(editor, api, id, region) {
  /** @type {Run} */
  let run = await api.embed(id, region);
  let said = '';
  while (run.state === 'queued' || run.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    run = await api.run(run.id);
    said = sayWhy(editor, run, said);
  }
  const url = run.result.url;
  if (run.state !== 'succeeded' || typeof url !== 'string')
    throw new Error(run.error || run.message || 'The server could not prepare this part.');
  return url;
}
