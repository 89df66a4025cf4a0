/** What a lead does with the ticked jobs: give, hurry, pause, resume, delete. */
/** @import { PatchedJobsWriteRequest } from '../api/schema.d.ts' */
import { find } from './dom.js';
import { plural } from './format.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

/**
 * @param {string} project @param {() => Promise<void>} refresh
 * @returns {() => void} puts the ticks back after the table was replaced
 */
export function createJobBulk(project, refresh) {
  const bar = find('[data-bulk]', HTMLElement);
  const words = find('[data-bulk-count]', HTMLElement);
  /** @type {Set<string>} */
  let picked = new Set();
  const boxes = () => /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll('[data-pick]')]);

  function show() {
    bar.hidden = picked.size === 0;
    words.textContent = `${plural(picked.size, 'job')} selected`;
    const all = document.querySelector('[data-pick-all]');
    if (all instanceof HTMLInputElement) all.checked = picked.size > 0 && boxes().every((box) => box.checked);
  }

  function restore() {
    const there = boxes();
    picked = new Set(there.filter(({ value }) => picked.has(value)).map(({ value }) => value));
    for (const box of there) box.checked = picked.has(box.value);
    show();
  }

  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.matches('[data-pick-all]')) for (const box of boxes()) box.checked = target.checked;
    else if (!target.matches('[data-pick]')) return;
    picked = new Set(
      boxes()
        .filter(({ checked }) => checked)
        .map(({ value }) => value),
    );
    show();
  });

  /** @param {(jobs: string[]) => Promise<unknown>} work @param {string} said */
  async function act(work, said) {
    const jobs = [...picked];
    try {
      await work(jobs);
      toast(`${plural(jobs.length, 'job')} ${said}.`, { kind: 'positive' });
      picked.clear();
    } catch (error) {
      toastError(error);
    }
    await refresh();
  }

  /** @param {Omit<PatchedJobsWriteRequest, 'jobs'>} values @param {string} said */
  const change = (values, said) => act((jobs) => client.patch(`projects/${project}/jobs/`, { jobs, ...values }), said);

  /** @param {string} name @param {(value: string, text: string) => unknown} use */
  function onChoice(name, use) {
    const input = bar.querySelector(`[data-bulk-${name}]`);
    if (!(input instanceof HTMLSelectElement || input instanceof HTMLInputElement)) return;
    input.addEventListener('change', () => {
      const { value } = input;
      const text = input instanceof HTMLSelectElement ? (input.selectedOptions[0]?.text ?? '') : value;
      input.value = '';
      if (value) use(value, text);
    });
  }

  onChoice('assignee', (value, text) =>
    value === 'pool'
      ? change({ assignee: null }, 'put into the pool')
      : change({ assignee: value }, `given to ${text}`),
  );
  onChoice('priority', (value, text) =>
    change(
      { priority: /** @type {PatchedJobsWriteRequest['priority']} */ (value) },
      `now of priority ${text.toLowerCase()}`,
    ),
  );
  onChoice('due', (value) => change({ due: value }, `due on ${value}`));
  find('[data-bulk-pause]', HTMLButtonElement).onclick = () => void change({ paused: true }, 'paused');
  find('[data-bulk-resume]', HTMLButtonElement).onclick = () => void change({ paused: false }, 'resumed');
  find('[data-bulk-clear]', HTMLButtonElement).onclick = () => {
    picked.clear();
    restore();
  };
  const removal = find('#delete-jobs', HTMLDialogElement);
  find('[data-bulk-delete]', HTMLButtonElement).onclick = () => {
    find('[data-delete-count]', HTMLElement, removal).textContent = plural(picked.size, 'job');
    removal.showModal();
  };
  find('[data-delete-jobs]', HTMLButtonElement).onclick = () => {
    removal.close();
    void act((jobs) => client.post(`projects/${project}/jobs/delete/`, { jobs }), 'deleted');
  };
  return restore;
}
