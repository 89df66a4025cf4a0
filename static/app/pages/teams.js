/** The teams one is in or leads: who is in them, and as lead who comes and goes. */
/** @import { Team, TeamPerson } from '../api/schema.d.ts' */
import { find, h, icon, pageData } from './dom.js';
import { onSubmit, showErrors } from './forms.js';
import { client } from './http.js';
import { toastError, told } from './toast.js';

const me = pageData('page-config').user;
const list = find('[data-teams]', HTMLElement);

/** @param {Promise<unknown>} work @param {string} done */
async function change(work, done) {
  await told(work, done);
  await load();
}

/** @param {string} text @param {string} label @param {() => void} onclick */
const small = (text, label, onclick) =>
  h('button', { type: 'button', class: 'button button-small', 'aria-label': label, onclick }, text);

/** @param {Team} team @param {TeamPerson} person */
function personRow(team, { id, name, username }) {
  const leads = team.lead?.id === id;
  const path = /** @type {const} */ (`teams/${team.id}/people/${id}/`);
  const out = () => void change(client.del(path), `${name} is no longer in “${team.name}”.`);
  const lead = () => void change(client.patch(`teams/${team.id}/`, { lead: id }), `${name} leads “${team.name}” now.`);
  return h(
    'tr',
    {},
    h(
      'th',
      { scope: 'row' },
      name,
      ' ',
      name !== username && h('span', { class: 'muted' }, username),
      ' ',
      leads && h('span', { class: 'chip' }, 'Lead'),
    ),
    h(
      'td',
      { class: 'number nowrap' },
      team.may_change && !leads && small('Make lead', `Make lead of ${team.name}: ${name}`, lead),
      ' ',
      !leads &&
        (team.may_change || id === me) &&
        small(
          id === me ? 'Leave' : 'Take out',
          id === me ? `Leave ${team.name}` : `Take out of ${team.name}: ${name}`,
          out,
        ),
    ),
  );
}

/** @param {Team} team */
function personForm(team) {
  const id = `person-${team.id}`;
  const form = h(
    'form',
    { class: 'row', novalidate: true },
    h('label', { class: 'visually-hidden', for: id }, `User name of who comes into ${team.name}`),
    h(
      'span',
      { class: 'grow' },
      h('input', {
        class: 'input',
        id,
        name: 'user',
        placeholder: 'User name',
        autocomplete: 'off',
        autocapitalize: 'none',
        spellcheck: 'false',
        'aria-describedby': `${id}-error`,
      }),
    ),
    h('button', { class: 'button' }, icon('user-plus'), 'Add to team'),
    h('p', { class: 'error error-text', id: `${id}-error`, hidden: true }),
  );
  onSubmit(form, async ({ user = '' }) => {
    if (!user.trim()) return showErrors(form, { user: ['Type the user name of the person to add.'] }, '');
    await client.post(`teams/${team.id}/people/`, { user: user.trim() });
    await load();
  });
  return form;
}

/** @param {Team} team */
function deletion(team) {
  const where = team.projects === 1 ? '1 project' : `${team.projects} projects`;
  const gone = () => void change(client.del(`teams/${team.id}/`), `The team “${team.name}” is deleted.`);
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-label': `Delete ${team.name}?` },
    h(
      'div',
      { class: 'body' },
      h('h2', {}, `Delete “${team.name}”?`),
      h(
        'p',
        {},
        team.projects
          ? `It has a role in ${where}: who is there through it alone is out then, and their open jobs go back to the pool. What they made stays.`
          : 'It has no role in any project.',
      ),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', class: 'button button-plain', 'data-close': true }, 'Keep it'),
        h('button', { type: 'button', class: 'button button-danger', onclick: gone }, 'Delete team'),
      ),
    ),
  );
  const open = () => dialog.showModal();
  const button = h(
    'button',
    { type: 'button', class: 'button button-small button-danger', onclick: open },
    'Delete team',
  );
  return [button, dialog];
}

/** @param {Team} team */
function card(team) {
  const title = `team-${team.id}`;
  const count = team.people.length === 1 ? '1 person' : `${team.people.length} people`;
  const where = team.projects === 1 ? '1 project' : `${team.projects} projects`;
  return h(
    'section',
    { class: 'card panel', 'aria-labelledby': title },
    h(
      'header',
      {},
      h('h2', { id: title, class: 'grow' }, team.name),
      ...(team.may_change ? deletion(team) : []),
      h(
        'p',
        {},
        `${count}, a role in ${where}${team.lead ? '' : '. Nobody leads it: an administrator can name somebody'}.`,
      ),
    ),
    h(
      'div',
      { class: 'table-scroll', tabindex: '0', role: 'group', 'aria-label': `People in ${team.name}` },
      h('table', { class: 'table' }, h('tbody', {}, ...team.people.map((person) => personRow(team, person)))),
    ),
    team.may_change && personForm(team),
  );
}

async function load() {
  const { results } = await client.get('teams/');
  list.replaceChildren(...results.map(card));
  find('[data-no-teams]', HTMLElement).hidden = results.length > 0;
}

const form = find('[data-make-team]', HTMLFormElement);
onSubmit(form, async ({ name = '' }) => {
  if (!name.trim()) return showErrors(form, { name: ['Give the team a name.'] }, '');
  await client.post('teams/', { name: name.trim() });
  form.reset();
  await load();
});
load().catch(toastError);
