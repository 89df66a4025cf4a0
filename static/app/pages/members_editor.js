/** Who works in a project and as what. */
import { find, h } from './dom.js';
import { onSubmit, showErrors } from './forms.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

/** @typedef {{ id: string, username: string, user: { id: string, name: string }, role: string }} Member */
/** @typedef {{ name: string, title: string, text: string }} Role */

/** @param {{ path: string, roles: Role[], editable: boolean, me: string }} options */
export async function createMembersEditor({ path, roles, editable, me }) {
  const body = find('[data-members]', HTMLTableSectionElement);
  const select = document.querySelector('[data-roles]');
  select?.append(...options('annotator'));

  /** @param {string} chosen */
  function options(chosen) {
    return roles.map(({ name, title }) => h('option', { value: name, selected: name === chosen }, title));
  }

  /** @param {Promise<unknown>} work @param {string} done */
  async function change(work, done) {
    try {
      await work;
      toast(done, { kind: 'positive' });
    } catch (error) { toastError(error); }
    await load();
  }

  /** @param {Member} member */
  function row(member) {
    const { name } = member.user;
    const role = h('select', {
      class: 'input', 'aria-label': `Role of ${name}`, disabled: !editable,
      onchange: () => { void change(client.patch(`members/${member.id}/`, { role: role.value }), `${name} is now ${role.selectedOptions[0]?.text.toLowerCase()}.`); },
    }, ...options(member.role));
    const remove = h('button', {
      type: 'button', class: 'button button-small', 'aria-label': `Remove ${name}`,
      onclick: () => { void change(client.del(`members/${member.id}/`), `${name} can no longer open this project.`); },
    }, 'Remove');
    return h('tr', {}, h('td', {}, name, h('span', { class: 'muted' }, [name !== member.username && ` ${member.username}`, member.user.id === me && ' (you)'].filter(Boolean).join(''))), h('td', {}, role),
      h('td', { class: 'number' }, editable && remove));
  }

  async function load() {
    const { results } = await client.get(path);
    body.replaceChildren(...results.map(row));
  }

  const form = document.querySelector('[data-add-member]');
  if (form instanceof HTMLFormElement) {
    onSubmit(form, async ({ user = '', role = '' }) => {
      if (!user.trim()) return showErrors(form, { user: ['Type the user name of the person to add.'] }, '');
      await client.post(path, { user: user.trim(), role });
      form.reset();
      await load();
    });
  }
  await load();
}
