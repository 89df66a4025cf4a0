/** Links that make people members of a project: made (shown once), listed while they work, revoked. */
/** @import { Invitation, RoleEnum } from '../api/schema.d.ts' */
import './copy.js';
import { refreshTimes } from './common.js';
import { find, h } from './dom.js';
import { onSubmit } from './forms.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

/** @param {string} project @param {(role: string) => string} titleOf a role's name for people */
export async function createInvitations(project, titleOf) {
  const path = /** @type {const} */ (`projects/${project}/invitations/`);
  const body = find('[data-invitation-rows]', HTMLTableSectionElement);

  /** @param {Invitation} invitation */
  function row({ id, role, created_by, people, used, expires }) {
    const revoke = async () => {
      try {
        await client.del(`invitations/${id}/`);
        toast('The invitation lets nobody in any more.', { kind: 'positive' });
      } catch (error) {
        toastError(error);
      }
      await load();
    };
    const label = `Revoke the invitation as ${role} of ${created_by.name}`;
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, titleOf(role)),
      h('td', {}, created_by.name),
      h('td', { class: 'number' }, `${used} of ${people}`),
      h('td', {}, h('time', { datetime: expires }, expires)),
      h(
        'td',
        { class: 'number' },
        h(
          'button',
          { type: 'button', class: 'button button-small', 'aria-label': label, onclick: () => void revoke() },
          'Revoke',
        ),
      ),
    );
  }

  async function load() {
    const { results } = await client.get(path);
    body.replaceChildren(...results.map(row));
    refreshTimes();
    find('[data-invitation-table]', HTMLElement).hidden = results.length === 0;
    find('[data-no-invitations]', HTMLElement).hidden = results.length > 0;
  }

  const form = find('[data-invite]', HTMLFormElement);
  onSubmit(form, async ({ role, people, days }) => {
    const asked = { role: /** @type {RoleEnum} */ (role), people: Number(people), days: Number(days) };
    const made = await client.post(path, asked);
    find('[data-secret]', HTMLElement).textContent = new URL(made.path, location.href).href;
    const whom = made.people === 1 ? 'one person' : `${made.people} people`;
    find('[data-invitation-text]', HTMLElement).textContent =
      `Send this link. It lets in ${whom} as ${titleOf(made.role).toLowerCase()}; it is shown only now.`;
    find('[data-new-invitation]', HTMLElement).hidden = false;
    await load();
  });
  await load();
}
