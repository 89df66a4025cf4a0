/** The settings page: labels, members, model, general. */
/** @import { PatchedRuleWriteRequest } from '../api/schema.d.ts' */
import { createBinView } from './bin_view.js';
import { find, pageData } from './dom.js';
import { asLoaded, onSubmit, showErrors } from './forms.js';
import { client } from './http.js';
import { createInvitations } from './invitations.js';
import { createLabelsEditor } from './labels_editor.js';
import { createMembersEditor } from './members_editor.js';
import { createModelChoice } from './model_choice.js';
import { createProjectTeams } from './project_teams.js';
import { createTagsEditor } from './tags_editor.js';
import { toast, toastError } from './toast.js';

const config = pageData('page-config');
const path = /** @type {const} */ (`projects/${config.project}/`);

createLabelsEditor({
  project: config.project,
  labels: config.labels,
  palette: config.palette,
  editable: config.can.edit_settings,
});
const members = createMembersEditor({
  project: config.project,
  roles: config.roles,
  editable: config.can.edit_members,
  me: config.user,
});
members.catch(toastError);
createProjectTeams({
  project: config.project,
  roles: config.roles,
  editable: config.can.edit_members,
  changed: () => void members.then((load) => load()).catch(toastError),
}).catch(toastError);
if (config.can.edit_members) {
  const titles = new Map(
    config.roles.map((/** @type {{ name: string, title: string }} */ role) => [role.name, role.title]),
  );
  createInvitations(config.project, (role) => titles.get(role) ?? role).catch(toastError);
}
createModelChoice({
  project: config.project,
  models: config.models,
  current: config.model,
  editable: config.can.edit_settings,
});

if (config.can.edit_settings) createTagsEditor(config.project).catch(toastError);
if (config.can.edit_images) createBinView(config.project).catch(toastError);

const general = find('[data-general]', HTMLFormElement);
const written = (form = general) => JSON.stringify([...new FormData(form)]);
let saved = written(asLoaded(general));
onSubmit(general, async (values) => {
  const sent = written();
  await client.patch(path, values);
  saved = sent;
  toast('Saved.', { kind: 'positive' });
});
// Guidelines take long to write: nobody loses them to a wrong click.
window.addEventListener('beforeunload', (event) => {
  if (written() !== saved) event.preventDefault();
});

const rule = find('[data-rule]', HTMLFormElement);
const showShare = () => {
  find('#share', HTMLInputElement)
    .closest('.field')
    ?.toggleAttribute('hidden', !rule.querySelector('[value="share"]:checked'));
};
rule.addEventListener('change', showShare);
showShare();
onSubmit(rule, async ({ mode, share, own_work }) => {
  const sent = /** @type {PatchedRuleWriteRequest} */ ({ mode, share: Number(share), own_work: own_work === 'yes' });
  await client.patch(`${path}reviews/rule/`, sent);
  toast('Saved. It counts for what is marked done from now on.', { kind: 'positive' });
});

const removal = document.querySelector('[data-delete-project]');
if (removal instanceof HTMLFormElement) {
  onSubmit(removal, async ({ confirm = '' }) => {
    if (confirm.trim() !== config.name) return showErrors(removal, { confirm: [`Type “${config.name}” exactly.`] }, '');
    await client.del(path);
    saved = written();
    location.assign('/');
  });
}
