/** Labels that come and go while the editor is open: one that was brought back, made or merged away by somebody else. */

/** @import { ChangeSet, Label } from '../types.js' */
/** @import { Editor } from '../editor.js' */

/** @param {Editor} editor @param {() => Promise<readonly Label[]>} load the project's labels as they are now */
export function followLabels(editor, load) {
  let loading = false;
  editor.store.subscribe((change) => {
    if (change.origin === 'local' || loading || !isNews(editor, change)) return;
    loading = true;
    load()
      .then(
        (labels) => takeUp(editor, labels, change),
        () => undefined, // the next change asks again
      )
      .finally(() => {
        loading = false;
      });
  });
}

/** Whether an object has a label that is not known here, or the last one of its label got another.
 *  @param {Editor} editor @param {ChangeSet} change */
function isNews({ labels, store }, { created, updated }) {
  const known = new Set(labels.map(({ id }) => id));
  if ([...created, ...updated.map(({ after }) => after)].some(({ label }) => label && !known.has(label))) return true;
  const left = new Set(updated.flatMap(({ before, after }) => (before.label === after.label ? [] : [before.label])));
  for (const { label } of left.size > 0 ? store.all() : []) left.delete(label);
  return [...left].some(Boolean);
}

/** @param {Editor} editor @param {readonly Label[]} labels @param {ChangeSet} change */
function takeUp({ labels: known, store, session }, labels, { updated }) {
  const mutable = /** @type {Label[]} */ (known);
  mutable.splice(0, mutable.length, ...labels);
  const { label } = session.state;
  if (label && !labels.some(({ id }) => id === label))
    session.set({ label: updated.find(({ before }) => before.label === label)?.after.label ?? labels[0]?.id ?? null });
  session.set({ labelTick: session.state.labelTick + 1 });
  store.apply({ update: store.all().map(({ id }) => ({ id, data: {} })) }, 'silent');
}
