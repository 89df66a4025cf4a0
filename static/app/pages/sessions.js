/** Where one is signed in: a list, and signing out of one or all of them. */
/** @import { Session } from '../api/schema.d.ts' */
import { refreshTimes } from './common.js';
import { find, h } from './dom.js';
import { client } from './http.js';
import { toastError, told } from './toast.js';

const body = find('[data-sessions]', HTMLTableSectionElement);

/** @param {string} iso */
const time = (iso) => h('time', { datetime: iso }, iso);

/** @param {() => Promise<unknown>} work @param {string} done */
async function end(work, done) {
  await told(work(), done);
  await load();
}

/** @param {Session} session */
function row({ id, name, address, created, seen, here }) {
  const button = h(
    'button',
    {
      type: 'button',
      class: 'button button-small',
      'aria-label': `Sign out of ${name}, ${address}`,
      onclick: () => void end(() => client.del(`me/sessions/${id}/`), `${name} is signed out.`),
    },
    'Sign out',
  );
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, name, ' ', here && h('span', { class: 'chip' }, 'This one')),
    h('td', {}, address),
    h('td', {}, time(created)),
    h('td', {}, time(seen)),
    h('td', { class: 'number' }, !here && button),
  );
}

async function load() {
  const { results } = await client.get('me/sessions/');
  body.replaceChildren(...results.map(row));
  find('[data-end="others"]', HTMLButtonElement).disabled = results.length < 2;
  refreshTimes();
}

find('[data-end="others"]', HTMLButtonElement).addEventListener('click', () => {
  void end(() => client.del('me/sessions/'), 'You are signed out everywhere else.');
});
find('[data-end="all"]', HTMLButtonElement).addEventListener('click', async () => {
  try {
    await client.del('me/sessions/?here=true');
    location.assign(document.body.dataset.signin ?? '/');
  } catch (error) {
    toastError(error);
  }
});
load().catch(toastError);
