/** From image to image. */

/** @import { Command, Editor } from '../../editor.js' */
/** @import { CommandParts } from '../commands.js' */
import { later } from '../../core/later.js';

const regionVerbs = later(() => import('../../tools/region.js'));

/**
 * @param {Editor} editor
 * @param {CommandParts} parts
 * @returns {Command[]}
 */
export function imageCommands(editor, { navigator, regions }) {
  const group = 'Image';
  return [
    { id: 'image.next', name: 'Next image', group, keys: ['F', 'ArrowRight'], icon: 'chevron-right', run: () => navigator.go(1) },
    { id: 'image.previous', name: 'Previous image', group, keys: ['D', 'ArrowLeft'], icon: 'chevron-left', run: () => navigator.go(-1) },
    { id: 'image.forward', name: '10 images forward', group, keys: ['Shift+F'], icon: 'chevron-right', run: () => navigator.go(10) },
    { id: 'image.back', name: '10 images back', group, keys: ['Shift+D'], icon: 'chevron-left', run: () => navigator.go(-10) },
    { id: 'image.unfinished', name: 'Next unfinished image', group, keys: ['J'], icon: 'circle-dashed', run: () => navigator.unfinished() },
    { id: 'image.submit', name: 'Mark as done, go to the next', group, keys: ['Ctrl+Enter'], icon: 'send', enabled: () => editor.canEdit, run: () => navigator.submit() },
    { id: 'image.region', name: 'Full resolution for the part in sight, and back', group, keys: ['Shift+R'], icon: 'crosshair', enabled: () => editor.canEdit && editor.image.phase === 'ready' && editor.config.model !== null, run: () => {
      regionVerbs().then(({ toggleRegion }) => toggleRegion(editor, regions)).catch((error) => editor.notify({ message: `This part could not be prepared. ${error.message}`, kind: 'error' }));
    } },
    { id: 'image.save', name: 'Save now', group, keys: ['Ctrl+S'], icon: 'save', run: () => void editor.outbox.flush() },
  ];
}
