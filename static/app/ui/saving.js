/** Work that waits for a person: said once, with the way out. */

/** @import { Editor } from '../editor.js' */
/** @import { SturdyStorage } from '../sync/sturdy_storage.js' */
/** @import { SaveState } from '../types.js' */
/** @import { Words } from './topbar.js' */

/** @param {Editor} editor @param {(dialog: 'conflicts' | 'signIn') => void} show */
export function announceSaving(editor, show) {
  let last = '';
  let over = () => {};
  /** @param {SaveState} state */
  const tell = (state) => {
    const said = state.kind === 'conflict' ? heldWords(state).message : state.kind;
    if (said === last) return;
    if (state.kind === 'saving') return;
    last = said;
    over();
    if (state.kind === 'conflict')
      over = editor.notify({
        message: said,
        kind: 'warning',
        action: { name: 'Decide', run: () => show('conflicts') },
        sticky: true,
      });
    if (state.kind === 'signed_out') {
      over = editor.notify({
        message: `${state.message} Your work is kept on this computer; sign in again and it is sent.`,
        kind: 'warning',
        action: { name: 'Sign in', run: () => show('signIn') },
        sticky: true,
      });
    }
    if (state.kind === 'error')
      over = editor.notify({
        message: state.message,
        kind: 'error',
        action: { name: 'Try again', run: () => void editor.outbox.flush() },
      });
  };
  editor.outbox.onState(tell);
  tell(editor.outbox.state);
}

/** What the "saved" chip does when pressed. @param {Editor} editor @param {(dialog: 'conflicts' | 'signIn') => void} show */
export function reviewSaving(editor, show) {
  const { state } = editor.outbox;
  if (state.kind === 'conflict') show('conflicts');
  else if (state.kind === 'signed_out') show('signIn');
  else void editor.outbox.flush();
}

/** Says once when unsent work would be lost with the tab. @param {Editor} editor @param {SturdyStorage} storage */
export function announceRisk(editor, storage) {
  let told = false;
  const look = () => {
    if (told || !(storage.trouble || storage.onlyInMemory)) return;
    told = true;
    const why =
      storage.trouble?.name === 'QuotaExceededError'
        ? "The browser's storage on this computer is full. Free some disk space: until then"
        : 'This browser keeps nothing on disk for this page:';
    const message = `${why} changes that are not sent yet are lost when the tab closes. Leave it open until it says saved.`;
    editor.notify({ message, kind: 'warning', sticky: true });
  };
  editor.outbox.onState(look);
  look();
}

/** What is held back: a conflict where somebody else changed the same object, else a refusal, in the server's own words.
 *  @param {Extract<SaveState, { kind: 'conflict' }>} state */
function heldWords({ conflicts }) {
  const [first] = conflicts;
  if (conflicts.some(({ theirs }) => theirs))
    return {
      text: `${conflicts.length} to decide`,
      message: 'Someone else changed an object that you changed too. Both versions are kept.',
    };
  const what = conflicts.length === 1 ? 'A change was' : `${conflicts.length} changes were`;
  return {
    text: `${conflicts.length} not accepted`,
    message: `${what} not accepted by the server. ${first?.message ?? ''} Your work is kept on this computer.`,
  };
}

/** The saved state in words, where it is not simply saved. @param {Exclude<SaveState, { kind: 'saved' | 'saving' }>} state
 *  @returns {Words} */
export function unsavedWords(state) {
  switch (state.kind) {
    case 'offline':
      return {
        text: `offline · ${state.pending} kept`,
        kind: 'warning',
        iconName: 'wifi-off',
        title: `The server cannot be reached. ${changes(state.pending)} kept on this computer and sent when it is back.`,
      };
    case 'signed_out':
      return {
        text: `sign in · ${state.pending} kept`,
        kind: 'warning',
        iconName: 'log-in',
        title: `${state.message} ${changes(state.pending)} kept on this computer; sign in again to send.`,
      };
    case 'conflict':
      return {
        text: heldWords(state).text,
        kind: 'warning',
        iconName: 'triangle-alert',
        title: heldWords(state).message,
      };
    case 'error':
      return { text: 'not saved', kind: 'error', iconName: 'circle-alert', title: state.message };
  }
}

/** @param {number} count */
const changes = (count) => (count === 1 ? '1 change is' : `${count} changes are`);
