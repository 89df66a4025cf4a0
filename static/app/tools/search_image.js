/** Everything mode: the worker searches the image, or the part in sight, and suggestions arrive as they are stored. */

/** @import { Endpoints } from '../api/endpoints.js' */
/** @import { Run } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { visibleBox } from '../view/viewport.js';

const POLL_MS = 900;

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/**
 * @param {Editor} editor
 * @param {Pick<Endpoints, 'searchImage' | 'run'>} api
 * @param {boolean} inSight only the part of the photo that is in sight
 * @param {(progress: number | null) => void} onProgress 0..1 while it runs, null at the end
 */
export async function searchImage(editor, api, inSight, onProgress) {
  const image = editor.image.info?.id;
  if (!image) return;
  const region = inSight ? regionInSight(editor) : null;
  onProgress(0);
  try {
    let run = await api.searchImage(image, region);
    while (run.state === 'queued' || run.state === 'running') {
      await pause(POLL_MS);
      run = await api.run(run.id);
      onProgress(run.progress);
      if (editor.image.info?.id !== image) return;
      await editor.suggestions.load(image);
    }
    await editor.suggestions.load(image);
    tell(editor, run);
  } catch (error) {
    editor.notify({ message: `The search did not finish. ${error instanceof Error ? error.message : error}`, kind: 'error' });
  } finally {
    onProgress(null);
  }
}

/** @param {Editor} editor @param {Run} run */
function tell(editor, run) {
  if (run.state === 'succeeded') {
    const count = editor.suggestions.list.length;
    editor.notify({ message: count ? `${count} suggestions. A accepts, X rejects, Tab goes on.` : 'Nothing was found that is good enough to suggest.', kind: count ? 'success' : 'info' });
  } else if (run.state === 'failed') {
    editor.notify({ message: `The search failed. ${run.error || run.message}`, kind: 'error' });
  }
}

/** @param {Editor} editor @returns {[number, number, number, number] | null} */
function regionInSight(editor) {
  const box = visibleBox(editor.stage.viewport);
  const info = editor.image.info;
  if (!box || !info) return null;
  const [x0, y0] = [Math.max(0, Math.floor(box[0])), Math.max(0, Math.floor(box[1]))];
  const [x1, y1] = [Math.min(info.width, Math.ceil(box[2])), Math.min(info.height, Math.ceil(box[3]))];
  return [x0, y0, x1 - x0, y1 - y0];
}
