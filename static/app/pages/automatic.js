/** The page for automatic masks: try thresholds, search everything, judge a sample, export. */
/** @import { Run } from '../types.js' */
import { createAudit } from './automatic/audit.js';
import { createBoxes } from './automatic/boxes.js';
import { createPreview } from './automatic/preview.js';
import { createTakeOut } from './automatic/take_out.js';
import { createWhole } from './automatic/whole.js';
import { createWords } from './automatic/words.js';
import { pageData } from './dom.js';
import { api, client } from './http.js';
import { createRunsFeed } from './runs_feed.js';
import { toastError } from './toast.js';

const config = pageData('page-config');

const words = document.querySelector('[data-word-runs]') ? createWords(config) : null;

/** @param {string[]} kinds of runs that parts of the page tell of @param {{ onRun(run: Run): void }[]} parts */
function follow(kinds, parts) {
  const feed = createRunsFeed({
    stream: api(`projects/${config.project}/runs/events/`),
    list: async () => {
      const lists = await Promise.all(
        kinds.map((kind) => client.get(`runs/?project=${config.project}&kind=${kind}&limit=20`)),
      );
      return lists.flatMap(({ results }) => results);
    },
    onRun: (/** @type {Run} */ run) => {
      for (const part of parts) part.onRun(run);
    },
  });
  window.addEventListener('pagehide', feed.stop);
}

if (config.ready) {
  const audit = createAudit(config);
  const parts = [
    createPreview(config),
    createWhole(config, () => {
      audit.load().catch(toastError);
    }),
    createTakeOut(config),
    createBoxes(config),
    ...(words ? [words] : []),
  ];
  audit.load().catch(toastError);
  follow(['automask', 'automask_preview', 'boxes', 'export', ...(words ? ['words'] : [])], parts);
} else if (words) follow(['words'], [words]);
