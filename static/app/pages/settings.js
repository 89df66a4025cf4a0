/** The settings page: labels, members, model, general. */
import { createBinView } from './bin_view.js';
import { find, pageData } from './dom.js';
import { onSubmit, showErrors } from './forms.js';
import { client } from './http.js';
import { createLabelsEditor } from './labels_editor.js';
import { createMembersEditor } from './members_editor.js';
import { createModelChoice } from './model_choice.js';
import { toast, toastError } from './toast.js';

const config = pageData('page-config');
const path = `projects/${config.project}/`;

createLabelsEditor({ path: `${path}labels/`, labels: config.labels, palette: config.palette, editable: config.can.edit_settings });
createMembersEditor({ path: `${path}members/`, roles: config.roles, editable: config.can.edit_members, me: config.user }).catch(toastError);
createModelChoice({ path: `${path}model/`, models: config.models, current: config.model, editable: config.can.edit_settings });

if (config.can.edit_images) createBinView(config.project).catch(toastError);

onSubmit(find('[data-general]', HTMLFormElement), async (values) => {
  await client.patch(path, values);
  toast('Saved.', { kind: 'positive' });
});

const removal = document.querySelector('[data-delete-project]');
if (removal instanceof HTMLFormElement) {
  onSubmit(removal, async ({ confirm = '' }) => {
    if (confirm.trim() !== config.name) return showErrors(removal, { confirm: [`Type “${config.name}” exactly.`] }, '');
    await client.del(path);
    location.assign('/');
  });
}
