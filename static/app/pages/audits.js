/** The page of audits: draw one, take its corrections over, close it, delete it. */
import { pageData } from './dom.js';
import { onSubmit } from './forms.js';
import { plural } from './format.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

const config = pageData('page-config');

const form = document.querySelector('[data-audit]');
if (form instanceof HTMLFormElement) {
  onSubmit(form, async ({ size, by_label }) => {
    const people = new FormData(form).getAll('people').map(String);
    await client.post(`projects/${config.project}/audits/`, {
      size: Number(size),
      people,
      by_label: by_label === 'yes',
    });
    location.assign(location.pathname);
  });
}

/** @param {string} name @param {(id: string) => Promise<void>} act */
function onClick(name, act) {
  for (const button of document.querySelectorAll(`[${name}]`)) {
    button.addEventListener('click', () => {
      button.closest('dialog')?.close();
      act(button.getAttribute(name) ?? '').catch(toastError);
    });
  }
}

onClick('data-take', async (id) => {
  const { taken, left } = await client.post(`audits/${id}/take/`, undefined);
  const why = left[0] ? ` ${plural(left.length, 'mask')} left: ${left[0].message}` : '';
  toast(`${plural(taken, 'correction')} taken over.${why}`, {
    kind: left.length ? undefined : 'positive',
    seconds: 12,
  });
  setTimeout(() => location.reload(), left.length ? 6000 : 1200);
});
onClick('data-close-audit', async (id) => {
  await client.post(`audits/${id}/close/`, undefined);
  location.reload();
});
onClick('data-delete', async (id) => {
  await client.del(`audits/${id}/`);
  location.assign(location.pathname);
});
