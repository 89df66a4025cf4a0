/** API tokens: make one (shown once), see which are used, revoke. */
import './copy.js';
import { find, h } from './dom.js';
import { onSubmit, showErrors } from './forms.js';
import { exactTime, relativeTime } from './format.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

/** @typedef {{ id: string, name: string, hint: string, created: string, last_used: string | null, scope: string, expires: string | null, project: { id: string, name: string } | null, key?: string, token?: string }} Token */

const body = find('[data-tokens]', HTMLTableSectionElement);
const table = find('[data-token-table]', HTMLElement);
const none = find('[data-no-tokens]', HTMLElement);
const fresh = find('[data-new-token]', HTMLElement);
const secret = find('[data-secret]', HTMLElement);
const form = find('[data-make-token]', HTMLFormElement);

/** @param {string | null} iso */
const when = (iso) => (iso ? h('time', { datetime: iso, title: exactTime(iso) }, relativeTime(iso)) : 'never');

/** @param {Token} token */
function row(token) {
  const revoke = async () => {
    try {
      await client.del(`tokens/${token.id}/`);
      toast(`The token “${token.name}” no longer works.`, { kind: 'positive' });
      await load();
    } catch (error) {
      toastError(error);
    }
  };
  return h(
    'tr',
    {},
    h('td', {}, token.name),
    h('td', {}, h('code', {}, `${token.hint}…`)),
    h('td', {}, when(token.created)),
    h('td', {}, when(token.last_used)),
    h('td', {}, token.scope === 'read' ? 'read' : 'change'),
    h('td', {}, token.project?.name ?? 'all projects'),
    h('td', {}, when(token.expires)),
    h(
      'td',
      { class: 'number' },
      h(
        'button',
        {
          type: 'button',
          class: 'button button-small button-danger',
          'aria-label': `Revoke ${token.name}`,
          onclick: revoke,
        },
        'Revoke',
      ),
    ),
  );
}

async function load() {
  const { results } = await client.get('tokens/');
  body.replaceChildren(...results.map(row));
  table.hidden = results.length === 0;
  none.hidden = results.length > 0;
}

onSubmit(form, async ({ name = '', scope, days, project }) => {
  if (!name.trim())
    return showErrors(form, { name: ['Say what the token is for, so that you can tell it from others later.'] }, '');
  /** @type {Token} */
  const token = await client.post('tokens/', {
    name: name.trim(),
    scope: scope === 'read' ? 'read' : 'write',
    days: Number(days),
    project: project || null,
  });
  secret.textContent = token.key ?? token.token ?? '';
  fresh.hidden = false;
  form.reset();
  await load();
});

load().catch(toastError);
