/** One import: how far it is, its report, what is chosen, and what can be done next. */
/** @import { Import, ImportFormatEnum, Label } from '../api/schema.d.ts' */
import { h, icon } from './dom.js';
import { exactTime, plural, relativeTime, size } from './format.js';
import { clearErrors, onSubmit, showErrors } from './forms.js';
import { client } from './http.js';
import { mapping } from './import_mapping.js';
import { listingTiles, losses, problemsOf, reportTiles, resultLine, undoneLines } from './import_report.js';
import { isActive, runRow } from './run_view.js';
import { toastError } from './toast.js';

/** @type {Record<Import['state'], string>} */
const STATES = {
  listing: 'Being listed',
  listed: 'Ready to fetch',
  checking: 'Being looked at',
  unreadable: 'Cannot be read',
  checked: 'Ready to import',
  importing: 'Being imported',
  stopped: 'Stopped',
  imported: 'Imported',
  undoing: 'Being taken back',
  undone: 'Taken back',
};
const OPEN = new Set(['listing', 'listed', 'checking', 'unreadable', 'checked', 'importing', 'stopped', 'undoing']);

/**
 * @typedef {object} Surroundings
 * @property {[string, string][]} formats name and title
 * @property {string} editor address of the editor with {image}
 * @property {() => Promise<Label[]>} labels of the project, as they are now
 * @property {(row: Import) => void} show puts an import that has changed in its place
 * @property {(id: string) => void} forgotten
 */

/** @param {Import} row @param {Surroundings} around @param {boolean} newest it is shown whole
 *  @returns {HTMLElement} */
export function importCard(row, around, newest) {
  const body = h('div', { class: 'stack' });
  const details = h('details', { open: newest || OPEN.has(row.state) }, h('summary', {}, 'Report'), body);
  const card = h(
    'article',
    { class: 'card panel import', 'data-import': row.id, 'data-state': row.state, 'aria-label': row.name },
    header(row, around),
    h('div', { 'data-run-place': true }, runPlace(row)),
    details,
  );
  body.append(...parts(row, around).filter((part) => part !== null));
  if (row.report && row.kept && !working(row) && row.state !== 'imported') void addForm(body, row, around);
  if (!body.childElementCount && !row.report) details.hidden = true;
  return card;
}

/** The progress of a card, without touching what somebody is choosing in it. @param {HTMLElement} card @param {Import} row */
export function showProgress(card, row) {
  const place = runPlace(row);
  card.querySelector('[data-run-place]')?.replaceChildren(...(place ? [place] : []));
}

/** @param {Import} row */
function working({ run }) {
  return run !== null && isActive(run);
}

/** @param {Import} row */
function runPlace({ run, name }) {
  const shown = run !== null && run.state !== 'succeeded';
  return shown ? h('ul', { class: 'run-list' }, runRow(run, { subject: name })) : null;
}

/** @param {Import} row @param {Surroundings} around */
function header(row, around) {
  const good = row.state === 'imported' || row.state === 'checked' || row.state === 'listed';
  const facts = [row.folder, row.bytes ? size(row.bytes) : '', row.created_by?.name].filter(Boolean).join(' · ');
  return h(
    'header',
    {},
    h('h3', {}, row.name),
    h('span', { class: `chip${good ? ' chip-positive' : ''}` }, STATES[row.state]),
    h('span', { class: 'grow' }),
    h(
      'span',
      { class: 'muted small' },
      facts ? `${facts} · ` : '',
      h('time', { datetime: row.created, title: exactTime(row.created) }, relativeTime(row.created)),
    ),
    row.can_undo && !working(row) && undoButton(row, around),
    !row.can_undo && !working(row) && forgetButton(row, around),
  );
}

/** @param {Import} row @param {Surroundings} around */
function parts(row, around) {
  const gone = !row.kept && row.state !== 'imported' && row.state !== 'undone';
  return [
    row.undone ? undoneLines(row.undone, around.editor) : null,
    row.result && !row.undone ? resultLine(row.result) : null,
    row.listing && !row.report ? listingTiles(row.listing) : null,
    row.report && row.state !== 'imported' && row.state !== 'undone' ? reportTiles(row.report) : null,
    losses(row.result?.lost ?? row.report?.lost ?? []),
    problemsOf(row),
    gone ? h('p', { class: 'muted' }, 'Its file is not kept any more. Bring it again to import it.') : null,
    row.listing && !working(row) && !row.report ? fetchForm(row, around) : null,
    row.kept && !working(row) && readable(row) ? formatForm(row, around) : null,
  ];
}

/** Whether there is something here that could be read as another format. @param {Import} row */
function readable({ state, listing }) {
  return state !== 'imported' && state !== 'undone' && (listing === null || listing.fetched > 0);
}

