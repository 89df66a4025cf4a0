/** Signing in again without leaving the photo: name and password go to the sign-in page's own address, and the kept work
 *  is sent as soon as the same person is back. */

/** @import { Editor } from '../editor.js' */
import { h, iconButton } from './dom.js';

/** @param {Editor} editor */
export function createSignIn(editor) {
  const name = h('input', {
    class: 'input',
    id: 'again-name',
    name: 'username',
    autocomplete: 'username',
    autocapitalize: 'none',
    spellcheck: 'false',
    required: true,
    value: editor.config.login,
  });
  const password = h('input', {
    class: 'input',
    id: 'again-password',
    name: 'password',
    type: 'password',
    autocomplete: 'current-password',
    required: true,
    autofocus: true,
  });
  const problem = h('p', { class: 'error-text', role: 'alert' });
  const submit = h('button', { class: 'button button-primary' }, 'Sign in');
  const elsewhere = () => void window.open(editor.config.urls.signin, '_blank', 'noopener');
  const form = h(
    'form',
    {
      method: 'dialog',
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        void enter();
      },
    },
    h(
      'p',
      { class: 'muted' },
      'Your sign-in has ended. What you did is kept on this computer and is sent when you are back.',
    ),
    h('div', { class: 'field' }, h('label', { for: 'again-name' }, 'User name'), name),
    h('div', { class: 'field' }, h('label', { for: 'again-password' }, 'Password'), password),
    problem,
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', class: 'button button-plain', onclick: elsewhere }, 'In another tab'),
      submit,
    ),
  );
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'again-title' },
    h(
      'header',
      { class: 'dialog-head' },
      h('h2', { id: 'again-title' }, 'Sign in again'),
      h('span', { class: 'grow' }),
      iconButton('x', 'Not now', () => dialog.close()),
    ),
    form,
  );

  async function enter() {
    submit.disabled = true;
    problem.textContent = '';
    try {
      await signIn(editor.config, name.value, password.value);
      dialog.close();
      void editor.outbox.flush();
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      password.value = '';
      submit.disabled = false;
      if (dialog.open) password.focus();
    }
  }

  // Also when the person came back in another tab. Each try of the outbox looks like saving, so that alone says nothing.
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

/** Resolves when the page's own person is signed in; rejects with a sentence.
 *  @param {Editor['config']} config @param {string} username @param {string} password */
async function signIn({ api, urls, user }, username, password) {
  await ask(urls.signin); // gives a fresh CSRF cookie
  const answer = await ask(urls.signin, { username, password, next: `${api}me/` });
  if (!answer.redirected) throw new Error(await refusalOf(answer));
  const me = await answer.json();
  if (me.id === user.id) return;
  throw new Error(`That is another account. The unsent work here is ${user.name}’s; sign in as ${user.name}.`);
}

/** @param {string} url @param {Record<string, string>} [fields] posted, if there are any */
async function ask(url, fields) {
  const csrf = /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? '';
  const post = { method: 'POST', body: new URLSearchParams(fields), headers: { 'x-csrftoken': csrf } };
  return fetch(url, { credentials: 'same-origin', cache: 'no-store', ...(fields ? post : {}) }).catch(() => {
    throw new Error('The server cannot be reached just now. Try again in a moment; your work is kept.');
  });
}

/** The sentence that the sign-in page shows. @param {Response} answer */
async function refusalOf(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return page.querySelector('[role=alert] p')?.textContent ?? 'The server did not let you in. Try it in another tab.';
}
