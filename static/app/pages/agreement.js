/** The pages of agreement: merging what several people made of the same images, and taking that back. */
import { find, pageData } from './dom.js';
import { onSubmit } from './forms.js';
import { plural } from './format.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

const config = pageData('page-config');
const list = `/projects/${config.project}/agreement/`;

/** @param {string} selector @param {(button: HTMLButtonElement) => Promise<void>} act */
function onClick(selector, act) {
  for (const button of document.querySelectorAll(selector)) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.addEventListener('click', async () => {
      button.disabled = true;
      await act(button).catch(toastError);
      button.disabled = false;
    });
  }
}

onClick('[data-vote]', async () => {
  const images = /** @type {string[]} */ (pageData('page-ready'));
  const { merged, left } = await client.post(`projects/${config.project}/agreement/merge/`, { images, how: 'vote' });
  const why = left[0] ? ` ${plural(left.length, 'image')} left: ${left[0].message}` : '';
  toast(`${plural(merged.length, 'image')} merged.${why}`, { kind: left.length ? undefined : 'positive', seconds: 12 });
  setTimeout(() => location.reload(), left.length ? 6000 : 1200);
});

/** @param {{ how: 'vote' | 'person' | 'hand', person?: string, objects?: string[] }} body */
async function merge(body) {
  await client.post(`images/${config.image}/merge/`, body);
  location.assign(list);
}

onClick('[data-vote-one]', () => merge({ how: 'vote' }));
onClick('[data-take]', (button) => merge({ how: 'person', person: button.dataset.take ?? '' }));
onClick('[data-undo]', async () => {
  await client.del(`images/${config.image}/merge/`);
  location.reload();
});

const gold = document.querySelector('[data-gold]');
if (gold instanceof HTMLFormElement)
  onSubmit(gold, async ({ every }) => {
    await client.patch(`projects/${config.project}/gold/`, { every: Number(every) });
    location.reload();
  });

const form = document.querySelector('[data-hand]');
if (form instanceof HTMLFormElement) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const objects = [...new FormData(form).values()].map(String).filter(Boolean);
    merge({ how: 'hand', objects }).catch((error) => {
      const box = find('[data-form-error]', HTMLElement, form);
      box.textContent = error instanceof Error ? error.message : String(error);
      box.hidden = false;
    });
  });
}
