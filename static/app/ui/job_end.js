/** The last image of a job is done: what comes next. */

/** @import { Editor } from '../editor.js' */
import { createClient } from '../api/client.js';

/** Says so, and offers the next job. @param {Editor} editor @param {string} title of the job that is done */
export function offerNext(editor, title) {
  editor.notify({
    message: `${title} is done.`,
    kind: 'success',
    action: { name: 'Next job', run: () => void openNext(editor) },
  });
}

/** Opens the person's next job, if there is one. @param {Editor} editor */
async function openNext(editor) {
  const { api, user, project, urls } = editor.config;
  try {
    const client = createClient({ base: api, person: user.id });
    const { job, image } = await client.post(`projects/${project.id}/jobs/next/`, undefined);
    if (job && image) location.assign(`${urls.editor.split('?')[0]?.replace('{image}', image)}?job=${job.id}`);
    else
      editor.notify({
        message: 'There is no more work for you in this project.',
        kind: 'success',
        action: { name: 'My work', run: () => location.assign(urls.work) },
      });
  } catch (error) {
    editor.notify({ message: error instanceof Error ? error.message : String(error), kind: 'error' });
  }
}
