/** The drawer of background work and the number on its button. */
/** @import {Run} from '../types.js' */
import { update } from '../dom/update.js';
import { find } from './dom.js';
import { number } from './format.js';
import { isActive, runRow } from './run_view.js';

const KEEP = 200;

/** Active ones first, the newest first among equals. @param {Run} run @param {Run | undefined} other */
function comesBefore(run, other) {
  if (!other) return true;
  if (isActive(run) !== isActive(other)) return isActive(run);
  return run.created > other.created;
}

/** @param {(run: Run) => string} subjectOf what a run is about */
export function createRunsDrawer(subjectOf) {
  const list = find('[data-runs]', HTMLUListElement);
  const empty = find('[data-no-runs]', HTMLElement);
  const badge = find('[data-active-runs]', HTMLElement);
  /** @type {Map<string, Run>} */
  const runs = new Map();

  /** The row is changed in its place, so that focus stays and a press on it is a click. */
  function place(/** @type {Run} */ run) {
    const made = runRow(run, { subject: subjectOf(run) });
    const old = list.querySelector(`[data-run="${run.id}"]`);
    const row = old ? update(old, made) : made;
    const [...rows] = list.children;
    const next = rows.find(
      (other) => other !== old && comesBefore(run, runs.get(other.getAttribute('data-run') ?? '')),
    );
    if (!old || old.nextElementSibling !== (next ?? null)) list.insertBefore(row, next ?? null);
    while (list.childElementCount > KEEP) list.lastElementChild?.remove();
  }

  return {
    /** @param {Run} run */
    show(run) {
      runs.set(run.id, run);
      place(run);
      const active = [...runs.values()].filter(isActive).length;
      badge.hidden = active === 0;
      badge.textContent = number(active);
      empty.hidden = runs.size > 0;
      return active;
    },
  };
}
