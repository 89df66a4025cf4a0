/** A random sample of suggestions, one card each: good as it is, wrong, or to be corrected in the editor. */
/** @import { Item, Verdict } from './sample_card.js' */
import { IDLE_MS } from '../../core/active_clock.js';
import { find } from '../dom.js';
import { number } from '../format.js';
import { client } from '../http.js';
import { toast, toastError } from '../toast.js';
import { createSampleCards } from './sample_card.js';

/** @typedef {{ results: Item[], population: number, judged: number, above_90: number, share: number | null, interval: [number, number] | null }} Audit */

/**
 * @param {{ project: string, urls: { editor: string }, can: { annotate: boolean } }} config
 * @returns {{ load(): Promise<void> }}
 */
export function createAudit({ project, urls, can }) {
  const cards = find('[data-sample]', HTMLUListElement);
  const estimate = find('[data-estimate]', HTMLElement);
  const none = find('[data-no-sample]', HTMLElement);
  const size = find('#sample-size', HTMLSelectElement);
  const label = can.annotate ? find('#sample-label', HTMLSelectElement) : null;
  const card = createSampleCards({
    editor: urls.editor,
    canJudge: can.annotate,
    judge: (item, verdict) => {
      decide(item, verdict).catch(toastError);
    },
  });
  let seed = 1;
  let decided = performance.now();

  /** @param {Item} item @param {Verdict} verb */
  async function decide(item, verb) {
    const seconds = Math.min(performance.now() - decided, IDLE_MS) / 1000;
    decided = performance.now();
    await client.post(
      `suggestions/${item.id}/${verb}/`,
      verb === 'accept' ? { data: { clicks: 0, seconds, label: label?.value || null } } : undefined,
    );
    if (verb === 'accept') {
      const name = label?.value ? `under “${label.selectedOptions[0]?.text}”` : 'without a label';
      const undo = () => {
        client.post(`suggestions/${item.id}/reopen/`, undefined).then(load).catch(toastError);
      };
      toast(`Kept on ${item.of_image.name} as an object ${name}.`, { action: { label: 'Take back', run: undo } });
    }
    await load();
  }

  /** Only cards whose verdict changed are made anew. @param {Item[]} items */
  function show(items) {
    for (const item of items) {
      const old = cards.querySelector(`[data-suggestion="${item.id}"]`);
      if (old?.getAttribute('data-iou') === String(item.iou)) continue;
      const fresh = card(item);
      fresh.setAttribute('data-iou', String(item.iou));
      if (old) old.replaceWith(fresh);
      else cards.append(fresh);
    }
    const drawn = new Set(items.map(({ id }) => id));
    for (const old of [...cards.children]) if (!drawn.has(old.getAttribute('data-suggestion') ?? '')) old.remove();
  }

  async function load() {
    /** @type {Audit} */
    const audit = await client.get(`projects/${project}/audit/?size=${size.value}&seed=${seed}`);
    none.hidden = audit.results.length > 0;
    estimate.textContent = audit.results.length ? estimateOf(audit) : '';
    show(audit.results);
  }

  size.addEventListener('change', () => {
    load().catch(toastError);
  });
  find('[data-draw-again]', HTMLButtonElement).addEventListener('click', () => {
    seed += 1;
    load().catch(toastError);
  });
  return { load };
}

/** What the sample says of all suggestions. @param {Audit} audit */
function estimateOf({ judged, above_90: good, share, interval, results }) {
  if (share === null || !interval) return `${number(results.length)} drawn, none judged yet.`;
  const percent = (/** @type {number} */ part) => `${Math.round(part * 100)} %`;
  return `${percent(share)} of the judged masks are good: ${number(good)} of ${number(judged)} have an IoU above 0.9 with what people made of them. With 95 % confidence it is between ${percent(interval[0])} and ${percent(interval[1])} for all suggestions.`;
}
