/** The teams of a project and their roles. */
/** @import { RoleEnum, TeamRole } from '../api/schema.d.ts' */
import { find, h } from './dom.js';
import { onSubmit } from './forms.js';
import { client } from './http.js';
import { told } from './toast.js';

/** @typedef {{ name: string, title: string }} Role */

/**
 * @param {{ project: string, roles: Role[], editable: boolean, changed: () => void }} options `changed` is called when
 *   the members may be others
 */
export async function createProjectTeams({ project, roles, editable, changed }) {
  const path = /** @type {const} */ (`projects/${project}/teams/`);
  const body = find('[data-team-rows]', HTMLTableSectionElement);
  const given = roles.filter(({ name }) => name !== 'owner');

  /** @param {string} chosen */
  const options = (chosen) =>
    given.map(({ name, title }) => h('option', { value: name, selected: name === chosen }, title));

  /** @param {Promise<unknown>} work @param {string} done */
  async function change(work, done) {
    await told(work, done);
    await load();
    changed();
  }

  /** @param {TeamRole} row */
  function line({ id, name, people, role }) {
    const select = h(
      'select',
      {
        class: 'input',
        'aria-label': `Role of the team ${name}`,
        disabled: !editable,
        onchange: () => {
          const asked = { role: /** @type {RoleEnum} */ (select.value) };
          void change(
            client.patch(`team-roles/${id}/`, asked),
            `“${name}” is now ${select.selectedOptions[0]?.text.toLowerCase()}.`,
          );
        },
      },
      ...options(role),
    );
    const out = () =>
      void change(client.del(`team-roles/${id}/`), `“${name}” is out; who had a role of their own stays.`);
    return h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row' },
        name,
        ' ',
        h('span', { class: 'muted' }, people === 1 ? '1 person' : `${people} people`),
      ),
      h('td', {}, select),
      h(
        'td',
        { class: 'number' },
        editable &&
          h(
            'button',
            { type: 'button', class: 'button button-small', 'aria-label': `Take out ${name}`, onclick: out },
            'Take out',
          ),
      ),
    );
  }

  async function load() {
    const { results } = await client.get(path);
    body.replaceChildren(...results.map(line));
    find('[data-team-table]', HTMLElement).hidden = results.length === 0;
    find('[data-no-teams]', HTMLElement).hidden = results.length > 0;
    if (!editable) return;
    const inside = new Set(results.map(({ team }) => team));
    const others = (await client.get('teams/')).results.filter(({ id }) => !inside.has(id));
    find('#team', HTMLSelectElement).replaceChildren(...others.map(({ id, name }) => h('option', { value: id }, name)));
    find('[data-give-team]', HTMLElement).hidden = others.length === 0;
  }

  const form = document.querySelector('[data-give-team]');
  if (form instanceof HTMLFormElement) {
    find('#team-role', HTMLSelectElement).append(...options('annotator'));
    onSubmit(form, async ({ team = '', role }) => {
      await client.post(path, { team, role: /** @type {RoleEnum} */ (role) });
      await load();
      changed();
    });
  }
  await load();
}
