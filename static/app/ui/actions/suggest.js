/** Actions on suggestions. */

/** @import { Editor } from '../../editor.js' */
/** @import { Actions, CommandParts } from '../types.d.ts' */
/** @import { SuggestTool } from '../../tools/suggest.js' */
import { later } from '../../core/later.js';

const searching = later(() => import('../../tools/search_image.js'));

/** @param {Editor} editor @param {Pick<CommandParts, 'search'>} parts @returns {Actions} */
export function suggestActions(editor, parts) {
  const failed = (/** @type {Error} */ error) => editor.notify({ message: error.message, kind: 'error' });
  const judging = () => editor.tools.armed.id === 'suggest';
  const some = () => editor.canEdit && editor.suggestions.list.length > 0;
  /** @param {(tool: SuggestTool) => void} use */
  const tool = (use, enabled = some) => ({
    enabled,
    run: () => void editor.tools.load('suggest').then((loaded) => use(/** @type {SuggestTool} */ (loaded)), failed),
  });
  return {
    ...searchActions(editor, parts, failed),
    'suggest.accept': tool((it) => it.accept()),
    'suggest.reject': tool((it) => it.reject()),
    'suggest.acceptAll': tool((it) => it.acceptConfident()),
    'suggest.proposed': tool((it) => it.acceptProposed()),
    'suggest.edit': tool((it) => it.edit()),
    'suggest.whole': tool((it) => it.walk('whole'), judging),
    'suggest.part': tool((it) => it.walk('part'), judging),
    'suggest.pick': {
      enabled: judging,
      run: () => {
        const id = editor.suggestions.hovered ?? editor.suggestions.chosen;
        if (id) editor.suggestions.pick(id);
      },
    },
  };
}

/** @param {Editor} editor @param {Pick<CommandParts, 'search'>} parts @param {(error: Error) => void} failed @returns {Actions} */
function searchActions(editor, { search }, failed) {
  const idle = () => editor.canEdit && editor.image.phase === 'ready' && editor.session.state.searching === null;
  const start = (/** @type {'all' | 'sight' | 'drawn'} */ where) => () => {
    editor.tools.arm('suggest');
    void Promise.all([searching(), editor.tools.load('suggest')])
      .then(([{ searchImage, regionInSight, wholePixels }, loaded]) => {
        const { drawn } = /** @type {SuggestTool} */ (loaded);
        const region =
          where === 'sight' ? regionInSight(editor) : where === 'drawn' && drawn ? wholePixels(editor, drawn) : null;
        return searchImage(editor, search, region, (share) => editor.session.set({ searching: share }));
      })
      .catch(failed);
  };
  return {
    'suggest.search': { enabled: idle, run: start('all') },
    'suggest.searchRegion': { enabled: idle, run: start('sight') },
    'suggest.searchDrawn': { enabled: () => idle() && editor.tools.armed.id === 'suggest', run: start('drawn') },
    'suggest.stop': {
      enabled: () => editor.session.state.searching !== null,
      run: () => void searching().then(({ stopSearch }) => stopSearch(), failed),
    },
  };
}
