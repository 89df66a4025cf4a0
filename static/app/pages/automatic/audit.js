/** A random sample of suggestions, one card each: good as it is, wrong, or to be corrected in the editor. */
/** @import { Rle } from '../../types.js' */
/** @import { Picture } from './preview.js' */
import { IDLE_MS } from '../../core/active_clock.js';
import { find, h, icon } from '../dom.js';
import { number } from '../format.js';
import { client } from '../http.js';
import { toastError } from '../toast.js';
import { drawMasks } from './mask_canvas.js';

/** @typedef {{ id: string, image: string, rle: Rle, bbox: [number, number, number, number], iou: number | null, picture: Picture }} Item */
/** @typedef {{ results: Item[], population: number, judged: number, above_90: number, share: number | null, interval: [number, number] | null }} Audit */

const CARD = 220;
/** Surroundings shown around a mask, as a share of its longer side: an outline is judged by what it leaves out. */
const MARGIN = 0.35;

/** The square part of the photo that a card shows, in image pixels. @param {Item} item @returns {[number, number, number, number]} */
export function windowOf({ bbox: [x, y, w, h], picture }) {
  const side = Math.min(Math.max(w, h) * (1 + 2 * MARGIN) + 8, Math.max(picture.width, picture.height));
  const clampTo = (/** @type {number} */ from, /** @type {number} */ limit) => Math.max(Math.min(0, (limit - side) / 2), Math.min(from, Math.max(limit - side, (limit - side) / 2)));
  return [clampTo(x + w / 2 - side / 2, picture.width), clampTo(y + h / 2 - side / 2, picture.height), side, side];
}

/**
 * @param {{ project: string, urls: { editor: string }, can: { annotate: boolean } }} config
 * @returns {{ load(): Promise<void> }}
 */
export function createAudit({ project, urls, can }) {
  const cards = find('[data-sample]', HTMLUListElement);
  const estimate = find('[data-estimate]', HTMLElement);
  const none = find('[data-no-sample]', HTMLElement);
  const size = find('#sample-size', HTMLSelectElement);
  let seed = 1;
  let decided = performance.now();
  /** @type {Map<string, Promise<ImageBitmap>>} one decoded photo serves all its cards */
  const photos = new Map();

  /** @param {Picture} picture */
  function photoOf({ urls: { full } }) {
    let loading = photos.get(full);
    if (!loading) {
      loading = fetch(full).then((answer) => answer.blob()).then((blob) => createImageBitmap(blob));
      photos.set(full, loading);
    }
    return loading;
  }

  /** @param {Item} item @param {HTMLCanvasElement} below @param {HTMLCanvasElement} above */
  async function paint(item, below, above) {
    const [x, y, side] = windowOf(item);
    const bitmap = await photoOf(item.picture);
    below.getContext('2d')?.drawImage(bitmap, x, y, side, side, 0, 0, below.width, below.height);
    drawMasks(above, [{ rle: item.rle, color: '#ffb340' }], { window: [x, y, side, side] });
  }

  /** @param {Item} item @param {'accept' | 'reject'} verb */
  async function decide(item, verb) {
    const seconds = Math.min(performance.now() - decided, IDLE_MS) / 1000;
    decided = performance.now();
    await client.post(`suggestions/${item.id}/${verb}/`, verb === 'accept' ? { data: { clicks: 0, seconds } } : undefined);
    await load();
  }

  /** @param {Item} item */
  function verdict(item) {
    if (item.iou === null) return null;
    const good = item.iou > 0.9;
    return h('span', { class: `chip ${good ? 'chip-positive' : 'chip-negative'}` }, icon(good ? 'circle-check' : 'ban'),
      item.iou === 0 ? 'Wrong' : item.iou === 1 ? 'Good' : `Corrected, IoU ${item.iou.toFixed(2)}`);
  }

  /** @param {Item} item */
  function buttons(item) {
    if (!can.annotate || item.iou !== null) return null;
    const act = (/** @type {'accept' | 'reject'} */ verb) => () => { decide(item, verb).catch(toastError); };
    return h('div', { class: 'verdicts' },
      h('button', { type: 'button', class: 'button button-small', onclick: act('accept') }, icon('check'), 'Good'),
      h('button', { type: 'button', class: 'button button-small', onclick: act('reject') }, icon('x'), 'Wrong'),
      h('a', { class: 'button button-small button-plain', href: `${urls.editor.replace('{image}', item.image)}#suggestion=${item.id}` }, 'Correct'));
  }

  /** @param {Item} item */
  function card(item) {
    const below = h('canvas', { width: CARD, height: CARD, 'aria-hidden': 'true' });
    const above = h('canvas', { width: CARD, height: CARD, role: 'img', 'aria-label': `A mask on ${item.picture.name}` });
    paint(item, below, above).catch(() => undefined);
    return h('li', { class: 'card sample-card', 'data-suggestion': item.id },
      h('div', { class: 'sample-picture' }, below, above),
      h('span', { class: 'truncate small muted', title: item.picture.name }, item.picture.name), verdict(item), buttons(item));
  }

  /** @param {Audit} audit */
  function say({ judged, above_90: good, share, interval, results }) {
    if (share === null || !interval) return `${number(results.length)} drawn, none judged yet.`;
    const percent = (/** @type {number} */ part) => `${Math.round(part * 100)} %`;
    return `${percent(share)} of the judged masks are good: ${number(good)} of ${number(judged)} have an IoU above 0.9 with what people made of them. With 95 % confidence it is between ${percent(interval[0])} and ${percent(interval[1])} for all suggestions.`;
  }

  async function load() {
    /** @type {Audit} */
    const audit = await client.get(`projects/${project}/audit/?size=${size.value}&seed=${seed}`);
    none.hidden = audit.results.length > 0;
    estimate.textContent = audit.results.length ? say(audit) : '';
    for (const item of audit.results) {
      const old = cards.querySelector(`[data-suggestion="${item.id}"]`);
      if (old?.getAttribute('data-iou') === String(item.iou)) continue;
      const fresh = card(item);
      fresh.setAttribute('data-iou', String(item.iou));
      if (old) old.replaceWith(fresh);
      else cards.append(fresh);
    }
    const drawn = new Set(audit.results.map(({ id }) => id));
    for (const old of [...cards.children]) if (!drawn.has(old.getAttribute('data-suggestion') ?? '')) old.remove();
  }

  size.addEventListener('change', () => { load().catch(toastError); });
  find('[data-draw-again]', HTMLButtonElement).addEventListener('click', () => { seed += 1; load().catch(toastError); });
  return { load };
}
