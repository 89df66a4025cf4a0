/** Builds the page from its parts and wires them; knows no network and no storage. */

/** @import { Point } from '../core/geometry.js' */
/** @import { Uuid } from '../types.js' */
/** @import { Command, Editor } from '../editor.js' */
/** @import { Stage } from '../view/stage.js' */
/** @import { AppParts } from './types.d.ts' */
import { later } from '../core/later.js';
import { createObjects } from '../tools/objects.js';
import { PointerInput } from '../tools/pointer.js';
import { createTools } from '../tools/registry.js';
import { NEUTRAL_FILTERS } from '../tools/session.js';
import { drawRegion, readPalette } from '../view/glyphs.js';
import { toImage } from '../view/viewport.js';
import { createCommands } from './commands.js';
import { createCurtain } from './curtain.js';
import { createDialogs, styles } from './dialogs.js';
import { h } from './dom.js';
import { createFilter } from './filter.js';
import { createLabels } from './labels.js';
import { createObjectList } from './object_list.js';
import { createOptions } from './options.js';
import { linkPreferences } from './preferences.js';
import { createRail } from './rail.js';
import { linkScene } from './scene.js';
import { keyOverrides, listenToKeys } from './shortcuts.js';
import { createStatusbar } from './statusbar.js';
import { createToasts } from './toasts.js';
import { createTopbar } from './topbar.js';

const saving = later(() => import('./saving.js'));
const presence = later(() => import('./presence.js'));
const attributes = later(() => import('./attributes.js'));
const filters = later(() => import('./filters.js'));
const filmstrip = later(() => import('./filmstrip.js'));
/** @type {((context: CanvasRenderingContext2D, stage: Stage, at: Point) => void) | null} */
let paintLoupe = null;
const loupe = later(() =>
  import('../view/loupe.js').then((module) => {
    paintLoupe = module.paintLoupe;
  }),
);

/** The console has said it; what was wanted comes with the next try. */
const ignored = () => undefined;

const EDITORS = new Set(['owner', 'manager', 'reviewer', 'annotator']);

