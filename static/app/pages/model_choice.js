/** Which model version turns clicks into masks in this project. */
import { find, h, icon } from './dom.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

/** @typedef {{ id: string, name: string, version: string, family: string, licence: string, notice: string, state: string }} Model */

/** @param {{ project: string, models: Model[], current: string | null, editable: boolean }} options */
export function createModelChoice({ project, models, current, editable }) {
  const list = find('[data-models]', HTMLUListElement);
  let chosen = current;

  /** @param {Model} model */
  async function choose(model) {
    try {
      const { run } = await client.put(`projects/${project}/model/`, { model_version: model.id });
      chosen = model.id;
      toast(
        run
          ? `The photos are being prepared for ${model.name}. Until that is done, the model from before goes on.`
          : `${model.name} is used from now on.`,
        { kind: 'positive' },
      );
    } catch (error) {
      toastError(error);
    }
    draw();
  }

  /** @param {Model} model */
  function row(model) {
    return h(
      'li',
      {},
      h(
        'label',
        {},
        h('input', {
          type: 'radio',
          name: 'model',
          value: model.id,
          checked: model.id === chosen,
          disabled: !editable || model.state !== 'ready',
          onchange: () => {
            void choose(model);
          },
        }),
        h(
          'span',
          {},
          h('strong', {}, model.name),
          h('span', { class: 'muted' }, ` version ${model.version || '1'}, ${model.family} family`),
        ),
        h('span', { class: 'small muted' }, `Licence: ${model.licence || 'not stated'}`),
        model.notice && h('span', { class: 'small notice-line' }, icon('info'), model.notice),
      ),
    );
  }

  function draw() {
    list.replaceChildren(...models.map(row));
    if (!models.length)
      list.append(h('li', { class: 'muted' }, 'No model is installed. An administrator can add one.'));
  }
  draw();
}
