/** The panel that carries objects along the next images: what it asks, how it goes, and what came of it. */

/** @import { Run, Uuid } from '../types.js' */
/** @import { Carriage, CarryApi } from '../tools/carry_along.js' */
/** @import { Endpoints } from '../api/endpoints.js' */
/** @import { Editor } from '../editor.js' */
import { carryAlong, looksByImage, summary } from '../tools/carry_along.js';
import { createCarryForm } from './carry_form.js';
import { carryResult } from './carry_result.js';
import { h, setText } from './dom.js';
import { popover, smallButton } from './popover.js';
import { createTracks } from './tracks.js';

/** @param {Editor} editor @param {{ api: CarryApi & Pick<Endpoints, 'tracks'>, open: (image: Uuid) => unknown }} parts */
export function createCarryPanel(editor, { api, open }) {
  const form = createCarryForm(editor, { begin: () => void begin(), close });
  const going = createProgress({ cancel: (run) => void api.cancelRun(run.id).catch(failed), close });
  const result = h('div', { class: 'carry-form', hidden: true, role: 'status' });
  const tracks = createTracks(editor, { api, open });
  const element = popover(
    'Carry objects along',
    { class: 'carry', close, onkeydown },
    form.element,
    going.element,
    result,
    tracks.element,
  );

  /** @param {HTMLElement} part */
  function only(part) {
    for (const each of [form.element, going.element, result]) each.hidden = each !== part;
  }

  function ask() {
    form.refresh();
    only(form.element);
    form.number.select();
  }

  async function begin() {
    const wanted = form.wanted();
    if (!wanted) return form.number.focus();
    form.start.disabled = true;
    try {
      // The worker reads what the server has.
      await editor.outbox.flush();
      going.wait();
      only(going.element);
      ended(await carryAlong(api, wanted, going.follow));
    } catch (error) {
      only(form.element);
      failed(/** @type {Error} */ (error));
    } finally {
      form.start.disabled = false;
    }
  }

  /** @param {Run} run */
  function ended(run) {
    going.end();
    const image = editor.image.info?.id;
    if (image) void editor.suggestions.load(image).catch(() => undefined);
    void tracks.refresh();
    if (run.state === 'succeeded') return tell(/** @type {Carriage} */ (/** @type {unknown} */ (run.result)));
    only(form.element);
    editor.notify(
      run.state === 'cancelled'
        ? { message: 'Carrying was cancelled. What was found so far stays.' }
        : { message: `The objects were not carried along. ${run.error}`, kind: 'error' },
    );
  }

  /** @param {Carriage} found */
  function tell(found) {
    const looks = looksByImage(found);
    result.replaceChildren(...carryResult(found, looks, { open, again: ask, close }));
    only(result);
    const unsure = looks.length > 0 || found.stopped !== null;
    // Who still looks at the panel reads it there.
    if (element.hidden)
      editor.notify({
        message: summary(found),
        kind: unsure ? 'warning' : 'success',
        sticky: unsure,
        action: unsure ? { name: 'Show', run: reveal } : undefined,
      });
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
    void tracks.refresh();
  }

  /** @param {KeyboardEvent} event */
  function onkeydown(event) {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement && !form.start.disabled) void begin();
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const asking = () => !element.hidden && !form.element.hidden;
  editor.session.on((changed) => {
    if (asking() && changed.has('selection')) form.refresh();
  });
  editor.image.on(() => {
    if (asking()) form.refresh();
    if (!element.hidden) void tracks.refresh();
  });
  return {
    element,
    show() {
      reveal();
      if (!going.run()) ask();
    },
  };
}

/**
 * How the run goes, and the ways out of watching it.
 * @param {{ cancel: (run: Run) => void, close: () => void }} verbs
 */
function createProgress({ cancel, close }) {
  /** @type {Run | null} */
  let run = null;
  const bar = h('progress', { max: 1, value: 0, 'aria-label': 'Carrying objects along' });
  const said = h('p', { role: 'status' });
  const stop = smallButton('Cancel', () => {
    if (run) cancel(run);
  });
  const row = h('div', { class: 'row' }, stop, smallButton('Work on meanwhile', close));
  return {
    element: h('div', { class: 'carry-form', hidden: true }, bar, said, row),
    /** The run that goes on, if there is one. */
    run: () => run,
    wait() {
      bar.value = 0;
      setText(said, 'Waiting for its turn');
    },
    /** @param {Run} now */
    follow(now) {
      run = now;
      bar.value = now.progress;
      setText(
        said,
        now.state === 'queued' ? (now.waits?.message ?? 'Waiting for its turn') : now.message || 'Starting',
      );
    },
    end() {
      run = null;
    },
  };
}
