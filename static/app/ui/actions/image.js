/** From image to image. */

/** @import { Editor } from '../../editor.js' */
/** @import { Actions, CommandParts } from '../types.d.ts' */
import { later } from '../../core/later.js';

const regionVerbs = later(() => import('../../tools/region.js'));

/** @param {Editor} editor @param {Pick<CommandParts, 'navigator' | 'regions'>} parts @returns {Actions} */
export function imageActions(editor, { navigator, regions }) {
  return {
    'image.next': () => navigator.go(1),
    'image.previous': () => navigator.go(-1),
    'image.forward': () => navigator.go(10),
    'image.back': () => navigator.go(-10),
    'image.unfinished': () => navigator.unfinished(),
    'image.submit': { enabled: () => editor.canEdit, run: () => navigator.submit() },
    'image.reopen': {
      enabled: () => editor.canEdit && editor.image.info?.state === 'done',
      run: () => navigator.reopen(),
    },
    'image.region': {
      enabled: () => editor.canEdit && editor.image.phase === 'ready' && editor.config.model !== null,
      run: () => {
        regionVerbs()
          .then(({ toggleRegion }) => toggleRegion(editor, regions))
          .catch((error) =>
            editor.notify({ message: `This part could not be prepared. ${error.message}`, kind: 'error' }),
          );
      },
    },
    'image.save': () => void editor.outbox.flush(),
  };
}
