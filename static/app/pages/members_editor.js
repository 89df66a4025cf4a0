/** Who works in a project and as what. */
import { find, h } from './dom.js';
import { onSubmit, showErrors } from './forms.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

/** @import { Member, RoleEnum } from '../api/schema.d.ts' */
/** @typedef {{ name: string, title: string, text: string }} Role */

/** @param {{ project: string, roles: Role[], editable: boolean, me: string }} options */
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
    const role = h(
      'select',
      {
        class: 'input',
        'aria-label': `Role of ${name}`,
        disabled: !editable,
        onchange: () => {
          void change(
            client.patch(`members/${member.id}/`, { role: /** @type {RoleEnum} */ (role.value) }),
            `${name} is now ${role.selectedOptions[0]?.text.toLowerCase()}.`,
            () => client.patch(`members/${member.id}/`, { role: member.role }),
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
        'aria-label': `Remove ${name}`,
        onclick: () => {
          void change(client.del(`members/${member.id}/`), `${name} can no longer open this project.`, () =>
            client.post(path, { user: member.username, role: member.role }),
          );
        },
      },
      'Remove',
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
      ),
      h('td', {}, role),
      h('td', { class: 'number' }, editable && remove),
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
}