/** Fetching what was listed, or listing it again. @param {Import} row @param {Surroundings} around */
function fetchForm(row, around) {
  const listing = /** @type {NonNullable<Import['listing']>} */ (row.listing);
  const coming = listing.files - listing.refused - listing.fetched;
  const verb = listing.fetched ? 'Fetch the rest' : `Fetch ${plural(coming, 'file')}`;
  /** @param {'check' | 'list'} what */
  const ask = (what) => () =>
    (what === 'list'
      ? client.post(`imports/${row.id}/list/`, undefined)
      : client.post(`imports/${row.id}/check/`, { format: /** @type {ImportFormatEnum} */ (row.format) })
    ).then(around.show, toastError);
  return h(
    'div',
    { class: 'row' },
    coming > 0 &&
      h('button', { type: 'button', class: 'button button-primary', onclick: ask('check') }, icon('download'), verb),
    h('button', { type: 'button', class: 'button', onclick: ask('list') }, icon('rotate-ccw'), 'List again'),
  );
}

/** Which format it is read as, to be changed. @param {Import} row @param {Surroundings} around */
function formatForm(row, around) {
  const id = `format-${row.id}`;
  const recognised = around.formats.find(([name]) => name === row.report?.format)?.[1];
  const choice = h(
    'select',
    { class: 'input', id, name: 'format' },
    h('option', { value: '' }, recognised && !row.format ? `${recognised} (recognised)` : 'Recognise it'),
    ...around.formats.map(([name, title]) => h('option', { value: name, selected: name === row.format }, title)),
  );
  const form = h(
    'form',
    { class: 'row', novalidate: true },
    h('label', { for: id }, 'Read as'),
    choice,
    h('button', { class: 'button button-small' }, icon('rotate-ccw'), 'Look again'),
  );
  onSubmit(form, async ({ format }) => {
    around.show(await client.post(`imports/${row.id}/check/`, { format: /** @type {ImportFormatEnum} */ (format) }));
  });
  return form;
}

/** The table of labels and the start. @param {HTMLElement} body @param {Import} row @param {Surroundings} around */
async function addForm(body, row, around) {
  try {
    const chosen = mapping(row.report?.labels ?? [], await around.labels());
    const form = h(
      'form',
      { class: 'stack', novalidate: true },
      chosen.table,
      becomes(row),
      h('p', { class: 'error-text', role: 'alert', hidden: true, 'data-form-error': true }),
      h('div', { class: 'row' }, h('button', { class: 'button button-primary' }, icon('upload'), again(row))),
    );
    onSubmit(form, async ({ become }) => {
      clearErrors(form);
      const labels = chosen.chosen();
      const blank = Object.values(labels).some(({ to, name }) => to === 'new' && !name);
      if (blank) return showErrors(form, {}, 'Type a name for each new label.');
      const as = become === 'suggestions' ? 'suggestions' : 'annotations';
      around.show(await client.post(`imports/${row.id}/start/`, { become: as, labels }));
    });
    body.append(form);
  } catch (error) {
    toastError(error);
  }
}

/** @param {Import} row */
function again({ state }) {
  if (state === 'undone') return 'Import again';
  return state === 'stopped' ? 'Go on' : 'Start import';
}

/** @param {Import} row */
function becomes({ id, become }) {
  /** @param {'annotations' | 'suggestions'} value @param {string} word @param {string} hint */
  const choice = (value, word, hint) =>
    h(
      'label',
      { class: 'check' },
      h('input', { type: 'radio', name: 'become', value, checked: (become ?? 'annotations') === value }),
      h('span', {}, word, h('span', { class: 'muted' }, ` ${hint}`)),
    );
  return h(
    'fieldset',
    { class: 'plain stack', 'aria-label': 'What the objects become', id: `become-${id}` },
    choice('annotations', 'As annotations.', 'They count as work that is done.'),
    choice('suggestions', 'As suggestions.', 'Somebody accepts or rejects each in the editor.'),
  );
}

/** @param {Import} row @param {Surroundings} around */
function undoButton(row, around) {
  /** @param {Event} event */
  const act = ({ currentTarget }) => {
    const button = /** @type {HTMLButtonElement} */ (currentTarget);
    button.disabled = true;
    client.post(`imports/${row.id}/undo/`, undefined).then(around.show, (error) => {
      button.disabled = false;
      toastError(error);
    });
  };
  return h('button', { type: 'button', class: 'button button-small', onclick: act }, icon('undo-2'), 'Undo import');
}

/** @param {Import} row @param {Surroundings} around */
function forgetButton(row, around) {
  const act = () => client.del(`imports/${row.id}/`).then(() => around.forgotten(row.id), toastError);
  const props = { type: 'button', class: 'button button-plain button-icon button-small', onclick: act };
  const word = `Forget ${row.name}`;
  return h('button', { ...props, 'aria-label': word, title: 'Forget it and its file' }, icon('trash-2'));
}
