/** The page of notices: opening one reads it; all at once; by e-mail too, or not. */
import { client } from './http.js';
import { toastError } from './toast.js';
import { showUnread } from './unread.js';

const list = document.querySelector('[data-notices]');

/** @param {Element | null} row */
function look(row) {
  row?.classList.remove('unread');
  row?.querySelector('[data-mark]')?.remove();
}

/** @param {string[] | undefined} notices without: all */
async function read(notices) {
  // The page may be on its way to another one: the request goes on without it.
  const { unread } = await client.patch('me/notices/', notices ? { notices } : {}, { keepalive: true });
  showUnread(unread);
}

list?.addEventListener('click', (event) => {
  const row = event.target instanceof Element ? event.target.closest('.notice-row.unread') : null;
  if (!(row instanceof HTMLElement) || !(event.target instanceof Element)) return;
  if (!event.target.closest('a, [data-mark]')) return;
  read([row.dataset.id ?? ''])
    .then(() => look(row))
    .catch(toastError);
});

document.querySelector('[data-read-all]')?.addEventListener('click', async (event) => {
  try {
    await read(undefined);
    for (const row of document.querySelectorAll('.notice-row.unread')) look(row);
    if (event.target instanceof HTMLButtonElement) event.target.hidden = true;
  } catch (error) {
    toastError(error);
  }
});

const mail = document.querySelector('[data-mail]');
if (mail instanceof HTMLInputElement) {
  mail.addEventListener('change', () => {
    client.patch('me/', { preferences: { notice_mail: mail.checked } }).catch((error) => {
      mail.checked = !mail.checked;
      toastError(error);
    });
  });
}
