/** Giving the ticked images to somebody, or putting them into the pool: they become a job. */
import { plural } from './format.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

/** @param {string} project @param {{ ids: () => string[], clear: () => void }} selection */
export function createGiving(project, selection) {
  /** Makes a job of them. Those in jobs already are left there, unless that is asked for too.
   *  @param {string | null} who null: the pool @param {string} name @param {boolean} [take] @param {string[]} [ids] */
  async function give(who, name, take = false, ids = selection.ids()) {
    const moving = { label: 'Take them out of their jobs', run: () => void give(who, name, true, ids) };
    try {
      const made = await client.post(`projects/${project}/jobs/`, {
        jobs: 1,
        images: ids,
        take,
        assignees: who ? [who] : [],
      });
      const left = [
        made.in_jobs && `${plural(made.in_jobs, 'image is', 'images are')} in jobs already`,
        made.done && `${plural(made.done, 'image is', 'images are')} done`,
      ].filter(Boolean);
      const where = who ? `is for ${name}` : 'lies in the pool';
      const without = left.length ? ` Left out: ${left.join(', ')}.` : '';
      toast(`${made.results[0]?.title} with ${plural(made.images, 'image')} ${where}.${without}`, {
        kind: 'positive',
        action: made.in_jobs ? moving : { label: 'Show jobs', run: () => location.assign('jobs/') },
      });
      selection.clear();
    } catch (error) {
      const refused = error instanceof Error ? error.message : String(error);
      if (take || !refused.includes('in jobs already')) return toastError(error);
      toast(`${plural(ids.length, 'image')} selected, all in jobs already.`, { kind: 'warning', action: moving });
    }
  }

  return give;
}
