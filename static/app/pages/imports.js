/** The import page: bring a data set, see what it would do, start it, take it back. */
/** @import { Import } from '../api/schema.d.ts' */
/** @import { Run } from '../types.js' */
import { find, pageData } from './dom.js';
import { onSubmit } from './forms.js';
import { api, client, pathOf, upload } from './http.js';
import { importCard, showProgress } from './import_card.js';
import { createRunsFeed } from './runs_feed.js';
import { toast, toastError } from './toast.js';

const KINDS = new Set(['list_import', 'check_import', 'import', 'undo_import']);
const config = pageData('page-config');
const path = /** @type {const} */ (`projects/${config.project}/imports/`);
const list = find('[data-imports]', HTMLElement);
const none = find('[data-none]', HTMLElement);
const older = find('[data-older]', HTMLButtonElement);
/** @type {Map<string, Import>} */
const known = new Map();
let next = '';

const around = {
  formats: config.formats,
  editor: config.urls.editor,
  labels: async () => (await client.get(`projects/${config.project}/`)).labels,
  show,
  /** @param {string} id */
  forgotten(id) {
    known.delete(id);
    cardOf(id)?.remove();
    tellNone();
  },
};

/** @param {string} id */
function cardOf(id) {
  const card = list.querySelector(`[data-import="${id}"]`);
  return card instanceof HTMLElement ? card : null;
}

function tellNone() {
  none.hidden = known.size > 0;
}

/** What of an import, when it changes, makes another card of it. @param {Import} row */
function mark({ state, run, report, result, undone }) {
  return JSON.stringify([state, run?.id, run?.state, report, result, undone]);
}

/** @param {Import} row */
function show(row) {
  const before = known.get(row.id);
  const old = cardOf(row.id);
  known.set(row.id, row);
  tellNone();
  if (old && before && mark(before) === mark(row)) return showProgress(old, row);
  const newest = !old || list.firstElementChild === old;
  const card = importCard(row, around, newest && !appending);
  if (!old) return appending ? list.append(card) : list.prepend(card);
  const focused = old.contains(document.activeElement);
  old.replaceWith(card);
  if (focused) card.querySelector('summary')?.focus();
}

let appending = false;

/** @param {Import[]} rows newest first */
function showAll(rows) {
  const fresh = rows.filter(({ id }) => !known.has(id));
  for (const row of rows.filter(({ id }) => known.has(id))) show(row);
  // Those that came since are newer than what is there; the first ones of all, and older ones, follow it.
  if (known.size) for (const row of fresh.reverse()) show(row);
  else
    fresh.forEach((row, at) => {
      appending = at > 0;
      show(row);
    });
  appending = false;
}

/** @param {{ results: Import[], next: string | null }} page */
function remember(page) {
  next = page.next ? pathOf(page.next) : '';
  older.hidden = !next;
}

const feed = createRunsFeed({
  stream: api(`projects/${config.project}/runs/events/`),
  async list() {
    const first = known.size === 0;
    const page = await client.get(`${path}?limit=20`);
    document.querySelector('[data-loading]')?.remove();
    if (first) remember(page);
    showAll(page.results);
    tellNone();
    return page.results.flatMap(({ run }) => (run ? [run] : []));
  },
  onRun,
});
window.addEventListener('pagehide', feed.stop);

/** @param {Run} run */
function onRun(run) {
  const row = run.subject ? known.get(run.subject) : undefined;
  if (!KINDS.has(run.kind) || !run.subject) return;
  if (row?.run?.id === run.id && row.run.state === run.state) return show({ ...row, run });
  client.get(`imports/${run.subject}/`).then(show, () => undefined);
}

older.addEventListener('click', async () => {
  const page = /** @type {{ results: Import[], next: string | null }} */ (await client.get(next));
  appending = true;
  for (const row of page.results) if (!known.has(row.id)) show(row);
  appending = false;
  remember(page);
});

/* Bringing a file */
const input = find('[data-file]', HTMLInputElement);
const drop = find('[data-drop]', HTMLElement);
const sending = find('[data-sending]', HTMLElement);
find('[data-pick]', HTMLButtonElement).addEventListener('click', () => input.click());
input.addEventListener('change', () => {
  const [file] = input.files ?? [];
  if (file) void send(file);
  input.value = '';
});
for (const kind of ['dragover', 'dragleave', 'drop'])
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', kind === 'dragover');
  });
drop.addEventListener('drop', ({ dataTransfer }) => {
  const files = [...(dataTransfer?.files ?? [])];
  if (files.length > 1) return toast('One file at a time: put them into one archive (.zip).', { kind: 'warning' });
  if (files[0]) void send(files[0]);
});

/** @param {File} file */
async function send(file) {
  if (file.size > config.most)
    return toast(`“${file.name}” is larger than this server takes (${Math.floor(config.most / 2 ** 20)} MB).`, {
      kind: 'negative',
    });
  const bar = find('progress', HTMLProgressElement, sending);
  find('[data-sending-name]', HTMLElement).textContent = file.name;
  bar.value = 0;
  sending.hidden = false;
  try {
    show(
      await upload(path, file, file.name, (share) => {
        bar.value = share;
      }),
    );
  } catch (error) {
    toastError(error);
  } finally {
    sending.hidden = true;
  }
}

/* Bringing it from elsewhere */
const sources = [...document.querySelectorAll('[data-source]')];
for (const button of sources)
  button.addEventListener('click', () => {
    const chosen = button.getAttribute('data-source');
    for (const one of sources) one.setAttribute('aria-pressed', String(one === button));
    for (const panel of document.querySelectorAll('[data-panel]'))
      if (panel instanceof HTMLElement) panel.hidden = panel.dataset.panel !== chosen;
  });
for (const form of document.querySelectorAll('[data-send]'))
  if (form instanceof HTMLFormElement)
    onSubmit(form, async ({ urls = '', folder = '', s3 = '' }) => {
      const kind = form.dataset.send;
      const body = kind === 'urls' ? { urls: urls.split('\n') } : kind === 's3' ? { s3 } : { folder };
      show(await client.post(path, body));
      form.reset();
    });
