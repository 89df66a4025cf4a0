/** How things are shown. */

/** @import { Command, Editor } from '../../editor.js' */
/** @import { CommandParts } from '../commands.js' */
import { later } from '../../core/later.js';
import { scaleTo, zoomAt } from '../../view/viewport.js';

const parts = later(() => import('../parts.js'));

/**
 * @param {Editor} editor
 * @param {CommandParts} parts
 * @returns {Command[]}
 */
export function viewCommands(editor, { dialogs }) {
  const { session, stage } = editor;
  const group = 'View';
  const walk = (/** @type {1 | -1} */ step) => void parts().then(({ focusPart }) => focusPart(step), () => undefined);
  const centre = () => ({ x: stage.viewport.width / 2, y: stage.viewport.height / 2 });
  /** @param {'preview' | 'outlineOnly' | 'masksHidden' | 'panel' | 'filmstrip' | 'loupe' | 'noOverlap'} key */
  const toggle = (key) => ({ run: () => session.set({ [key]: !session.state[key] }), pressed: () => session.state[key] });
  return [
    { id: 'view.fit', name: 'Fit the photo', group, keys: ['0'], icon: 'maximize', run: () => stage.fit() },
    { id: 'view.full', name: 'Zoom to 100 %', group, keys: ['Shift+0'], icon: 'scan', run: () => { stage.viewport = scaleTo(stage.viewport, 1, centre()); } },
    { id: 'view.in', name: 'Zoom in', group, keys: ['Ctrl++', 'Ctrl+='], icon: 'zoom-in', repeat: true, run: () => { stage.viewport = zoomAt(stage.viewport, 1.25, centre()); } },
    { id: 'view.out', name: 'Zoom out', group, keys: ['Ctrl+-'], icon: 'zoom-out', repeat: true, run: () => { stage.viewport = zoomAt(stage.viewport, 0.8, centre()); } },
    { id: 'view.preview', name: 'Preview the mask under the cursor', group, keys: ['W'], icon: 'sparkles', ...toggle('preview') },
    { id: 'view.outline', name: 'Outlines only', group, keys: ['O'], icon: 'circle-dashed', ...toggle('outlineOnly') },
    { id: 'view.masks', name: 'Hide all masks', group, keys: ['M'], icon: 'eye-off', ...toggle('masksHidden') },
    { id: 'view.colors', name: 'Colour by label or by instance', group, keys: ['K'], icon: 'shapes', run: () => session.set({ colorBy: session.state.colorBy === 'label' ? 'instance' : 'label' }), pressed: () => session.state.colorBy === 'instance' },
    { id: 'view.panel', name: 'Side panel', group, keys: ['\\'], icon: 'panel-right', ...toggle('panel') },
    { id: 'view.display', name: 'Brightness, contrast, opacity', group, keys: ['I'], icon: 'sliders-horizontal', run: () => dialogs.show('display') },
    { id: 'view.overlap', name: 'No overlap: new pixels are taken from below', group, keys: ['Shift+O'], icon: 'layers', ...toggle('noOverlap') },
    { id: 'view.filmstrip', name: 'Filmstrip', group, keys: ['U'], icon: 'images', ...toggle('filmstrip') },
    { id: 'view.loupe', name: 'Loupe', group, keys: ['Z'], icon: 'search', ...toggle('loupe') },
    { id: 'view.theme', name: 'Light or dark', group, keys: [], icon: 'sun', run: toggleTheme },
    { id: 'view.fullscreen', name: 'Full screen', group, keys: ['Shift+Enter'], icon: 'monitor', run: () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()) },
    { id: 'view.part', name: 'Next part of the window', group, keys: ['F6'], icon: 'panel-right', run: () => walk(1) },
    { id: 'view.partBack', name: 'Previous part of the window', group, keys: ['Shift+F6'], icon: 'panel-right', run: () => walk(-1) },
    { id: 'palette.show', name: 'All commands', group: 'Help', keys: ['Ctrl+K'], icon: 'search', run: () => dialogs.show('palette') },
    { id: 'keys.show', name: 'Change keys', group: 'Help', keys: [], icon: 'keyboard', run: () => dialogs.show('keys') },
    { id: 'help.show', name: 'Keys and help', group: 'Help', keys: ['?', 'F1'], icon: 'circle-help', run: () => dialogs.show('help') },
  ];
}

/** From what is seen to the other, also where the system had chosen it. */
function toggleTheme() {
  const root = document.documentElement;
  const { theme = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark' } = root.dataset;
  root.dataset['theme'] = theme === 'light' ? 'dark' : 'light';
}
