/** The export page: start one, watch it, download it. */
/** @import { FormatEnum } from '../api/schema.d.ts' */
/** @import {Run} from '../types.js' */
import { find, pageData } from './dom.js';
import { download, facts } from './export_row.js';
import { onSubmit } from './forms.js';
import { api, client } from './http.js';
import { runRow, showRun } from './run_view.js';
import { createRunsFeed } from './runs_feed.js';

const config = pageData('page-config');
const list = find('[data-exports]', HTMLUListElement);
const none = find('[data-no-exports]', HTMLElement);
const loading = find('[data-loading]', HTMLElement);

/** @param {Run} run */
function subject(run) {
  const name = String(run.params.format ?? '');
  const format =
    document.querySelector(`#format option[value="${CSS.escape(name)}"]`)?.textContent ?? name.toUpperCase();
  const extras = [run.params.include_images && 'images', run.params.include_suggestions && 'suggestions'].filter(
    Boolean,
  );
  return extras.length ? `${format} with ${extras.join(' and ')}` : format;
}

/** @param {Run} run */
function show(run) {
  if (run.kind !== 'export') return;
  none.hidden = true;
  const row = runRow(run, { subject: subject(run), extra: download(run), facts: facts(run) });
  showRun(list, row);
}

const feed = createRunsFeed({
  stream: api(`projects/${config.project}/runs/events/`),
  async list() {
    const page = await client.get(`runs/?project=${config.project}&kind=export&limit=100`);
    loading.remove();
    none.hidden = page.results.length > 0 || list.childElementCount > 0;
    return page.results;
  },
  onRun: show,
});
window.addEventListener('pagehide', feed.stop);

const form = document.querySelector('[data-export]');
if (form instanceof HTMLFormElement) {
  const choice = find('#format', HTMLSelectElement);
  const tell = () => {
    find('[data-format-hint]', HTMLElement).textContent = choice.selectedOptions[0]?.dataset.about ?? '';
  };
  choice.addEventListener('change', tell);
  tell();
  const from = find('#snapshot', HTMLSelectElement);
  // What a snapshot holds was chosen when it was made.
  const ask = () => {
    for (const box of form.querySelectorAll('[data-now]')) box.toggleAttribute('hidden', from.value !== '');
  };
  from.addEventListener('change', ask);
  ask();
  onSubmit(form, async ({ format, include_images, include_suggestions, accepted_only, snapshot }) => {
    const reviewed = form.elements.namedItem('accepted_only') !== null;
    const wanted = {
      format: /** @type {FormatEnum} */ (format),
      include_images: include_images === 'yes',
      ...(snapshot
        ? { snapshot }
        : {
            include_suggestions: include_suggestions === 'yes',
            ...(reviewed && { selection: { accepted_only: accepted_only === 'yes' } }),
          }),
    };
    show(await client.post(`projects/${config.project}/exports/`, wanted));
    list.firstElementChild?.scrollIntoView({ block: 'nearest' });
  });
}
