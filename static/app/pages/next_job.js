/** Next: the job to go on with, handed out by the server, opened in the editor. */
import { client } from './http.js';
import { toast, toastError } from './toast.js';

/** Wires every [data-next], also those that come later. @param {(project: string) => string} patternOf editor address with {image} */
export function wireNext(patternOf) {
  document.addEventListener('click', ({ target }) => {
    const project = target instanceof Element ? target.closest('[data-next]')?.getAttribute('data-next') : null;
    if (project) openNext(project, patternOf(project)).catch(toastError);
  });
}

/** @param {string} project @param {string} pattern */
async function openNext(project, pattern) {
  const { job, image } = await client.post(`projects/${project}/jobs/next/`, undefined);
  if (job && image) location.assign(`${pattern.replace('{image}', image)}?job=${job.id}`);
  else toast('There is no work for you here now: no job is yours, and none waits in the pool.');
}
