/** The object list's filter: text, label, stage, status. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { createEmitter } from '../core/events.js';
import { h, iconButton } from './dom.js';

const STAGES = { '': 'Any stage', assisted_manual: 'By hand', semi_automatic: 'Suggested first', fully_automatic: 'Automatic' };
const FLAGS = { '': 'Any state', locked: 'Locked', hidden: 'Hidden', unlabelled: 'No label', shape: 'Polygons' };

/** @param {Editor} editor */
export function createFilter(editor) {
  /** @type {ReturnType<typeof createEmitter<void>>} */
  const changes = createEmitter();
  const text = h('input', { class: 'input panel-search', type: 'search', placeholder: 'Filter objects', 'aria-label': 'Filter objects by label, author or attribute', oninput: () => changes.emit() });
  const stage = choice('Stage', STAGES);
  const flag = choice('State', FLAGS);
  const more = h('div', { class: 'filter-more', hidden: true }, stage, flag);
  const toggle = iconButton('sliders-horizontal', 'More filters', () => {
    more.hidden = !more.hidden;
    toggle.setAttribute('aria-expanded', String(!more.hidden));
  }, { 'aria-expanded': 'false' });

  /** @param {string} name @param {Record<string, string>} options */
  function choice(name, options) {
    return h('select', { class: 'input', 'aria-label': name, onchange: () => changes.emit() }, ...Object.entries(options).map(([value, label]) => h('option', { value }, label)));
  }

  return {
    element: h('div', { class: 'filter' }, h('div', { class: 'filter-row' }, text, toggle), more),
    on: changes.on,
    /** @param {Annotation} annotation */
    matches(annotation) {
      const label = editor.labels.find(({ id }) => id === annotation.label)?.name ?? '';
      return matchesText(annotation, label, text.value) && (!stage.value || annotation.stage === stage.value) && matchesFlag(annotation, flag.value);
    },
  };
}

/** @param {Annotation} annotation @param {string} label @param {string} query */
export function matchesText(annotation, label, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const hay = [label || 'no label', annotation.author?.name ?? '', annotation.status, ...Object.entries(annotation.attributes).flat()].join(' ').toLowerCase();
  return words.every((word) => hay.includes(word));
}

/** @param {Annotation} annotation @param {string} flag */
export function matchesFlag(annotation, flag) {
  switch (flag) {
    case 'locked': return annotation.locked;
    case 'hidden': return annotation.hidden;
    case 'unlabelled': return annotation.label === null;
    case 'shape': return annotation.shape !== null;
    default: return true;
  }
}
