/** The top bar: where I am, how to move on, whether my work is saved, submit. */

/** @import { SaveState } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { imagePath } from '../core/image_path.js';
import { later } from '../core/later.js';
import { h, icon, iconButton, setText } from './dom.js';

const saving = later(() => import('./saving.js'));

/**
 * @param {Editor} editor
 * @param {{ run(id: string): void, review(): void, leave(event: MouseEvent): void }} actions
 */
export function createTopbar(editor, { run, review, leave }) {
  const { config } = editor;
  const name = h('h1', { class: 'topbar-image truncate' });
  const place = h('span', { class: 'topbar-place' });
  const previous = iconButton('chevron-left', 'Previous image (D)', () => run('image.previous'));
  const next = iconButton('chevron-right', 'Next image (F)', () => run('image.next'));
  const saved = h('button', { type: 'button', class: 'saved', onclick: review });
  const people = h('div', { class: 'people' });
  const done = h('span', { class: 'chip chip-positive', hidden: true }, icon('check'), 'done');
  const isDone = () => editor.image.info?.state === 'done';
  const submit = h('button', { type: 'button', onclick: () => run(isDone() ? 'image.reopen' : 'image.submit') });
  const element = h(
    'header',
    { class: 'topbar' },
    h(
      'a',
      {
        class: 'icon-button',
        href: config.urls.project,
        onclick: leave,
        'aria-label': 'Back to the project',
        title: 'Back to the project',
      },
      icon('arrow-left'),
    ),
    h(
      'a',
      { class: 'topbar-project truncate', href: config.urls.project, onclick: leave },
      config.job?.title ?? config.project.name,
    ),
    h('span', { class: 'muted', 'aria-hidden': 'true' }, '/'),
    name,
    done,
    h('div', { class: 'topbar-walk' }, previous, place, next),
    h(
      'div',
      { class: 'topbar-end' },
      saved,
      people,
      iconButton('search', 'All commands (Ctrl+K)', () => run('palette.show')),
      iconButton('sliders-horizontal', 'Display (I)', () => run('view.display')),
      iconButton('panel-right', 'Panel (\\)', () => run('view.panel')),
      submit,
    ),
  );

  function showImage() {
    const { info, index } = editor.image;
    const at = index.placeOf(info?.id);
    const path = info && imagePath(info);
    showPath(name, path ?? 'Loading…');
    name.title = info
      ? `${path} · ${info.width} × ${info.height} px${info.notes.length ? ` · ${info.notes.join(' ')}` : ''}`
      : '';
    setText(place, index.count ? `${at < 0 ? '–' : at + 1} / ${index.count}` : '– / –');
    previous.disabled = at <= 0;
    next.disabled = at < 0 || at >= index.count - 1;
    showDone(isDone());
    submit.disabled = !info || !editor.canEdit;
    document.title = path ? `${path} · ${config.project.name}` : config.project.name;
  }

  /** @param {boolean} is */
  function showDone(is) {
    done.hidden = !is;
    submit.className = is ? 'button button-small' : 'button button-primary button-small';
    submit.title = is ? 'No longer done (Ctrl+Shift+Enter)' : 'Mark as done and go to the next image (Ctrl+Enter)';
    setText(submit, is ? 'Reopen' : 'Submit');
  }

  /** @param {SaveState} state */
  function showSaved(state) {
    if (state.kind === 'saved') showWords(SAVED);
    else if (state.kind === 'saving') showWords(savingWords(state.pending));
    else
      saving().then(
        ({ unsavedWords }) => state === editor.outbox.state && showWords(unsavedWords(state)),
        () => undefined,
      );
  }

  /** @param {Words} words */
  function showWords({ text, kind, iconName, title }) {
    saved.className = `saved saved-${kind}`;
    saved.title = title;
    saved.replaceChildren(
      icon(iconName, kind === 'busy' ? 'icon spinner' : 'icon'),
      h('span', { role: 'status' }, text),
    );
  }

  editor.image.on(showImage);
  editor.outbox.onState(showSaved);
  showImage();
  showSaved(editor.outbox.state);
  return { element, people };
}

/** @param {HTMLElement} place @param {string} path */
function showPath(place, path) {
  const at = path.lastIndexOf('/') + 1;
  const part = (/** @type {string} */ text) => h('span', { class: 'truncate' }, text);
  place.replaceChildren(part(path.slice(0, at)), part(path.slice(at)));
}

/** @typedef {{ text: string, kind: string, iconName: string, title: string }} Words */

/** Said only when the server has said so. @type {Words} */
const SAVED = { text: 'saved', kind: 'ok', iconName: 'check', title: 'Everything is stored on the server.' };

/** @param {number} count @returns {Words} */
const savingWords = (count) => ({
  text: `saving ${count}`,
  kind: 'busy',
  iconName: 'loader-circle',
  title: `${count === 1 ? '1 change is' : `${count} changes are`} on the way to the server; kept on this computer until then.`,
});
