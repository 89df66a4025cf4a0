/** The session: armed tool, current label, selection, display choices. */

/** @import { EditorConfig } from '../types.js' */
/** @import { Session, SessionState } from '../editor.js' */
import { createEmitter } from '../core/events.js';

/** @type {SessionState['filters']} */
export const NEUTRAL_FILTERS = { brightness: 1, contrast: 1, gamma: 1, invert: false, channel: 'all' };

/** What a person chose for the display survives the session. @type {(keyof SessionState)[]} */
export const REMEMBERED = ['preview', 'opacity', 'outlineOnly', 'colorBy', 'noOverlap', 'brushSize', 'panel', 'filmstrip'];

/**
 * @param {EditorConfig} config
 * @returns {Session}
 */
export function createSession(config) {
  const remembered = /** @type {Partial<SessionState>} */ (config.preferences['editor'] ?? {});
  /** @type {SessionState} */
  let state = {
    tool: config.role === 'viewer' ? 'select' : 'smart', label: config.project.labels[0]?.id ?? null, selection: [], hovered: null, editing: false, replacing: null,
    preview: true, opacity: 1, outlineOnly: false, masksHidden: false, colorBy: 'label', noOverlap: false, brushSize: 24,
    panel: true, filmstrip: false, loupe: false, searching: null, filters: NEUTRAL_FILTERS, toolTick: 0,
  };
  for (const key of REMEMBERED) {
    if (typeof remembered[key] === typeof state[key]) state = { ...state, [key]: remembered[key] };
  }
  /** @type {ReturnType<typeof createEmitter<ReadonlySet<keyof SessionState>>>} */
  const changes = createEmitter();

  /** @param {Partial<SessionState>} patch */
  function set(patch) {
    const keys = /** @type {(keyof SessionState)[]} */ (Object.keys(patch)).filter((key) => patch[key] !== state[key]);
    if (keys.length === 0) return;
    state = { ...state, ...patch };
    changes.emit(new Set(keys));
  }

  return {
    get state() { return state; },
    set,
    on: changes.on,
    tick: () => set({ toolTick: state.toolTick + 1 }),
  };
}
