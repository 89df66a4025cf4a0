/** Coming back without a password: who came by a sign-in link is told how to get another one. The kept work is sent as soon
 *  as the same person is back. */

/** @import { Editor } from '../editor.js' */
import { h, iconButton } from './dom.js';

/** @param {Editor} editor */
export function createLinkAgain(editor) {
  const problem = h('p', { class: 'error-text', role: 'alert' });
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'link-title' },
    h(
      'header',
      { class: 'dialog-head' },
      h('h2', { id: 'link-title' }, 'Sign in again'),
      h('span', { class: 'grow' }),
      iconButton('x', 'Not now', () => dialog.close()),
    ),
    h(
      'div',
      { class: 'body' },
      h('p', {}, 'Your sign-in has ended. What you did is kept on this computer and is sent when you are back.'),
      h(
        'p',
        {},
        'You have no password here: open a new sign-in link in another tab of this browser. On your own machine ',
        h('code', {}, 'make run'),
        ' prints one as it starts; elsewhere ask the person who gave you the last one.',
      ),
      problem,
      h('div', { class: 'actions' }, h('button', { class: 'button button-primary', onclick: enter }, 'I am back')),
    ),
  );

  async function enter() {
    problem.textContent = '';
    await editor.outbox.flush();
    if (editor.outbox.state.kind === 'signed_out')
      problem.textContent = `You are not signed in yet as ${editor.config.user.name}.`;
  }

  editor.outbox.onState(({ kind }) => {
    if (dialog.open && (kind === 'saved' || kind === 'conflict')) dialog.close();
  });
  return {
    element: dialog,
    show: () => {
      if (!dialog.open) dialog.showModal();
    },
  };
}
