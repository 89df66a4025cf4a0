/** Carrying objects along many images: the worker looks for them in one image after the other; what it finds there are
 *  suggestions, and where it was unsure is told. */

/** @import { Run, Uuid } from '../types.js' */
/** @import { Endpoints } from '../api/endpoints.js' */
/** @import { Editor } from '../editor.js' */

const POLL_MS = 900;

/** @typedef {{ image: Uuid | null, name: string, object: Uuid, label: string | null, confidence: number | null, reason: string }} Look */
/** @typedef {{ images: number, carried: number, already_there: number, unsure: number, needs_a_look: Look[],
 *    stopped: { image: Uuid, name: string, reason: string } | null }} Carriage */
/** @typedef {Pick<Endpoints, 'carryAlong' | 'run' | 'cancelRun'>} CarryApi */

/** @param {number} count @param {string} word */
export const plural = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;

/**
 * Starts a run and follows it to its end.
 * @param {CarryApi} api
 * @param {{ image: Uuid, objects: Uuid[] | null, count: number | null, backwards?: boolean }} wanted null: all objects, to the end
 * @param {(run: Run) => void} onChange
 * @param {() => Promise<void>} [pause] between two looks; replaced in tests
 */
export async function carryAlong(
  api,
  { image, objects, count, backwards = false },
  onChange,
  pause = () =>
    new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    }),
) {
  let run = await api.carryAlong(image, { objects, count, backwards });
  onChange(run);
  while (run.state === 'queued' || run.state === 'running') {
    await pause();
    // A network that is away for a moment does not end the run.
    run = await api.run(run.id).catch(() => run);
    onChange(run);
  }
  return run;
}

/** What came of it, in one sentence. @param {Carriage} result */
export function summary({ images, carried, unsure }) {
  const looks = unsure > 0 ? `, ${unsure} ${unsure === 1 ? 'needs' : 'need'} a look` : '';
  return `${plural(images, 'image')}, ${plural(carried, 'object')} carried${looks}.`;
}

/** The images to open, each once, with what is unsure there. @param {Carriage} result @returns {{ image: Uuid, name: string, labels: string[] }[]} */
export function looksByImage({ needs_a_look: looks }) {
  /** @type {Map<Uuid, { image: Uuid, name: string, labels: string[] }>} */
  const found = new Map();
  for (const { image, name, label } of looks) {
    if (!image) continue;
    const entry = found.get(image) ?? { image, name, labels: [] };
    entry.labels.push(label ?? 'an object without label');
    found.set(image, entry);
  }
  return [...found.values()];
}

/** Accepts everything that was carried to the open image, each with the label its object has. @param {Editor} editor */
export async function acceptCarried(editor) {
  const { suggestions, notify, image } = editor;
  // The key may be pressed before the photo's list is there.
  if (image.info && !suggestions.list.some((row) => row.carried)) await suggestions.load(image.info.id);
  const carried = suggestions.list.filter((row) => row.carried);
  if (carried.length === 0) return notify({ message: 'Nothing was carried to this photo from another one.' });
  const results = await suggestions.acceptAll(carried, (row) => ({ label: row.proposal?.label ?? null, clicks: 0 }));
  const made = results.filter(({ error }) => !error).length;
  const kept = carried.length - made;
  notify({
    message: `${plural(made, 'object')} accepted.${kept > 0 ? ` ${plural(kept, 'suggestion')} repeated what is there.` : ''}`,
    kind: 'success',
    action: {
      name: 'Undo',
      run: () => void suggestions.undo().catch((error) => notify({ message: error.message, kind: 'error' })),
    },
  });
}
