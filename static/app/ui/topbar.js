/** The top bar: where I am, how to move on, whether my work is saved, submit. */

/** @import { SaveState } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { h, icon, iconButton, setText } from './dom.js';

/**
 * @param {Editor} editor
 * @param {{ run(id: string): void, review(): void }} actions
 */
export function createTopbar(editor, { run, review }) {
  const { config } = editor;
  const name = h('h1', { class: 'topbar-image truncate' });
  const place = h('span', { class: 'topbar-place' });
  const previous = iconButton('chevron-left', 'Previous image (D)', () => run('image.previous'));
  const next = iconButton('chevron-right', 'Next image (F)', () => run('image.next'));
  const saved = h('button', { type: 'button', class: 'saved', onclick: review });
  const people = h('div', { class: 'people' });
  const done = h('span', { class: 'chip chip-positive', hidden: true }, icon('check'), 'done');
  const submit = h('button', { type: 'button', class: 'button button-primary button-small', title: 'Mark as done and go to the next image (Ctrl+Enter)', onclick: () => run('image.submit') }, 'Submit');
  const element = h('header', { class: 'topbar' },
    h('a', { class: 'icon-button', href: config.urls.project, 'aria-label': 'Back to the project', title: 'Back to the project' }, icon('arrow-left')),
    h('a', { class: 'topbar-project truncate', href: config.urls.project }, config.project.name),
    h('span', { class: 'muted', 'aria-hidden': 'true' }, '/'), name, done,
    h('div', { class: 'topbar-walk' }, previous, place, next),
    h('div', { class: 'topbar-end' }, saved, people,
      iconButton('search', 'All commands (Ctrl+K)', () => run('palette.show')),
      iconButton('sliders-horizontal', 'Display (I)', () => run('view.display')),
      iconButton('panel-right', 'Panel (\\)', () => run('view.panel')),
      submit));

  function showImage() {
    const { info, index } = editor.image;
    const at = index.findIndex((entry) => entry.id === info?.id);
    setText(name, info?.name ?? 'Loading…');
    name.title = info ? `${info.name} · ${info.width} × ${info.height} px${info.notes.length ? ` · ${info.notes.join(' ')}` : ''}` : '';
    setText(place, index.length ? `${at < 0 ? '–' : at + 1} / ${index.length}` : '– / –');
    previous.disabled = at <= 0;
    next.disabled = at < 0 || at >= index.length - 1;
    done.hidden = info?.state !== 'done';
    submit.disabled = !info || !editor.canEdit;
    document.title = info ? `${info.name} · ${config.project.name}` : config.project.name;
  }

  /** @param {SaveState} state */
  function showSaved(state) {
    const { text, kind, iconName, title } = savedWords(state);
    saved.className = `saved saved-${kind}`;
    saved.title = title;
    saved.replaceChildren(icon(iconName, kind === 'busy' ? 'icon spinner' : 'icon'), h('span', { role: 'status' }, text));
  }

  editor.image.on(showImage);
  editor.outbox.onState(showSaved);
  showImage();
  showSaved(editor.outbox.state);
  return { element, people };
}

/**
 * The saved state in words; "saved" only when the server said so.
 * @param {SaveState} state
 */
export function savedWords(state) {
  switch (state.kind) {
    case 'saved': return { text: 'saved', kind: 'ok', iconName: 'check', title: 'Everything is stored on the server.' };
    case 'saving': return { text: `saving ${state.pending}`, kind: 'busy', iconName: 'loader-circle', title: `${changes(state.pending)} on the way to the server; kept on this computer until then.` };
    case 'offline': return { text: `offline · ${state.pending} kept`, kind: 'warning', iconName: 'wifi-off', title: `The server cannot be reached. ${changes(state.pending)} kept on this computer and sent when it is back.` };
    case 'signed_out': return { text: `sign in · ${state.pending} kept`, kind: 'warning', iconName: 'log-in', title: `${state.message} ${changes(state.pending)} kept on this computer; sign in again to send.` };
    case 'conflict': return { text: `${state.conflicts.length} to decide`, kind: 'warning', iconName: 'triangle-alert', title: 'Someone else changed the same object. Decide which version stays.' };
    case 'error': return { text: 'not saved', kind: 'error', iconName: 'circle-alert', title: state.message };
  }
}

/** @param {number} count */
const changes = (count) => (count === 1 ? '1 change is' : `${count} changes are`);
