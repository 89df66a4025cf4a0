/** Dialogs and floating panels whose code comes when they are first shown. */

/** @import { Command, Editor } from '../editor.js' */
/** @import { createCleanup } from './cleanup.js' */
/** @import { CommandParts } from './types.d.ts' */
import { later } from '../core/later.js';

const parts = {
  palette: later(() => import('./palette.js')),
  help: later(() => import('./help.js')),
  keys: later(() => import('./keymap.js')),
  display: later(() => import('./display.js')),
  guidelines: later(() => import('./guidelines.js')),
  menu: later(() => import('./object_menu.js')),
  cleanup: later(() => import('./cleanup.js')),
  carry: later(() => import('./carry_panel.js')),
  conflicts: later(() => import('./conflicts.js')),
  signIn: later(() => import('./sign_in.js')),
  linkAgain: later(() => import('./link_again.js')),
};

/** The style sheet of all that comes later. */
export const styles = later(
  () =>
    new Promise((resolve, reject) => {
      const address = document.querySelector('meta[name="dialog-styles"]')?.getAttribute('content') ?? '';
      const link = Object.assign(document.createElement('link'), {
        rel: 'stylesheet',
        href: address,
        onload: resolve,
        onerror: reject,
      });
      document.head.append(link);
    }),
);

/** @typedef {{ element: HTMLElement, show(): void }} Dialog */
/** @typedef {Parameters<CommandParts['dialogs']['show']>[0]} DialogName */

/**
 * @param {Editor} editor
 * @param {{ root: HTMLElement, api: CommandParts['search'], open: CommandParts['navigator']['open'], commands: () => Command[], overrides(): Record<string, string[]>, keysOf(command: Command): string[], changeKeys(overrides: Record<string, string[]>): void }} parts
 */
export function createDialogs(editor, { root, api, open, commands, overrides, keysOf, changeKeys }) {
  /** @type {ReturnType<typeof createCleanup> | null} */
  let cleanup = null;

  /** @type {Record<DialogName, () => Promise<Dialog>>} */
  const makers = {
    palette: async () => (await parts.palette()).createPalette(commands(), keysOf),
    keys: async () => (await parts.keys()).createKeymap(commands(), overrides(), changeKeys),
    help: async () => (await parts.help()).createHelp(editor, commands(), { keysOf, customise: () => show('keys') }),
    display: async () => (await parts.display()).createDisplay(editor),
    guidelines: async () => (await parts.guidelines()).createGuidelines(editor),
    menu: async () => (await parts.menu()).createObjectMenu(editor, commands(), keysOf),
    cleanup: async () => (cleanup = (await parts.cleanup()).createCleanup(editor)),
    carry: async () => (await parts.carry()).createCarryPanel(editor, { api, open }),
    conflicts: async () => (await parts.conflicts()).createConflicts(editor),
    signIn: async () =>
      editor.config.password
        ? (await parts.signIn()).createSignIn(editor)
        : (await parts.linkAgain()).createLinkAgain(editor),
  };
  /** @type {Map<DialogName, Promise<Dialog>>} */
  const made = new Map();

  /** @param {DialogName} name */
  function get(name) {
    const known = made.get(name);
    if (known) return known;
    const making = Promise.all([makers[name](), styles()]).then(([dialog]) => {
      (dialog.element instanceof HTMLDialogElement ? root : editor.stage.host).append(dialog.element);
      return dialog;
    });
    made.set(name, making);
    making.catch(() => made.delete(name));
    return making;
  }

  /** @param {DialogName} name */
  function show(name) {
    get(name).then(
      (dialog) => dialog.show(),
      (error) => editor.notify({ message: error.message, kind: 'error' }),
    );
  }

  return {
    show,
    /** What the clean-up would change, over the photo. @type {(context: CanvasRenderingContext2D, v: Editor['stage']['viewport']) => void} */
    paint(context, v) {
      cleanup?.paint(context, v);
    },
  };
}
