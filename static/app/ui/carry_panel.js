/** The panel that carries objects along the next images: how far, which objects, how it goes, what needs a look. */

/** @import { Run, Uuid } from '../types.js' */
/** @import { Carriage, CarryApi } from '../tools/carry_along.js' */
/** @import { Editor } from '../editor.js' */
import { carryAlong, looksByImage, plural, summary } from '../tools/carry_along.js';
import { h, icon, iconButton, setText } from './dom.js';

const USUAL = 10;

/** @param {Editor} editor @param {{ api: CarryApi, open: (image: Uuid) => unknown }} parts */
export function createCarryPanel(editor, { api, open }) {
  /** @type {Run | null} */
  let run = null;
  const number = h('input', { class: 'input', type: 'number', min: 1, value: USUAL, 'aria-label': 'How many images' });
  const toEnd = h('input', { type: 'checkbox', onchange: () => { number.disabled = toEnd.checked; } });
  const [all, selected] = [radio('all', true), radio('selected', false)];
  const [allText, selectedText, after] = [h('span'), h('span'), h('span', { class: 'muted' })];
  const start = h('button', { type: 'button', class: 'button button-primary button-small', onclick: () => void begin() }, 'Start');
  const form = h('div', { class: 'carry-form' },
    h('label', { class: 'slider-row' }, h('span', {}, 'Next'), number, after),
    h('label', { class: 'check' }, toEnd, 'To the end of the project'),
    h('label', { class: 'check' }, all, allText), h('label', { class: 'check' }, selected, selectedText),
    h('p', { class: 'muted small' }, 'What is found becomes suggestions there, with the labels of these objects proposed. An object that becomes unsure stops; the others go on.'),
    h('div', { class: 'row' }, start, h('button', { type: 'button', class: 'button button-small', onclick: close }, 'Close')));
  const bar = h('progress', { max: 1, value: 0, 'aria-label': 'Carrying objects along' });
  const said = h('p', { role: 'status' });
  const cancel = h('button', { type: 'button', class: 'button button-small', onclick: () => { if (run) void api.cancelRun(run.id).catch(failed); } }, 'Cancel');
  const going = h('div', { class: 'carry-form', hidden: true }, bar, said, h('div', { class: 'row' }, cancel, h('button', { type: 'button', class: 'button button-small', onclick: close }, 'Work on meanwhile')));
  const result = h('div', { class: 'carry-form', hidden: true, role: 'status' });
  const element = h('div', { class: 'popover carry', hidden: true, role: 'dialog', 'aria-label': 'Carry objects along', 'data-floating': true, onkeydown: key },
    h('header', { class: 'dialog-head' }, h('h2', {}, 'Carry objects along'), h('span', { class: 'grow' }), iconButton('x', 'Close', close)), form, going, result);

  /** @param {string} value @param {boolean} checked */
  function radio(value, checked) {
    return h('input', { type: 'radio', name: 'carry-objects', value, checked });
  }

  function following() {
    const at = editor.image.index.findIndex(({ id }) => id === editor.image.info?.id);
    return at < 0 ? 0 : editor.image.index.length - 1 - at;
  }

  function prepare() {
    const [count, chosen, left] = [editor.objects.ordered().length, editor.objects.selected().length, following()];
    setText(allText, count === 1 ? 'The object of this image' : `All ${count} objects of this image`);
    setText(selectedText, chosen > 0 ? `Only the ${plural(chosen, 'selected object')}` : 'Only selected objects (none is)');
    setText(after, `of ${left}`);
    number.max = String(Math.max(1, left));
    if (left > 0 && number.valueAsNumber > left) number.value = String(left);
    selected.disabled = chosen === 0;
    (chosen > 0 && chosen < count ? selected : all).checked = true;
    start.disabled = count === 0 || left === 0;
  }

  /** @param {HTMLElement} part */
  function only(part) {
    for (const each of [form, going, result]) each.hidden = each !== part;
  }

  async function begin() {
    const image = editor.image.info?.id;
    const count = toEnd.checked ? null : Math.floor(number.valueAsNumber);
    if (!image || (count !== null && !(count >= 1))) return void number.focus();
    const objects = selected.checked ? editor.objects.selected().map(({ id }) => id) : null;
    start.disabled = true;
    try {
      // The worker reads what the server has.
      await editor.outbox.flush();
      bar.value = 0;
      setText(said, 'Waiting for its turn');
      only(going);
      show(await carryAlong(api, { image, objects, count }, follow));
    } catch (error) {
      only(form);
      failed(/** @type {Error} */ (error));
    } finally {
      start.disabled = false;
    }
  }

  /** @param {Run} now */
  function follow(now) {
    run = now;
    bar.value = now.progress;
    setText(said, now.state === 'queued' ? 'Waiting for its turn' : now.message || 'Starting');
  }

  /** @param {Run} done */
  function show(done) {
    run = null;
    const open = editor.image.info?.id;
    if (open) void editor.suggestions.load(open).catch(() => undefined);
    if (done.state !== 'succeeded') {
      only(form);
      return editor.notify(done.state === 'cancelled' ? { message: 'Carrying was cancelled. What was found so far stays.' } : { message: `The objects were not carried along. ${done.error}`, kind: 'error' });
    }
    const found = /** @type {Carriage} */ (/** @type {unknown} */ (done.result));
    const looks = looksByImage(found);
    fillResult(found, looks);
    only(result);
    const unsure = looks.length > 0 || found.stopped !== null;
    // Who still looks at the panel reads it there.
    if (element.hidden) editor.notify({ message: summary(found), kind: unsure ? 'warning' : 'success', sticky: unsure, action: unsure ? { name: 'Show', run: reveal } : undefined });
  }

  /** @param {Carriage} found @param {ReturnType<typeof looksByImage>} looks */
  function fillResult(found, looks) {
    const parts = [h('p', {}, summary(found))];
    if (found.already_there > 0) parts.push(h('p', { class: 'muted' }, `${plural(found.already_there, 'object')} had been accepted there already.`));
    if (found.stopped) parts.push(h('p', { class: 'carry-stop' }, icon('triangle-alert'), ' ', found.stopped.reason));
    const list = looks.map(({ image, name, labels }) => h('li', {},
      h('button', { type: 'button', class: 'button button-plain button-small', title: `Open ${name}`, onclick: () => { void open(image); } }, icon('image'), name),
      h('span', { class: 'muted' }, `${labels.slice(0, 3).join(', ')}${labels.length > 3 ? ` and ${labels.length - 3} more` : ''}`)));
    const heading = list.length > 0 ? [h('h3', {}, 'Needs a look'), h('ul', { class: 'carry-looks' }, ...list)] : [];
    result.replaceChildren(...parts, ...heading, h('div', { class: 'row' },
      h('button', { type: 'button', class: 'button button-small', onclick: () => { prepare(); only(form); number.select(); } }, 'Carry again'),
      h('button', { type: 'button', class: 'button button-small', onclick: close }, 'Close')));
  }

  /** @param {Error} error */
  function failed(error) {
    editor.notify({ message: error.message, kind: 'error' });
  }

  function close() {
    element.hidden = true;
    editor.stage.host.focus();
  }

  function reveal() {
    element.hidden = false;
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement && !start.disabled) void begin();
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  editor.session.on((changed) => { if (!element.hidden && !form.hidden && changed.has('selection')) prepare(); });
  editor.image.on(() => { if (!element.hidden && !form.hidden) prepare(); });
  return {
    element,
    show() {
      reveal();
      if (run) return;
      prepare();
      only(form);
      number.select();
    },
  };
}
