/** Giving the ticked images to somebody, or putting them into the pool: they become a job. */
/** @import { Split } from '../api/schema.d.ts' */
import { plural } from './format.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

/** What became of the images. @param {Split} made @param {number} overlap @param {string} where */
function said({ results, images, in_jobs: inJobs, done }, overlap, where) {
  const left = [
    inJobs && `${plural(inJobs, 'image is', 'images are')} in jobs already`,
    done && `${plural(done, 'image is', 'images are')} done`,
  ].filter(Boolean);
  const without = left.length ? ` Left out: ${left.join(', ')}.` : '';
  const several = `${plural(results.length, 'job')} with ${plural(images, 'image')} lie in the pool, each image for ${overlap} people.`;
  const one = `${results[0]?.title} with ${plural(images, 'image')} ${where}.`;
  return (overlap > 1 ? several : one) + without;
}

/** @param {string} project @param {{ ids: () => string[], clear: () => void }} selection */
export function createGiving(project, selection) {
  /** Makes a job of them. Those in jobs already are left there, unless that is asked for too.
   *  @param {string | null} who null: the pool @param {string} name
   *  @param {{ take?: boolean, ids?: string[], overlap?: number }} [how] overlap: each image to so many people */
  async function give(who, name, { take = false, ids = selection.ids(), overlap = 1 } = {}) {
    const moving = {
      label: 'Take them out of their jobs',
      run: () => void give(who, name, { take: true, ids, overlap }),
    };
    try {
      const made = await client.post(`projects/${project}/jobs/`, {
        jobs: 1,
        images: ids,
        take,
        overlap,
        assignees: who ? [who] : [],
      });
      toast(said(made, overlap, who ? `is for ${name}` : 'lies in the pool'), {
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
