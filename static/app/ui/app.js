/** Builds the page from its parts and wires them; knows no network and no storage. */

/** @import { Endpoints } from '../api/endpoints.js' */
/** @import { Point } from '../core/geometry.js' */
/** @import { EditorConfig, Outbox, Segmenter, Store, Uuid } from '../types.js' */
/** @import { Change, Command, Editor, OpenImage, Session } from '../editor.js' */
/** @import { LiveImage } from '../sync/live.js' */
/** @import { Suggestions } from '../state/suggestions.js' */
/** @import { Stage } from '../view/stage.js' */
/** @import { CommandParts } from './commands.js' */
import { later } from '../core/later.js';
import { createObjects } from '../tools/objects.js';
import { PointerInput } from '../tools/pointer.js';
import { createTools } from '../tools/registry.js';
import { NEUTRAL_FILTERS } from '../tools/session.js';
import { drawRegion, readPalette } from '../view/glyphs.js';
import { toImage } from '../view/viewport.js';
import { createCommands } from './commands.js';
import { createCurtain } from './curtain.js';
import { createDialogs } from './dialogs.js';
import { h } from './dom.js';
import { createFilter } from './filter.js';
import { createLabels } from './labels.js';
import { createObjectList } from './object_list.js';
import { createOptions } from './options.js';
import { linkPreferences } from './preferences.js';
import { linkPresence } from './presence.js';
import { createRail } from './rail.js';
import { announceSaving, reviewSaving } from './saving.js';
import { linkScene } from './scene.js';
import { keyOverrides, listenToKeys } from './shortcuts.js';
import { createStatusbar } from './statusbar.js';
import { createToasts } from './toasts.js';
import { createTopbar } from './topbar.js';

/**
 * @typedef {object} AppParts
 * @property {EditorConfig} config
 * @property {Session} session
 * @property {Stage} stage
 * @property {OpenImage & { retryEmbedding(): Promise<unknown> }} image
 * @property {Store} store
 * @property {Segmenter} segmenter
 * @property {Suggestions} suggestions
 * @property {Outbox} outbox
 * @property {CommandParts['history']} history
 * @property {CommandParts['navigator'] & { reload(): void }} navigator
 * @property {(change: Change, name: string) => void} perform
 * @property {Pick<Endpoints, 'embed' | 'run'>} regions
 * @property {CommandParts['search']} search
 * @property {Pick<LiveImage, 'people' | 'onPeople'>} live
 * @property {(preferences: Record<string, unknown>) => Promise<unknown>} savePreferences
 */

const attributes = later(() => import('./attributes.js'));
const filters = later(() => import('./filters.js'));
const filmstrip = later(() => import('./filmstrip.js'));
/** @type {((context: CanvasRenderingContext2D, stage: Stage, at: Point) => void) | null} */
let paintLoupe = null;
const loupe = later(() => import('../view/loupe.js').then((module) => { paintLoupe = module.paintLoupe; }));

const EDITORS = new Set(['owner', 'manager', 'reviewer', 'annotator']);

/**
 * @param {HTMLElement} root
 * @param {AppParts} parts
 */
export function buildApp(root, parts) {
  const { editor, toasts } = createEditor(parts);
  const { host } = editor.stage;
  const { commands, dialogs, keysOf, onKeys } = createControls(root, editor, parts);
  editor.run = (id) => {
    const command = commands.find((known) => known.id === id);
    if (command?.enabled?.() ?? true) command?.run();
  };
  const retry = () => void parts.image.retryEmbedding().catch((error) => editor.notify({ message: error.message, kind: 'error' }));
  const rail = createRail(editor, commands, keysOf);
  const topbar = createTopbar(editor, { run: editor.run, review: () => reviewSaving(editor, dialogs.show) });
  const status = createStatusbar(editor, { retry });
  host.append(createOptions(editor), ...createCurtain(editor, { reload: parts.navigator.reload, retry }), toasts.element);
  const panel = h('aside', { class: 'side', 'aria-label': 'Labels and objects' },
    createLabels(editor), createObjectList(editor, createFilter(editor)));
  root.replaceChildren(topbar.element, rail.element, host, panel, status.element);
  addLater(editor, root, panel, parts.navigator.open);
  announceSaving(editor, dialogs.show);

  linkScene(editor);
  linkPresence(topbar.people, parts.live, parts.config.user.id);
  const pointer = new PointerInput(editor);
  const { rebind } = listenToKeys(editor, commands, pointer);
  onKeys((keys) => {
    rebind(keys);
    rail.showKeys();
  });
  linkStage(editor, { status, dialogs });
  const layout = () => root.classList.toggle('panel-closed', !editor.session.state.panel);
  editor.session.on((changed) => {
    if (changed.has('panel')) layout();
    if (changed.has('tool') || changed.has('toolTick')) pointer.updateCursor();
  });
  layout();
  pointer.updateCursor();
  return editor;
}

