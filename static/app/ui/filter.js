/** The object list's filter: text at once, label, stage and state when they are asked for. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { createEmitter } from '../core/events.js';
import { later } from '../core/later.js';
import { h, iconButton } from './dom.js';

const choices = later(() => import('./filter_choices.js'));

/** @param {Editor} editor */
export function createFilter(editor) {
  /** @type {ReturnType<typeof createEmitter<void>>} */
  const changes = createEmitter();
  const text = h('input', {
    class: 'input panel-search',
    type: 'search',
    placeholder: 'Filter objects',
    'aria-label': 'Filter objects by label, author or attribute',
    oninput: () => changes.emit(),
  });
  const more = h('div', { class: 'filter-more', hidden: true });
  /** @type {(annotation: Annotation) => boolean} */
  let chosen = () => true;
  const toggle = iconButton(
    'sliders-horizontal',
    'More filters',
    async () => {
      const { addChoices } = await choices();
      // Only now: it may have been pressed again meanwhile.
      if (more.childElementCount === 0) chosen = addChoices(editor, more, changes.emit);
      more.hidden = !more.hidden;
      toggle.setAttribute('aria-expanded', String(!more.hidden));
    },
    { 'aria-expanded': 'false' },
  );

  return {
    element: h('div', { class: 'filter' }, h('div', { class: 'filter-row' }, text, toggle), more),
    on: changes.on,
    /** @param {Annotation} annotation */
    matches(annotation) {
      const label = editor.labels.find(({ id }) => id === annotation.label)?.name ?? '';
      return matchesText(annotation, label, text.value) && chosen(annotation);
    },
  };
}

/** @param {Annotation} annotation @param {string} label @param {string} query */
export function matchesText(annotation, label, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const hay = [label || 'no label', annotation.author?.name ?? '', ...Object.entries(annotation.attributes).flat()]
    .join(' ')
    .toLowerCase();
  return words.every((word) => hay.includes(word));
}
