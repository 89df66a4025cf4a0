/** A detector's boxes, sent as COCO results: their masks become suggestions, or a file. */
/** @import { Run } from '../../types.js' */
import { plural } from '../format.js';
import { find, h, icon } from '../dom.js';
import { api, client } from '../http.js';
import { isActive, runRow, showRun } from '../run_view.js';
import { toast, toastError } from '../toast.js';
import { joined } from './detections.js';

const MOST_PROBLEMS = 5;

/** What became of a run's boxes, in lines. @param {Run} run */
function told({ result }) {
  const lines = [.../** @type {string[]} */ (result.problems ?? []).slice(0, MOST_PROBLEMS)];
  const refused = Number(result.refused ?? 0);
  if (refused > lines.length) lines.push(`${plural(refused, 'box', 'boxes')} in all could not be used.`);
  const names = /** @type {string[]} */ (result.unlabelled ?? []);
  if (names.length) lines.push(`No label of the project is called ${names.slice(0, 10).join(', ')}: those have none.`);
  return lines;
}

/** @param {Run} run */
function download(run) {
  if (run.params.as !== 'file' || run.state !== 'succeeded') return null;
  return h(
    'a',
    { class: 'button button-small', href: api(`runs/${run.id}/boxes/`), download: '' },
    icon('download'),
    'Masks as JSON',
  );
}

/** @param {{ project: string }} config @returns {{ onRun(run: Run): void }} */
export function createBoxes({ project }) {
  const form = document.querySelector('[data-boxes]');
  const list = find('[data-box-runs]', HTMLUListElement);

  /** @param {Run} run */
  function onRun(run) {
    if (run.kind !== 'boxes') return;
    const row = runRow(run, { subject: plural(Number(run.params.boxes ?? 0), 'box', 'boxes'), extra: download(run) });
    const lines = isActive(run) ? [] : told(run).map((line) => h('span', { class: 'error-text' }, line));
    row.querySelector('.detail')?.append(...lines);
    showRun(list, row);
  }

  /** @param {HTMLFormElement} from */
  async function send(from) {
    const chosen = [...(find('[name=files]', HTMLInputElement, from).files ?? [])];
    if (!chosen.length) throw new Error('Choose the file with the boxes first.');
    const files = await Promise.all(chosen.map(async (file) => ({ name: file.name, text: await file.text() })));
    const form = find('[name=as]', HTMLSelectElement, from).value;
    const body = { ...joined(files), as: /** @type {'suggestions' | 'file'} */ (form) };
    onRun(await client.post(`projects/${project}/boxes/`, body));
    from.reset();
    toast('The masks are made in the background.');
  }

  if (form instanceof HTMLFormElement)
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      send(form).catch(toastError);
    });
  return { onRun };
}
