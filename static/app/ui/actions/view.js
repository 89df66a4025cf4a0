/** How things are shown. */

/** @import { Editor } from '../../editor.js' */
/** @import { Actions, CommandParts } from '../types.d.ts' */
import { later } from '../../core/later.js';
import { scaleTo, zoomAt } from '../../view/viewport.js';

const parts = later(() => import('../parts.js'));

/** @param {Editor} editor @param {Pick<CommandParts, 'dialogs'>} parts @returns {Actions} */
export function viewActions(editor, { dialogs }) {
  const { session, stage } = editor;
  const walk = (/** @type {1 | -1} */ step) => () =>
    void parts().then(
      ({ focusPart }) => focusPart(step),
      () => undefined,
    );
  const centre = () => ({ x: stage.viewport.width / 2, y: stage.viewport.height / 2 });
  const zoom = (/** @type {number} */ factor) => () => {
    stage.viewport = zoomAt(stage.viewport, factor, centre());
  };
  /** @param {'preview' | 'outlineOnly' | 'masksHidden' | 'panel' | 'filmstrip' | 'loupe' | 'noOverlap'} key */
  const toggle = (key) => ({
    run: () => session.set({ [key]: !session.state[key] }),
    pressed: () => session.state[key],
  });
  return {
    'view.fit': () => stage.fit(),
    'view.full': () => {
      stage.viewport = scaleTo(stage.viewport, 1, centre());
    },
    'view.in': zoom(1.25),
    'view.out': zoom(0.8),
    'view.preview': toggle('preview'),
    'view.outline': toggle('outlineOnly'),
    'view.masks': toggle('masksHidden'),
    'view.colors': {
      run: () => session.set({ colorBy: session.state.colorBy === 'label' ? 'instance' : 'label' }),
      pressed: () => session.state.colorBy === 'instance',
    },
    'view.panel': toggle('panel'),
    'view.display': () => dialogs.show('display'),
    'view.guidelines': () => dialogs.show('guidelines'),
    'view.overlap': toggle('noOverlap'),
    'view.filmstrip': toggle('filmstrip'),
    'view.loupe': toggle('loupe'),
    'view.theme': toggleTheme,
    'view.fullscreen': () =>
      void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
    'view.part': walk(1),
    'view.partBack': walk(-1),
    'palette.show': () => dialogs.show('palette'),
    'keys.show': () => dialogs.show('keys'),
    'help.show': () => dialogs.show('help'),
  };
}

/** From what is seen to the other, also where the system had chosen it. */
function toggleTheme() {
  const root = document.documentElement;
  const { theme = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark' } = root.dataset;
  root.dataset.theme = theme === 'light' ? 'dark' : 'light';
}
