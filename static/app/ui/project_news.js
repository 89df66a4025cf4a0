/** What changes in the project while its editor is open: labels, the model, and the photo where something was covered. */

/** @import { Client } from '../api/typed.d.ts' */
/** @import { Editor } from '../editor.js' */
/** @import { LiveImage } from '../sync/live.js' */
/** @import { ModelInfo } from '../types.js' */
import { followModel } from './new_model.js';
import { followLabels } from './new_labels.js';
import { followPhoto } from './new_photo.js';

/** @param {Editor} editor @param {Client} client @param {LiveImage} live */
export function followProject(editor, client, live) {
  followLabels(editor, async () => (await client.get(`projects/${editor.config.project.id}/labels/`)).results);
  followModel(
    editor,
    live,
    async (id) => /** @type {ModelInfo} */ (/** @type {unknown} */ (await client.get(`models/${id}/`))),
  );
  followPhoto(editor, live, (id) => client.get(`images/${id}/`));
}
