/** Work that waits for a person: said once, with the way out. */

/** @import { Editor } from '../editor.js' */

/** @param {Editor} editor @param {(dialog: 'conflicts' | 'signIn') => void} show */
export function announceSaving(editor, show) {
  let last = '';
  let over = () => {};
  editor.outbox.onState((state) => {
    if (state.kind === last) return;
    if (state.kind === 'saving') return;
    last = state.kind;
    over();
    if (state.kind === 'conflict') over = editor.notify({ message: 'Someone else changed an object that you changed too. Both versions are kept.', kind: 'warning', action: { name: 'Decide', run: () => show('conflicts') }, sticky: true });
    if (state.kind === 'signed_out') {
      over = editor.notify({ message: `${state.message} Your work is kept on this computer; sign in again and it is sent.`, kind: 'warning', action: { name: 'Sign in', run: () => show('signIn') }, sticky: true });
    }
    if (state.kind === 'error') over = editor.notify({ message: state.message, kind: 'error', action: { name: 'Try again', run: () => void editor.outbox.flush() } });
  });
}

/** What the "saved" chip does when pressed. @param {Editor} editor @param {(dialog: 'conflicts' | 'signIn') => void} show */
export function reviewSaving(editor, show) {
  const { state } = editor.outbox;
  if (state.kind === 'conflict') show('conflicts');
  else if (state.kind === 'signed_out') show('signIn');
  else void editor.outbox.flush();
}