/** @param {HTMLElement} root @param {AppParts} parts */
export function buildApp(root, parts) {
  const { editor, toasts } = createEditor(parts);
  const { host } = editor.stage;
  const { commands, dialogs, keysOf, onKeys } = createControls(root, editor, parts);
  editor.run = (id) => {
    const command = commands.find((known) => known.id === id);
    if (command?.enabled?.() ?? true) command?.run();
  };
  const retry = () =>
    void parts.image.retryEmbedding().catch((error) => editor.notify({ message: error.message, kind: 'error' }));
  const rail = createRail(editor, commands, keysOf);
  const topbar = createTopbar(editor, {
    run: editor.run,
    leave: parts.navigator.leave,
    review: () => void saving().then(({ reviewSaving }) => reviewSaving(editor, dialogs.show), ignored),
  });
  const status = createStatusbar(editor, { retry });
  host.append(
    createOptions(editor),
    ...createCurtain(editor, { reload: parts.navigator.reload, retry }),
    toasts.element,
  );
  const panel = h(
    'aside',
    { class: 'side', 'aria-label': 'Labels and objects' },
    createLabels(editor),
    createObjectList(editor, createFilter(editor)),
  );
  root.replaceChildren(topbar.element, rail.element, host, panel, status.element);
  addLater(editor, root, panel, parts.navigator.open);
  watchSaving(editor, dialogs.show);

  linkScene(editor);
  const me = parts.config.user.id;
  parts.live.onPeople((people) => {
    // Alone, in however many tabs, there is nothing to show, and nothing to load for it.
    if (!people.some(({ user }) => user !== me) && !topbar.people.hasChildNodes()) return;
    presence().then(({ showPeople }) => showPeople(topbar.people, people, me), ignored);
  });
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

/** Work that waits for a person is said from the first time on that some does.
 *  @param {Editor} editor @param {(dialog: 'conflicts' | 'signIn') => void} show */
function watchSaving(editor, show) {
  const stop = editor.outbox.onState(({ kind }) => {
    if (kind === 'saved' || kind === 'saving') return;
    stop();
    saving().then(
      ({ announceSaving }) => announceSaving(editor, show),
      () => watchSaving(editor, show),
    );
  });
}

/** What comes when it is first wanted: attributes with the first selection, display filters with the first change, the
 *  filmstrip when it is shown.
 *  @param {Editor} editor @param {HTMLElement} root @param {HTMLElement} panel @param {(id: Uuid) => unknown} open */
function addLater(editor, root, panel, open) {
  const { session } = editor;
  let [fields, strip, tones] = [false, false, false];

  function add() {
    if (!fields && session.state.selection.length > 0) {
      fields = true;
      Promise.all([attributes(), styles()]).then(
        ([{ createAttributes }]) => panel.append(createAttributes(editor)),
        () => {
          fields = false;
        },
      );
    }
    if (!tones && session.state.filters !== NEUTRAL_FILTERS) {
      tones = true;
      filters().then(
        ({ linkFilters }) => linkFilters(editor),
        () => {
          tones = false;
        },
      );
    }
    if (!strip && session.state.filmstrip) {
      strip = true;
      Promise.all([filmstrip(), styles()]).then(
        ([{ createFilmstrip }]) => root.append(createFilmstrip(editor, open)),
        () => {
          strip = false;
        },
      );
    }
  }

  session.on(add);
  add();
}

/** The dialogs and the command table need each other.
 *  @param {HTMLElement} root @param {Editor} editor @param {AppParts} parts */
function createControls(root, editor, { history, navigator, config, regions, search, review, savePreferences }) {
  let overrides = keyOverrides(config.preferences);
  /** @type {(overrides: Record<string, string[]>) => void} */
  let rebind = () => undefined;
  /** @param {Command} command */
  const keysOf = ({ id, keys }) => overrides[id] ?? keys;
  const preferences = linkPreferences(editor, savePreferences);
  const dialogs = createDialogs(editor, {
    root,
    api: search,
    open: navigator.open,
    commands: () => commands,
    overrides: () => overrides,
    keysOf,
    changeKeys(keys) {
      overrides = keys;
      rebind(keys);
      preferences.put({ keys });
    },
  });
  const commands = createCommands(editor, { history, navigator, regions, search, dialogs, review });
  return {
    commands,
    dialogs,
    keysOf,
    onKeys: (/** @type {typeof rebind} */ listener) => {
      rebind = listener;
    },
  };
}

/** Pointer moves feed the status line and the loupe; the overlay shows tool, loupe and clean-up.
 *  @param {Editor} editor
 *  @param {{ status: ReturnType<typeof createStatusbar>, dialogs: ReturnType<typeof createDialogs> }} parts */
function linkStage(editor, { status, dialogs }) {
  const { stage, session } = editor;
  stage.overlay.paint = (context, v) => {
    dialogs.paint(context, v);
    if (editor.decoder.frame?.region) drawRegion(context, editor.decoder.frame, v, readPalette(stage.host));
    editor.tools.armed.paint?.(context, v);
    if (stage.pointer && session.state.loupe) {
      if (paintLoupe) paintLoupe(context, stage, stage.pointer);
      else
        void loupe().then(
          () => stage.invalidate('overlay'),
          () => undefined,
        );
    }
  };
  stage.host.addEventListener('pointermove', (event) => {
    const rect = stage.host.getBoundingClientRect();
    stage.pointer = { x: event.clientX - rect.left, y: event.clientY - rect.top };
    status.showCursor(toImage(stage.viewport, stage.pointer));
    if (session.state.loupe) stage.invalidate('overlay');
  });
  stage.host.addEventListener('pointerleave', () => {
    stage.pointer = null;
    status.showCursor(null);
  });
  editor.decoder.onStatus(() => stage.invalidate('overlay'));
  session.on((changed) => {
    if (changed.has('loupe')) stage.invalidate('overlay');
  });
  editor.image.on(() => {
    // Once the image is known, the prompt kept for it waits to be taken up: no reset between here and 'ready'.
    if (editor.image.phase === 'loading' && !editor.image.info)
      for (const id of /** @type {const} */ (['smart', session.state.tool])) editor.tools.get(id).reset?.();
    if (editor.image.phase === 'ready') editor.tools.armed.enter?.();
  });
}

/** @param {AppParts} parts */
function createEditor({ config, session, stage, image, store, decoder, suggestions, outbox, perform }) {
  const toasts = createToasts();
  /** @type {Omit<Editor, 'tools'>} */
  const base = {
    config,
    labels: config.project.labels,
    canEdit: EDITORS.has(config.role),
    session,
    stage,
    image,
    store,
    decoder,
    suggestions,
    outbox,
    objects: createObjects({ store, session, image, config, perform }),
    notify: toasts.show,
    run: () => undefined,
  };
  const editor = /** @type {Editor} */ (base);
  return { editor: Object.assign(editor, { tools: createTools(editor) }), toasts };
}
