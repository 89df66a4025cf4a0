/** Who works in a project and as what. */
import { find, h } from './dom.js';
import { onSubmit, showErrors } from './forms.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

/** @import { Member, RoleEnum } from '../api/schema.d.ts' */
/** @typedef {{ name: string, title: string, text: string }} Role */

/** Why somebody is what they are, where a team has to do with it. @param {Member} member */
function through({ role, own_role, teams }) {
  if (!teams.length) return false;
  const names = teams.map((team) => `“${team.name}” (${team.role})`).join(', ');
  const own = own_role && own_role !== role ? `; own role ${own_role}, the higher counts` : '';
  return h('div', { class: 'muted small' }, `In the team${teams.length > 1 ? 's' : ''} ${names}${own}`);
}

/**
 * @param {{ project: string, roles: Role[], editable: boolean, me: string }} options
 * @returns {Promise<() => Promise<void>>} reads the members anew
 */
export async function createMembersEditor({ project, roles, editable, me }) {
  const path = /** @type {const} */ (`projects/${project}/members/`);
  const body = find('[data-members]', HTMLTableSectionElement);
  const select = document.querySelector('[data-roles]');
  select?.append(...options('annotator'));

  /** @param {string} chosen */
  function options(chosen) {
    const known = roles.some(({ name }) => name === chosen);
    // Somebody may have a role from the API that is not given here.
    const offered = known ? roles : [...roles, { name: chosen, title: chosen[0]?.toUpperCase() + chosen.slice(1) }];
    return offered.map(({ name, title }) => h('option', { value: name, selected: name === chosen }, title));
  }

  /** @param {Promise<unknown>} work @param {string} done @param {() => Promise<unknown>} back what undoes it */
  async function change(work, done, back) {
    const undo = () => {
      back().catch(toastError).then(load, toastError);
    };
    try {
      await work;
      toast(done, { kind: 'positive', action: { label: 'Undo', run: undo } });
    } catch (error) {
      toastError(error);
    }
    await load();
  }

  /** @param {Member} member */
  function row(member) {
    const { name } = member.user;
    const { own_role } = member;
    const inTeam = member.teams.length > 0;
    const role = h(
      'select',
      {
        class: 'input',
        'aria-label': `Role of ${name}`,
        disabled: !editable,
        onchange: () => {
          const title = role.selectedOptions[0]?.text.toLowerCase();
          void change(
            client.patch(`members/${member.id}/`, { role: /** @type {RoleEnum} */ (role.value) }),
            inTeam
              ? `${name} is ${title} by themselves now; of two roles the higher counts.`
              : `${name} is now ${title}.`,
            () =>
              own_role
                ? client.patch(`members/${member.id}/`, { role: own_role })
                : client.del(`members/${member.id}/`),
          );
        },
      },
      ...options(member.role),
    );
    const remove = h(
      'button',
      {
        type: 'button',
        class: 'button button-small',
        'aria-label': inTeam ? `Remove own role of ${name}` : `Remove ${name}`,
        onclick: () => {
          const done = inTeam ? `${name} has only what a team gives now.` : `${name} can no longer open this project.`;
          void change(client.del(`members/${member.id}/`), done, () =>
            client.post(path, { user: member.username, role: own_role ?? member.role }),
          );
        },
      },
      inTeam ? 'Remove own role' : 'Remove',
    );
    return h(
      'tr',
      {},
      h(
        'td',
        {},
        name,
        h(
          'span',
          { class: 'muted' },
          [name !== member.username && ` ${member.username}`, member.user.id === me && ' (you)']
            .filter(Boolean)
            .join(''),
        ),
        through(member),
      ),
      h('td', {}, role),
      h('td', { class: 'number' }, editable && own_role && remove),
    );
  }

  async function load() {
    const { results } = await client.get(path);
    body.replaceChildren(...results.map(row));
  }

  const form = document.querySelector('[data-add-member]');
  if (form instanceof HTMLFormElement) {
    onSubmit(form, async ({ user = '', role = '' }) => {
      if (!user.trim()) return showErrors(form, { user: ['Type the user name of the person to add.'] }, '');
      await client.post(path, { user: user.trim(), role: /** @type {RoleEnum} */ (role) });
      form.reset();
      await load();
    });
  }
  await load();
  return load;
}
