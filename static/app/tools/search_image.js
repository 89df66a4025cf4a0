/** Everything mode: the worker searches the image, or a part of it, and suggestions arrive batch by batch. */

/** @import { Endpoints } from '../api/endpoints.js' */
/** @import { Box, Run } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { visibleBox } from '../view/viewport.js';
import { sayWhy } from './waiting.js';

const POLL_MS = 900;

/** @typedef {[x: number, y: number, w: number, h: number]} Region in image pixels */

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** The search that is going on, and whether it was asked to stop. @type {{ run: string, stop: boolean } | null} */
let active = null;

/**
 * @param {Editor} editor
 * @param {Pick<Endpoints, 'searchImage' | 'run'>} api
 * @param {Region | null} region the part to search, null for the whole photo
 * @param {(progress: number | null) => void} onProgress 0..1 while it runs, null at the end
 */
export async function searchImage(editor, api, region, onProgress) {
  const image = editor.image.info?.id;
  if (!image) return;
  onProgress(0);
  try {
    let run = await api.searchImage(image, region);
    const mine = { run: run.id, stop: false };
    active = mine;
    let said = '';
    while (run.state === 'queued' || run.state === 'running') {
      await pause(POLL_MS);
      run = await api.run(run.id, mine.stop);
      onProgress(run.progress);
      said = sayWhy(editor, run, said);
      if (editor.image.info?.id !== image) return;
      await editor.suggestions.load(image);
    }
    await editor.suggestions.load(image);
    tell(editor, run, region !== null);
  } catch (error) {
    editor.notify({
      message: `The search did not finish. ${error instanceof Error ? error.message : error}`,
      kind: 'error',
    });
  } finally {
    active = null;
    onProgress(null);
  }
}

/** Stops the search that is going on, at its next batch; what it has found stays. */
export function stopSearch() {
  if (active) active.stop = true;
}

/** @param {Editor} editor @param {Run} run @param {boolean} inPart */
function tell(editor, run, inPart) {
  const all = editor.suggestions.list.length;
  const count = inPart ? Number(run.result.suggestions ?? 0) : all;
  if (run.state === 'succeeded') {
    const where = inPart ? ' in this part' : '';
    editor.notify({
      message: count
        ? `${count} ${count === 1 ? 'suggestion' : 'suggestions'}${where}. A accepts, X rejects, Tab goes on.`
        : `Nothing was found${where} that is good enough to suggest.`,
      kind: count ? 'success' : 'info',
    });
  } else if (run.state === 'failed') {
    editor.notify({ message: `The search failed. ${run.error || run.message}`, kind: 'error' });
  } else {
    editor.notify({ message: `The search was stopped. ${all} suggestions stay.` });
  }
}

/** @param {Editor} editor @returns {Region | null} */
export function regionInSight(editor) {
  const box = visibleBox(editor.stage.viewport);
  return box && wholePixels(editor, box);
}

/** The smallest part of the photo in whole pixels that holds a box. @param {Editor} editor @param {Box} box @returns {Region | null} */
export function wholePixels(editor, box) {
  const info = editor.image.info;
  if (!info) return null;
  const [x0, y0] = [Math.max(0, Math.floor(box[0])), Math.max(0, Math.floor(box[1]))];
  const [x1, y1] = [Math.min(info.width, Math.ceil(box[2])), Math.min(info.height, Math.ceil(box[3]))];
  return [x0, y0, x1 - x0, y1 - y0];
}
