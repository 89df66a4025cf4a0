/** The page of ratings: two models' answers to one click beside each other, and points for each. */
/** @import {Rle, Run} from '../types.js' */
import { forEachInterval } from '../core/rle.js';
import { find, pageData } from './dom.js';
import { onSubmit } from './forms.js';
import { api, client } from './http.js';
import { isActive, runRow, showRun } from './run_view.js';
import { createRunsFeed } from './runs_feed.js';
import { toastError } from './toast.js';

/** @typedef {{ id: string, picture: string, x: number, y: number, left: Rle, right: Rle }} Pair */
/** @typedef {{ pair: Pair | null, done: number, total: number }} Next */

const config = pageData('page-config');
const FILL = [230, 120, 20];
const SHARE = 0.45;
const DOT = 7;

const compare = document.querySelector('[data-compare]');
const list = document.querySelector('[data-runs]');
/** Runs that were going on while this page was open. @type {Set<string>} */
const watched = new Set();

/** @param {Run} run */
function show(run) {
  if (run.kind !== 'rate' || !(list instanceof HTMLUListElement)) return;
  if (isActive(run)) watched.add(run.id);
  if (!watched.has(run.id)) return;
  if (run.state === 'succeeded') return location.assign(location.pathname);
  showRun(list, runRow(run));
  list.hidden = false;
}

if (compare instanceof HTMLFormElement)
  onSubmit(compare, async ({ first, second, size }) => {
    show(
      await client.post(`projects/${config.project}/ratings/`, {
        first: first ?? '',
        second: second ?? '',
        size: Number(size),
      }),
    );
  });

/** Paints a mask over the photo, and the click.
 *  @param {HTMLCanvasElement} canvas @param {HTMLImageElement} photo @param {Rle} rle @param {Pair} pair */
function paint(canvas, photo, rle, { x, y }) {
  const [height, width] = rle.size;
  Object.assign(canvas, { width, height });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.drawImage(photo, 0, 0, width, height);
  const pixels = pen.getImageData(0, 0, width, height);
  forEachInterval(rle, (start, end) => {
    for (let place = start; place < end; place++) {
      const at = 4 * ((place % height) * width + Math.floor(place / height));
      FILL.forEach((value, part) => {
        pixels.data[at + part] = (1 - SHARE) * (pixels.data[at + part] ?? 0) + SHARE * value;
      });
    }
  });
  pen.putImageData(pixels, 0, 0);
  const radius = Math.max(DOT, Math.max(width, height) / 120);
  for (const [size, color] of /** @type {[number, string][]} */ ([
    [radius, '#fff'],
    [radius * 0.65, '#06c'],
  ])) {
    pen.beginPath();
    pen.arc(x * width, y * height, size, 0, 2 * Math.PI);
    pen.fillStyle = color;
    pen.fill();
  }
}

const form = document.querySelector('[data-rate]');

/** @param {Next} next */
async function lay({ pair, done, total }) {
  find('[data-done]', HTMLElement).textContent = String(done);
  find('[data-total]', HTMLElement).textContent = String(total);
  if (!(form instanceof HTMLFormElement)) return;
  find('[data-finished]', HTMLElement).hidden = Boolean(pair);
  if (!pair) {
    form.hidden = true;
    return;
  }
  form.reset();
  form.dataset.pair = pair.id;
  const photo = new Image();
  photo.src = pair.picture;
  await photo.decode();
  paint(find('[data-side="left"]', HTMLCanvasElement), photo, pair.left, pair);
  paint(find('[data-side="right"]', HTMLCanvasElement), photo, pair.right, pair);
  form.hidden = false; // not before there is something to rate
}

if (form instanceof HTMLFormElement && config.rating) {
  onSubmit(form, async ({ left, right }) => {
    const points = { left: Number(left), right: Number(right) };
    if (!points.left || !points.right) throw new Error('Give both answers points first.');
    await lay(await client.post(`rated-pairs/${form.dataset.pair ?? ''}/`, points));
  });
  client.get(`ratings/${config.rating}/next/`).then(lay).catch(toastError);
}

for (const button of document.querySelectorAll('[data-delete]'))
  button.addEventListener('click', () => {
    client
      .del(`ratings/${button.getAttribute('data-delete') ?? ''}/`)
      .then(() => location.assign(location.pathname), toastError);
  });

if (list) {
  const feed = createRunsFeed({
    stream: api(`projects/${config.project}/runs/events/`),
    list: async () => (await client.get(`runs/?project=${config.project}&kind=rate&limit=20`)).results,
    onRun: show,
  });
  window.addEventListener('pagehide', feed.stop);
}
