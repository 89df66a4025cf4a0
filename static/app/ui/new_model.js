/** Another model of the project, chosen while the editor is open: its decoder takes over, and no prompt is lost. */

/** @import { ModelInfo, Uuid } from '../types.js' */
/** @import { Editor } from '../editor.js' */
/** @import { LiveImage } from '../sync/live.js' */
/** @import { WorkerDecoder } from '../sam/decoder.js' */
import { swapModel } from '../sam/model_swap.js';

/** Tries to load the new model before the person is told; each follows an answer of the server. */
const TRIES = 3;

/** @param {Editor} editor @param {Pick<LiveImage, 'onModel'>} live hears which it is @param {(id: Uuid) => Promise<ModelInfo>} load
 *  @param {typeof swapModel} [swap] */
export function followModel(editor, live, load, swap = swapModel) {
  const { config } = editor;
  let working = false;
  /** @type {Uuid | null} what the person was told of and cannot have here */
  let refused = null;
  let failures = 0;

  live.onModel = (id) => {
    if (!id || !config.model || working || id === config.model.id || id === refused) return;
    working = true;
    change(id)
      .then(
        () => {
          failures = 0;
        },
        (error) => {
          console.warn(error);
          if (++failures < TRIES) return;
          failures = 0;
          refuse(id, 'The project uses another model now, and it could not be loaded. Your work is kept.');
        },
      )
      .finally(() => {
        working = false;
      });
  };

  /** @param {Uuid} id */
  async function change(id) {
    const model = await load(id);
    if (model.encoder_sha256 !== config.model?.encoder_sha256)
      return refuse(id, 'The project uses another model now, which reads photos in another way. Your work is kept.');
    await swap(/** @type {WorkerDecoder} */ (editor.decoder), model);
    config.model = model;
    editor.notify({
      message: `Clicks are answered by ${model.name} ${model.version} from now on. What you began stays.`,
    });
  }

  /** @param {Uuid} id @param {string} sentence */
  function refuse(id, sentence) {
    refused = id;
    const action = { name: 'Reload', run: () => location.reload() };
    editor.notify({ message: sentence, kind: 'warning', action });
  }
}
