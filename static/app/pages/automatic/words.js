/** Asking all photos in words, and what came of it. */
/** @import { Run } from '../../types.js' */
import { find, h } from '../dom.js';
import { plural } from '../format.js';
import { isActive, runRow, showRun } from '../run_view.js';
import { toast } from '../toast.js';
import { createWordsForm } from '../words_form.js';
import { createExample } from './example.js';

const MOST_PROBLEMS = 5;
const MOST_WORDS = 5;

/** What was asked for, in words. @param {Run} run */
function subject({ params }) {
  const phrases = /** @type {{ words: string }[]} */ (params.phrases ?? []);
  const said = phrases.slice(0, MOST_WORDS).map(({ words }) => words || 'by example');
  const images = /** @type {string[] | null} */ (params.images);
  const rest = phrases.length > said.length ? ` and ${phrases.length - said.length} more` : '';
  return `${said.join(', ')}${rest}${images ? ` on ${plural(images.length, 'photo')}` : ''}`;
}

/** @param {{ project: string }} config @returns {{ onRun(run: Run): void }} */
export function createWords({ project }) {
  const list = find('[data-word-runs]', HTMLUListElement);

  /** @param {Run} run */
  function onRun(run) {
    if (run.kind !== 'words') return;
    const row = runRow(run, { subject: subject(run) });
    const lines = isActive(run) ? [] : /** @type {string[]} */ (run.result.problems ?? []).slice(0, MOST_PROBLEMS);
    row.querySelector('.detail')?.append(...lines.map((line) => h('span', { class: 'error-text' }, line)));
    showRun(list, row);
  }

  createExample(onRun);
  const form = document.querySelector('[data-words]');
  if (form instanceof HTMLFormElement)
    createWordsForm(
      project,
      form,
      () => null,
      (run) => {
        onRun(run);
        toast('The photos are looked through in the background.');
      },
    );
  return { onRun };
}
