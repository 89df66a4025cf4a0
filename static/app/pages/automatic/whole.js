/** Searching all photos of the project: start, how far it is and how long it takes, stop, go on. */
/** @import { Run } from '../../types.js' */
import { find } from '../dom.js';
import { client } from '../http.js';
import { isActive, runRow } from '../run_view.js';
import { toastError } from '../toast.js';

/**
 * @param {{ project: string }} config @param {() => void} onDone called when a search has ended, for what depends on it
 * @returns {{ onRun(run: Run): void }}
 */
export function createWhole({ project }, onDone) {
  const list = find('[data-searches]', HTMLUListElement);
  const button = document.querySelector('[data-search-all]');
  /** @type {Map<string, Run>} */
  const runs = new Map();

  function settle() {
    if (button instanceof HTMLButtonElement) button.disabled = [...runs.values()].some(isActive);
  }

  /** @param {Run} run */
  function onRun(run) {
    if (run.kind !== 'automask' || run.subject) return;
    const before = runs.get(run.id);
    runs.set(run.id, run);
    const row = runRow(run, { subject: isActive(run) ? '' : String(run.result['images'] ? `${run.result['images']} photos` : '') });
    const old = list.querySelector(`[data-run="${run.id}"]`);
    if (old) old.replaceWith(row);
    else list.prepend(row);
    settle();
    if (!before || !isActive(before) || isActive(run)) return;
    // The page was made before this search; its row says what came of it.
    find('[data-so-far]', HTMLElement).hidden = true;
    onDone();
  }

  async function search() {
    onRun(await client.post(`projects/${project}/automask/`, {}));
  }

  button?.addEventListener('click', () => { search().catch(toastError); });
  return { onRun };
}
