/** The page for automatic masks: try thresholds, search everything, judge a sample, export. */
/** @import { Run } from '../types.js' */
import { createAudit } from './automatic/audit.js';
import { createBoxes } from './automatic/boxes.js';
import { createPreview } from './automatic/preview.js';
import { createTakeOut } from './automatic/take_out.js';
import { createWhole } from './automatic/whole.js';
import { pageData } from './dom.js';
import { api, client } from './http.js';
import { createRunsFeed } from './runs_feed.js';
import { toastError } from './toast.js';

const config = pageData('page-config');

if (config.ready) {
  const audit = createAudit(config);
  const parts = [
    createPreview(config),
    createWhole(config, () => {
      audit.load().catch(toastError);
    }),
    createTakeOut(config),
    createBoxes(config),
  ];
  audit.load().catch(toastError);
  const feed = createRunsFeed({
    stream: api(`projects/${config.project}/runs/events/`),
    list: async () => {
      const kinds = await Promise.all(
        ['automask', 'automask_preview', 'boxes', 'export'].map((kind) =>
          client.get(`runs/?project=${config.project}&kind=${kind}&limit=20`),
        ),
      );
      return kinds.flatMap(({ results }) => results);
    },
    onRun: (/** @type {Run} */ run) => {
      for (const part of parts) part.onRun(run);
    },
  });
  window.addEventListener('pagehide', feed.stop);
}
