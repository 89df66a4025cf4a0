/** The history of an image: its moments, what putting it back would change, and putting it back. */
/** @import { Look, Moment } from '../api/schema.d.ts' */
import { refreshTimes } from './common.js';
import { find, h, pageData } from './dom.js';
import { exactTime, plural } from './format.js';
import { onSubmit } from './forms.js';
import { client } from './http.js';
import { toastError } from './toast.js';

const config = pageData('page-config');
const base = /** @type {const} */ (`images/${config.image}/history/`);
const list = find('[data-moments]', HTMLOListElement);
const more = find('[data-more]', HTMLButtonElement);
/** Where the list goes on. @type {number | null} */
let before = null;
/** What is shown beside. @type {Look | null} */
let shown = null;
/** The act that was done last here. */
let done = '';

const VERBS = /** @type {const} */ ([
  ['created', 'made'],
  ['changed', 'changed'],
  ['deleted', 'deleted'],
  ['restored', 'brought back'],
]);

/** @param {Moment} moment */
function row(moment) {
  const counts = VERBS.filter(([name]) => moment[name]).map(([name, verb]) => `${moment[name]} ${verb}`);
  const words = `${counts.join(', ')}${moment.put_back ? ' – put back' : ''}`;
  const button = h(
    'button',
    { type: 'button', 'aria-pressed': 'false', 'data-seq': String(moment.seq) },
    h(
      'span',
      {},
      h('strong', {}, moment.actor?.name ?? 'Somebody who left'),
      ' ',
      h('time', { class: 'muted small', datetime: moment.until }, ''),
    ),
    h('span', { class: 'small' }, words),
  );
  button.addEventListener('click', () => void look({ seq: moment.seq }).catch(toastError));
  return h('li', {}, button);
}

async function load() {
  const query = before === null ? '' : `?before=${before}`;
  const page = await client.get(/** @type {typeof base} */ (`${base}${query}`));
  list.append(...page.results.map(row));
  before = page.results.at(-1)?.first ?? null;
  if (!page.more && before !== null) list.append(beginning());
  more.hidden = !page.more;
  find('[data-none]', HTMLElement).hidden = list.childElementCount > 0;
  refreshTimes();
}

function beginning() {
  const button = h('button', { type: 'button', 'aria-pressed': 'false', 'data-seq': '0' }, 'Before all of this: empty');
  button.addEventListener('click', () => void look({ seq: 0 }).catch(toastError));
  return h('li', {}, button);
}

/** @param {{ seq: number } | { at: string }} when */
async function look(when) {
  const query = 'seq' in when ? `seq=${when.seq}` : `at=${encodeURIComponent(when.at)}`;
  const panel = find('[data-look]', HTMLElement);
  panel.hidden = true;
  mark('seq' in when ? when.seq : -1);
  shown = await client.get(`${base}look/?${query}`);
  mark(shown.seq);
  find('[data-then]', HTMLImageElement).src = `/images/${config.image}/history/${shown.seq}.png`;
  find('[data-then-text]', HTMLElement).textContent =
    'at' in when ? exactTime(when.at) : (chosen()?.querySelector('time')?.title ?? 'before its first object');
  for (const name of /** @type {const} */ (['added', 'changed', 'removed']))
    find(`[data-${name}]`, HTMLElement).textContent = String(shown[name]);
  const words = find('[data-words]', HTMLElement);
  words.hidden = !shown.unlabelled;
  words.textContent = `${plural(shown.unlabelled, 'object')} had a label that is gone by now, and would come without one.`;
  const restore = document.querySelector('[data-restore]');
  if (restore instanceof HTMLButtonElement) restore.disabled = !(shown.added + shown.changed + shown.removed);
  panel.hidden = false;
}

/** @param {number} seq */
function mark(seq) {
  for (const button of list.querySelectorAll('button'))
    button.setAttribute('aria-pressed', String(button.dataset.seq === String(seq)));
}

function chosen() {
  return list.querySelector('button[aria-pressed="true"]');
}

/** Shows the image as it is now. @param {string} text @param {string} act what could be undone */
async function afresh(text, act) {
  done = act;
  find('[data-put-back-text]', HTMLElement).textContent = text;
  find('[data-put-back]', HTMLElement).hidden = false;
  find('[data-undo]', HTMLElement).hidden = !act;
  find('[data-look]', HTMLElement).hidden = true;
  list.replaceChildren();
  before = null;
  await load();
  const { seq } = await client.get(base);
  const { annotations } = await client.get(`images/${config.image}/`);
  find('[data-now]', HTMLImageElement).src = `/images/${config.image}/overlay/${seq}.png`;
  find('[data-now-text]', HTMLElement).textContent = plural(annotations, 'object');
}

/** @param {HTMLButtonElement} button @param {() => Promise<void>} work */
async function busy(button, work) {
  button.disabled = true;
  await work().catch(toastError);
  button.disabled = false;
}

more.addEventListener('click', () => void busy(more, load));
const restore = document.querySelector('[data-restore]');
if (restore instanceof HTMLButtonElement)
  restore.addEventListener(
    'click',
    () =>
      void busy(restore, async () => {
        if (!shown) return;
        const act = await client.post(`${base}restore/`, { seq: shown.seq, seen: shown.now });
        await afresh('The image is put back.', act.id);
      }),
  );
const undo = find('[data-undo]', HTMLButtonElement);
undo.addEventListener(
  'click',
  () =>
    void busy(undo, async () => {
      const { restored } = await client.post(`history/${done}/undo/`, undefined);
      const kept = restored?.kept ? ` ${plural(restored.kept, 'object')} changed since, and kept.` : '';
      await afresh(`Undone: the image is as it was before.${kept}`, '');
    }),
);
onSubmit(find('[data-at]', HTMLFormElement), async ({ at = '' }) => {
  if (!at) return find('#at', HTMLInputElement).focus();
  await look({ at: new Date(at).toISOString() });
});
load().catch(toastError);
