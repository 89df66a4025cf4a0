/** The session: armed tool, current label, selection, display choices. */

/** @import { EditorConfig } from '../types.js' */
/** @import { Session, SessionState } from '../editor.js' */
import { createEmitter } from '../core/events.js';

/** @type {SessionState['filters']} */
export const NEUTRAL_FILTERS = { brightness: 1, contrast: 1, gamma: 1, invert: false, channel: 'all' };

/** What a person chose for the display survives the session. @type {(keyof SessionState)[]} */
export const REMEMBERED = [
  'preview',
  'opacity',
  'outlineOnly',
  'colorBy',
  'noOverlap',
  'brushSize',
  'panel',
  'filmstrip',
];

/** @param {EditorConfig} config where the label that a person used last in a project is kept */
const labelKey = ({ project, user }) => `maskwright:label:${project.id}:${user.id}`;

/** The last label of before a reload, while the project has it. @param {EditorConfig} config */
function recallLabel(config) {
  const { labels } = config.project;
  /** @type {string | null} */
  let last = null;
  try {
    last = localStorage.getItem(labelKey(config));
  } catch {
    // Forbidden storage: the first label then.
  }
  return (labels.find(({ id }) => id === last) ?? labels[0])?.id ?? null;
}

/**
 * @param {EditorConfig} config
 * @returns {Session}
 */
export function createSession(config) {
  const remembered = /** @type {Partial<SessionState>} */ (config.preferences.editor ?? {});
  /** @type {SessionState} */
  let state = {
    tool: config.role === 'viewer' ? 'select' : 'smart',
    label: recallLabel(config),
    selection: [],
    made: [],
    hovered: null,
    editing: false,
    replacing: null,
    preview: true,
    opacity: 1,
    outlineOnly: false,
    masksHidden: false,
    colorBy: 'label',
    noOverlap: false,
    brushSize: 24,
    panel: true,
    filmstrip: false,
    loupe: false,
    searching: null,
    filters: NEUTRAL_FILTERS,
    toolTick: 0,
    labelTick: 0,
  };
  for (const key of REMEMBERED) {
    if (typeof remembered[key] === typeof state[key]) state = { ...state, [key]: remembered[key] };
  }
  /** @type {ReturnType<typeof createEmitter<ReadonlySet<keyof SessionState>>>} */
  const changes = createEmitter();

  /** @param {Partial<SessionState>} change */
  function set(change) {
    // Whatever else is taken up, the next digit no longer names the object made last.
    const other = (change.selection || change.tool || change.editing) && state.made.length > 0;
    const patch = other ? { made: [], ...change } : change;
    const keys = /** @type {(keyof SessionState)[]} */ (Object.keys(patch)).filter((key) => patch[key] !== state[key]);
    if (keys.length === 0) return;
    state = { ...state, ...patch };
    changes.emit(new Set(keys));
    if (!patch.label) return;
    try {
      localStorage.setItem(labelKey(config), patch.label);
    } catch {
      // Full or forbidden storage: a reload begins with the first label.
    }
  }

  return {
    get state() {
      return state;
    },
    set,
    on: changes.on,
    tick: () => set({ toolTick: state.toolTick + 1 }),
  };
}
