/** Searching all photos of the project: start, how far it is and how long it takes, stop, go on. */
/** @import { Run } from '../../types.js' */
import { find, h } from '../dom.js';
import { client } from '../http.js';
import { plural } from '../format.js';
import { isActive, runRow, showRun } from '../run_view.js';
import { toastError } from '../toast.js';

const MOST_PROBLEMS = 5;

/** Which photos could not be searched, and why: a line each. @param {Run} run */
function problems(run) {
  const all = /** @type {{ image: string, problem: string }[]} */ (run.result.problems ?? []);
  const lines = all.slice(0, MOST_PROBLEMS).map(({ image, problem }) => `${image}: ${problem}`);
  if (all.length > lines.length) lines.push(`and ${all.length - lines.length} more`);
  return isActive(run) ? [] : lines.map((line) => h('span', { class: 'error-text' }, line));
}

/**
 * @param {{ project: string }} config @param {() => void} onDone called when a search has ended, for what depends on it
 * @returns {{ onRun(run: Run): void }}
 */
export function createWhole({ project }, onDone) {
  const list = find('[data-searches]', HTMLUListElement);
  const buttons = [...document.querySelectorAll('[data-search-all], [data-search-new]')];
  /** @type {Map<string, Run>} */
  const runs = new Map();

  function settle() {
    const busy = [...runs.values()].some(isActive);
    for (const button of buttons) if (button instanceof HTMLButtonElement) button.disabled = busy;
  }

  /** @param {Run} run */
  function onRun(run) {
    if (run.kind !== 'automask' || run.subject) return;
    const before = runs.get(run.id);
    runs.set(run.id, run);
    const row = runRow(run, {
      subject: isActive(run) ? '' : run.result.images ? plural(Number(run.result.images), 'photo') : '',
    });
    row.querySelector('.detail')?.append(...problems(run));
    showRun(list, row);
    settle();
    if (!before || !isActive(before) || isActive(run)) return;
    // The page was made before this search; its row says what came of it.
    find('[data-so-far]', HTMLElement).hidden = true;
    onDone();
  }

  /** @param {object} which */
  async function search(which) {
    onRun(await client.post(`projects/${project}/automask/`, which));
  }

  for (const button of buttons) {
    button.addEventListener('click', () => {
      search(button.hasAttribute('data-search-new') ? { new: true } : {}).catch(toastError);
    });
  }
  return { onRun };
}
