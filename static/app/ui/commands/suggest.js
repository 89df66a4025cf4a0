/** Commands on suggestions. */

/** @import { Command, Editor } from '../../editor.js' */
/** @import { CommandParts } from '../commands.js' */
/** @import { SuggestTool } from '../../tools/suggest.js' */
import { later } from '../../core/later.js';

const searching = later(() => import('../../tools/search_image.js'));

/**
 * @param {Editor} editor
 * @param {Pick<CommandParts, 'search'>} parts
 * @returns {Command[]}
 */
export function suggestCommands(editor, { search }) {
  const group = 'Suggestions';
  const failed = (/** @type {Error} */ error) => editor.notify({ message: error.message, kind: 'error' });
  /** @param {(tool: SuggestTool) => void} use */
  const tool = (use) => () => void editor.tools.load('suggest').then((loaded) => use(/** @type {SuggestTool} */ (loaded)), failed);
  const judging = () => editor.tools.armed.id === 'suggest';
  const some = () => editor.canEdit && editor.suggestions.list.length > 0;
  const idle = () => editor.canEdit && editor.image.phase === 'ready' && editor.session.state.searching === null;
  const start = (/** @type {'all' | 'sight' | 'drawn'} */ where) => {
    editor.tools.arm('suggest');
    void Promise.all([searching(), editor.tools.load('suggest')]).then(([{ searchImage, regionInSight, wholePixels }, loaded]) => {
      const { drawn } = /** @type {SuggestTool} */ (loaded);
      const region = where === 'sight' ? regionInSight(editor) : where === 'drawn' && drawn ? wholePixels(editor, drawn) : null;
      return searchImage(editor, search, region, (share) => editor.session.set({ searching: share }));
    }).catch(failed);
  };
  return [
    { id: 'suggest.accept', name: 'Accept suggestion', group, keys: ['A'], icon: 'check', enabled: some, run: tool((it) => it.accept()) },
    { id: 'suggest.reject', name: 'Reject suggestion', group, keys: ['X'], icon: 'ban', enabled: some, run: tool((it) => it.reject()) },
    { id: 'suggest.acceptAll', name: 'Accept all confident suggestions', group, keys: ['Shift+A'], icon: 'check-check', enabled: some, run: tool((it) => it.acceptConfident()) },
    { id: 'suggest.proposed', name: 'Accept with the proposed label', group, keys: ['.'], icon: 'tag', enabled: some, run: tool((it) => it.acceptProposed()) },
    { id: 'suggest.edit', name: 'Accept and edit with clicks', group, keys: ['Shift+Q'], icon: 'wand-sparkles', enabled: some, run: tool((it) => it.edit()) },
    { id: 'suggest.whole', name: 'From a part to its whole', group, keys: ['ArrowUp'], icon: 'arrow-up', enabled: judging, run: tool((it) => it.walk('whole')) },
    { id: 'suggest.part', name: 'From a whole to its part', group, keys: ['ArrowDown'], icon: 'arrow-down', enabled: judging, run: tool((it) => it.walk('part')) },
    { id: 'suggest.pick', name: 'Mark the suggestion under the cursor for merging', group, keys: [','], icon: 'layers', enabled: judging, run: () => {
      const id = editor.suggestions.hovered ?? editor.suggestions.chosen;
      if (id) editor.suggestions.pick(id);
    } },
    { id: 'suggest.search', name: 'Search the photo for everything', group, keys: ['Shift+Y'], icon: 'sparkles', enabled: idle, run: () => start('all') },
    { id: 'suggest.searchRegion', name: 'Search the part in sight for everything', group, keys: [], icon: 'scan', enabled: idle, run: () => start('sight') },
    { id: 'suggest.searchDrawn', name: 'Search the rectangle drawn last for everything', group, keys: [], icon: 'square-dashed', enabled: () => idle() && judging(), run: () => start('drawn') },
    { id: 'suggest.stop', name: 'Stop the search', group, keys: [], icon: 'x', enabled: () => editor.session.state.searching !== null, run: () => void searching().then(({ stopSearch }) => stopSearch(), failed) },
  ];
}
