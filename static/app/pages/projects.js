/** The list of projects: making a new one, with its first labels. */
import { find } from './dom.js';
import { onSubmit, showErrors } from './forms.js';
import { client } from './http.js';

const form = find('[data-create-project]', HTMLFormElement);

onSubmit(form, async ({ name = '', labels = '' }) => {
  if (!name.trim()) return showErrors(form, { name: ['Give the project a name.'] }, '');
  const names = [
    ...new Set(
      labels
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    ),
  ];
  const project = await client.post('projects/', {
    name: name.trim(),
    labels: names.map((label) => ({ name: label })),
  });
  location.assign(`/projects/${project.id}/`);
});