/**
 * What comes when it is first wanted: attributes with the first selection, display filters with the first change, the
 * filmstrip when it is shown.
 * @param {Editor} editor @param {HTMLElement} root @param {HTMLElement} panel @param {(id: Uuid) => unknown} open
 */
function addLater(editor, root, panel, open) {
  const { session } = editor;
  let [fields, strip, tones] = [false, false, false];

  function add() {
    if (!fields && session.state.selection.length > 0) {
      fields = true;
      attributes().then(({ createAttributes }) => panel.append(createAttributes(editor)), () => { fields = false; });
    }
    if (!tones && session.state.filters !== NEUTRAL_FILTERS) {
      tones = true;
      filters().then(({ linkFilters }) => linkFilters(editor), () => { tones = false; });
    }
    if (!strip && session.state.filmstrip) {
      strip = true;
      filmstrip().then(({ createFilmstrip }) => root.append(createFilmstrip(editor, open)), () => { strip = false; });
    }
  }

  session.on(add);
  add();
}

/**
 * The dialogs and the command table need each other.
 * @param {HTMLElement} root
 * @param {Editor} editor
 * @param {AppParts} parts
 */
function createControls(root, editor, { history, navigator, config, regions, search, savePreferences }) {
  let overrides = keyOverrides(config.preferences);
  /** @type {(overrides: Record<string, string[]>) => void} */
  let rebind = () => undefined;
  /** @param {Command} command */
  const keysOf = ({ id, keys }) => overrides[id] ?? keys;
  const preferences = linkPreferences(editor, savePreferences);
  const dialogs = createDialogs(editor, {
    root, api: search, open: navigator.open, commands: () => commands, overrides: () => overrides, keysOf,
    changeKeys(keys) {
      overrides = keys;
      rebind(keys);
      preferences.put({ keys });
    },
  });
  const commands = createCommands(editor, { history, navigator, regions, search, dialogs });
  return { commands, dialogs, keysOf, onKeys: (/** @type {typeof rebind} */ listener) => { rebind = listener; } };
}

/**
 * Pointer moves feed the status line and the loupe; the overlay shows tool, loupe and clean-up.
 * @param {Editor} editor
 * @param {{ status: ReturnType<typeof createStatusbar>, dialogs: ReturnType<typeof createDialogs> }} parts
 */
function linkStage(editor, { status, dialogs }) {
  const { stage, session } = editor;
  /** @type {{ x: number, y: number } | null} */
  let at = null;
  stage.overlay.paint = (context, v) => {
    dialogs.paint(context, v);
    if (editor.segmenter.frame?.region) drawRegion(context, editor.segmenter.frame, v, readPalette(stage.host));
    editor.tools.armed.paint?.(context, v);
    if (at && session.state.loupe) {
      if (paintLoupe) paintLoupe(context, stage, at);
      else void loupe().then(() => stage.invalidate('overlay'), () => undefined);
    }
  };
  stage.host.addEventListener('pointermove', (event) => {
    const rect = stage.host.getBoundingClientRect();
    at = { x: event.clientX - rect.left, y: event.clientY - rect.top };
    status.showCursor(toImage(stage.viewport, at));
    if (session.state.loupe) stage.invalidate('overlay');
  });
  stage.host.addEventListener('pointerleave', () => {
    at = null;
    status.showCursor(null);
  });
  editor.segmenter.onStatus(() => stage.invalidate('overlay'));
  session.on((changed) => { if (changed.has('loupe')) stage.invalidate('overlay'); });
  editor.image.on(() => {
    // Once the image is known, the prompt kept for it waits to be taken up: no reset between here and 'ready'.
    if (editor.image.phase === 'loading' && !editor.image.info) editor.tools.armed.reset?.();
    if (editor.image.phase === 'ready') editor.tools.armed.enter?.();
  });
}

/** @param {AppParts} parts */
function createEditor({ config, session, stage, image, store, segmenter, suggestions, outbox, perform }) {
  const toasts = createToasts();
  /** @type {Omit<Editor, 'tools'>} */
  const base = {
    config, labels: config.project.labels, canEdit: EDITORS.has(config.role), session, stage, image, store, segmenter, suggestions, outbox,
    objects: createObjects({ store, session, image, config, perform }), notify: toasts.show, run: () => undefined,
  };
  const editor = /** @type {Editor} */ (base);
  return { editor: Object.assign(editor, { tools: createTools(editor) }), toasts };
}
