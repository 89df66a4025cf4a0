/** The form that asks a model in words: labels by their names or by own words, on all images or on some. */
/** @import { Run } from '../types.js' */
import { find } from './dom.js';
import { onSubmit, showErrors } from './forms.js';
import { client } from './http.js';

/** @typedef {{ label: string | null, words: string }} Phrase */

/**
 * @param {string} project
 * @param {HTMLFormElement} form
 * @param {() => string[] | null} images which are asked; null = all
 * @param {(run: Run) => void} onStart
 */
export function createWordsForm(project, form, images, onStart) {
  const rows = [...form.querySelectorAll('.word-list > li')].map((row) => ({
    box: find('[type=checkbox]', HTMLInputElement, row),
    words: find('[type=text]', HTMLInputElement, row),
  }));
  const threshold = find('#words-threshold', HTMLInputElement, form);
  const model = form.querySelector('#words-model');

  const tell = () => {
    find('output', HTMLOutputElement, form).textContent = Number(threshold.value).toFixed(2);
  };
  threshold.addEventListener('input', tell);
  tell();
  for (const { box, words } of rows)
    words.addEventListener('input', () => {
      // Who says in words what to look for means to look for it.
      box.checked = box.checked || words.value.trim() !== '';
    });

  /** Brings back what was said of each label the last time. @param {Phrase[]} phrases */
  function remember(phrases) {
    for (const { label, words } of phrases) {
      const row = rows.find(({ box }) => box.value === (label ?? ''));
      if (!row || row.box.checked || row.words.value) continue;
      row.box.checked = true;
      if (words !== row.box.dataset.name) row.words.value = words;
    }
  }
  client
    .get(`runs/?project=${project}&kind=words&limit=1`)
    .then(({ results: [last] }) => last && remember(/** @type {Phrase[]} */ (last.params.phrases)))
    // It is a help only: without it the form is empty.
    .catch(() => undefined);

  onSubmit(form, async () => {
    const asked = rows.filter(({ box }) => box.checked);
    if (!asked.length) return showErrors(form, {}, 'Tick a label, or say in words what to look for.');
    // A complaint names the phrase by its number.
    for (const { words } of rows) words.removeAttribute('name');
    for (const [number, { words }] of asked.entries()) words.name = `phrases.${number}`;
    const chosen = images();
    onStart(
      await client.post(`projects/${project}/words/`, {
        phrases: asked.map(({ box, words }) => ({ label: box.value || null, words: words.value })),
        threshold: Number(threshold.value),
        ...(model instanceof HTMLSelectElement ? { model: model.value } : {}),
        ...(chosen ? { images: chosen } : {}),
      }),
    );
  });
}
