/** The models page of administrators: fetch a published one, add one from a file, remove one. */
/** @import { Published } from '../api/schema.d.ts' */
/** @import {Run} from '../types.js' */
import { find, h, icon } from './dom.js';
import { onSubmit, showErrors } from './forms.js';
import { size } from './format.js';
import { client, upload } from './http.js';
import { isActive, runRow, showRun } from './run_view.js';
import { toast, toastError } from './toast.js';

const POLL_MS = 1500;
const installs = find('[data-installs]', HTMLUListElement);
const form = find('[data-model-upload]', HTMLFormElement);
const bar = find('[data-model-progress]', HTMLProgressElement);
/** Runs that were going on while this page was open. @type {Set<string>} */
const watched = new Set();

/** @param {Run} run */
const subject = (run) => String(run.params.published ?? run.params.filename ?? '');

/** Shows what is going on and, once something was added, the page with it. */
async function watch() {
  /** @type {Run[]} */
  const runs = (await client.get('runs/?kind=install_model&limit=20')).results;
  const active = runs.filter(isActive);
  for (const run of active) watched.add(run.id);
  const shown = runs.filter((run) => watched.has(run.id));
  for (const run of [...shown].reverse()) showRun(installs, runRow(run, { subject: subject(run) }));
  installs.hidden = shown.length === 0;
  if (active.length)
    setTimeout(() => {
      watch().catch(toastError);
    }, POLL_MS);
  else if (shown.some((run) => run.state === 'succeeded')) location.reload();
}

/** @param {Published} model */
function row(model) {
  const fetchIt = async () => {
    try {
      watched.add((await client.post('models/pull/', { name: model.name })).id);
      await watch();
    } catch (error) {
      toastError(error);
    }
  };
  const source = h(
    'div',
    { class: 'small muted' },
    h('a', { href: model.url, rel: 'noreferrer' }, model.url.split('/').pop() ?? ''),
    ' · sha256 ',
    h('code', { title: model.sha256 }, model.sha256.slice(0, 12)),
  );
  return h(
    'tr',
    {},
    h('td', {}, h('strong', {}, model.title), h('span', { class: 'muted' }, ` ${model.name}`), source),
    h('td', {}, model.licence),
    h('td', { class: 'number' }, size(model.bytes)),
    h(
      'td',
      { class: 'number' },
      model.installed
        ? h('span', { class: 'chip chip-positive' }, icon('check'), 'Installed')
        : h(
            'button',
            { type: 'button', class: 'button button-small', 'aria-label': `Fetch ${model.title}`, onclick: fetchIt },
            icon('download'),
            'Fetch',
          ),
    ),
  );
}

onSubmit(form, async ({ name = '', licence = '', accept_licence = '' }) => {
  const field = find('#model-file', HTMLInputElement);
  const file = field.files?.[0];
  if (!file) return showErrors(form, { file: ['Choose a file first.'] }, '');
  bar.hidden = false;
  try {
    const fields = Object.fromEntries(
      Object.entries({ name: name.trim(), licence: licence.trim(), accept_licence }).filter(([, value]) => value),
    );
    const run = await upload(
      'models/upload/',
      file,
      file.name,
      (fraction) => {
        bar.value = fraction;
      },
      fields,
    );
    watched.add(run.id);
    form.reset();
  } finally {
    bar.hidden = true;
  }
  await watch();
});

const dialog = find('#remove-model', HTMLDialogElement);
/** @type {Element | null} whose button opened the dialog */
let removing = null;
for (const button of document.querySelectorAll('[data-remove-model]')) {
  button.addEventListener('click', () => {
    removing = button;
    find('[data-remove-name]', HTMLElement).textContent = button.getAttribute('data-name');
    dialog.showModal();
  });
}
find('[data-remove-now]', HTMLButtonElement).addEventListener('click', async () => {
  dialog.close();
  if (!removing) return;
  try {
    await client.del(`models/${removing.getAttribute('data-remove-model')}/`);
    removing.closest('section')?.remove();
    toast(`${removing.getAttribute('data-name')} is removed.`, { kind: 'positive' });
  } catch (error) {
    toastError(error);
  }
});

client
  .get('models/library/')
  .then(
    ({ results }) => find('[data-library]', HTMLTableSectionElement).replaceChildren(...results.map(row)),
    toastError,
  );
watch().catch(toastError);
