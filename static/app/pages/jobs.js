/** The page of a project's jobs, and of one's own work. */
/** @import { SplitWriteRequest } from '../api/schema.d.ts' */
import { find, pageData } from './dom.js';
import { onSubmit } from './forms.js';
import { plural } from './format.js';
import { keepFresh } from './fresh.js';
import { client } from './http.js';
import { createJobBulk } from './job_bulk.js';
import { wireNext } from './next_job.js';
import { toast, toastError } from './toast.js';

const config = pageData('page-config');
const restore = document.querySelector('[data-bulk]')
  ? createJobBulk(config.project, () => refresh())
  : () => undefined;
const refresh = keepFresh(restore);
wireNext((project) => config.pattern?.[project] ?? config.urls.editor);

document.addEventListener('click', ({ target }) => {
  const back = target instanceof Element ? target.closest('[data-give-back]')?.getAttribute('data-give-back') : null;
  if (back) giveBack(back).catch(toastError);
});

/** @param {string} id */
async function giveBack(id) {
  await client.post(`jobs/${id}/give-back/`, undefined);
  toast('The job is in the pool again. What you did on its images stays.', { kind: 'positive' });
  await refresh();
}

const form = document.querySelector('[data-new-jobs]');
if (form instanceof HTMLFormElement) {
  onSubmit(form, async (values) => {
    const made = await client.post(`projects/${config.project}/jobs/`, wanted(form, values));
    form.closest('dialog')?.close();
    toast(`${plural(made.results.length, 'job')} with ${plural(made.images, 'image')} made.${leftOut(made)}`, {
      kind: 'positive',
      seconds: 12,
    });
    await refresh();
  });
}

/** @param {HTMLFormElement} from @param {Record<string, string>} values @returns {SplitWriteRequest} */
function wanted(from, values) {
  const matching = Object.entries({ state: values.state, search: values.search, with_label: values.with_label });
  const count = Number(find('#split-count', HTMLInputElement).value);
  return {
    matching: Object.fromEntries(matching.filter(([, value]) => value)),
    ...(values.sample ? { sample: Number(values.sample) } : {}),
    ...(values.by === 'jobs' ? { jobs: count } : { size: count }),
    overlap: Number(values.overlap) || 1,
    name: values.name ?? '',
    priority: /** @type {SplitWriteRequest['priority']} */ (values.priority),
    due: values.due || null,
    assignees: new FormData(from).getAll('assignees').map(String),
  };
}

/** @param {{ in_jobs: number, done: number }} made */
function leftOut({ in_jobs, done }) {
  const parts = [in_jobs && `${plural(in_jobs, 'image')} in jobs already`, done && `${plural(done, 'image')} done`];
  const said = parts.filter(Boolean).join(' and ');
  return said && ` Left out: ${said}.`;
}
