/** What was found, taken out as files in SA-1B's form, suggestions included. */
/** @import { Run } from '../../types.js' */
import { find } from '../dom.js';
import { download, facts } from '../export_row.js';
import { client } from '../http.js';
import { runRow, showRun } from '../run_view.js';
import { toastError } from '../toast.js';

/**
 * @param {{ project: string }} config
 * @returns {{ onRun(run: Run): void }}
 */
export function createTakeOut({ project }) {
  const list = find('[data-exports]', HTMLUListElement);

  /** @param {Run} run */
  function onRun(run) {
    if (run.kind !== 'export' || run.params.format !== 'sa1b' || !run.params.include_suggestions) return;
    const row = runRow(run, { subject: 'SA-1B with suggestions', extra: download(run), facts: facts(run) });
    showRun(list, row);
  }

  async function start() {
    onRun(await client.post(`projects/${project}/exports/`, { format: 'sa1b', include_suggestions: true }));
  }

  document.querySelector('[data-export-all]')?.addEventListener('click', () => {
    start().catch(toastError);
  });
  return { onRun };
}
