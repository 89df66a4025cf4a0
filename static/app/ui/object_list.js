/** The object list. Only rows in sight exist in the DOM, so 5,000 objects scroll like five. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { bringIntoSight, toggleFlag } from '../tools/object_verbs.js';
import { h, icon, setText, swatch } from './dom.js';
import { colorOf } from './scene.js';
import { STAGES, initials } from './stages.js';

const ROW = 30;
const DOUBLE_MS = 350;
const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/**
 * @param {Editor} editor
 * @param {{ element: HTMLElement, matches(annotation: Annotation): boolean, on(listener: () => void): void }} filter
 */
export function createObjectList(editor, filter) {
  const total = h('span', { class: 'panel-count' });
  const spacer = h('div', { class: 'object-spacer' });
  const list = h('div', { class: 'object-list', role: 'listbox', tabindex: '0', 'aria-label': 'Objects' }, spacer);
  const element = h('section', { class: 'panel-part panel-objects' }, h('header', { class: 'panel-head' }, h('h2', {}, 'Objects'), total), filter.element, list);
  /** @type {Annotation[]} */
  let rows = [];
  let anchor = 0;
  let lastClick = { id: '', time: -Infinity };
  let queued = false;

  function refill() {
    const all = editor.objects.ordered().reverse();
    rows = all.filter(filter.matches);
    setText(total, rows.length === all.length ? number.format(all.length) : `${number.format(rows.length)} of ${number.format(all.length)}`);
    spacer.style.height = `${rows.length * ROW}px`;
    draw();
  }

  function queue() {
    if (queued) return;
    queued = true;
    requestAnimationFrame(() => { queued = false; refill(); });
  }

  function draw() {
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
    const last = Math.min(rows.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + 4);
    const selected = new Set(editor.session.state.selection);
    const shown = rows.slice(first, last).map((annotation, i) => row(annotation, first + i, selected));
    // A list of choices must have one.
    list.setAttribute('role', rows.length > 0 ? 'listbox' : 'group');
    if (rows.length > 0) list.setAttribute('aria-multiselectable', 'true');
    else for (const name of ['aria-multiselectable', 'aria-activedescendant']) list.removeAttribute(name);
    spacer.replaceChildren(...(rows.length > 0 ? shown : [emptyText(editor)]));
  }

  /** @param {Annotation} annotation @param {number} index @param {Set<string>} selected */
  function row(annotation, index, selected) {
    const name = editor.labels.find(({ id }) => id === annotation.label)?.name ?? 'no label';
    const [stage, author] = [STAGES[annotation.stage], annotation.author?.name ?? 'unknown'];
    const state = [annotation.hidden && 'hidden', annotation.locked && 'locked'].filter(Boolean).map((word) => `, ${word}`).join('');
    const element = h('div', {
      class: `object-row${annotation.hidden ? ' object-hidden' : ''}`, role: 'option', id: `object-${annotation.id}`, 'aria-selected': String(selected.has(annotation.id)),
      'aria-setsize': rows.length, 'aria-posinset': index + 1,
      title: `${name} · ${number.format(annotation.area)} px · ${stage.name} · ${author}`,
      onclick: (/** @type {MouseEvent} */ event) => select(index, event),
      onpointerenter: () => editor.session.set({ hovered: annotation.id }), onpointerleave: () => editor.session.set({ hovered: null }),
    }, swatch(colorOf(editor, annotation)), h('span', { class: 'truncate grow' }, name), state && h('span', { class: 'visually-hidden' }, state),
    icon(stage.icon, 'icon object-stage'), h('span', { class: 'object-author', 'aria-hidden': 'true' }, initials(author)),
    h('span', { class: 'object-score', title: 'Predicted quality' }, score(annotation)),
    h('span', { class: 'object-area' }, number.format(annotation.area)),
    ...(editor.canEdit ? [flag(annotation, 'hidden', 'eye-off', 'eye'), flag(annotation, 'locked', 'lock', 'lock-open')] : []));
    element.style.top = `${index * ROW}px`;
    return element;
  }

  /**
   * For the pointer only: a row is one control, and the keyboard has H and L for the selected one.
   * @param {Annotation} annotation @param {'hidden' | 'locked'} key @param {string} on @param {string} off
   */
  function flag(annotation, key, on, off) {
    const value = annotation[key];
    const verb = key === 'hidden' ? (value ? 'Show' : 'Hide') : value ? 'Unlock' : 'Lock';
    const toggle = () => toggleFlag(editor, [annotation], key);
    return h('span', { class: `icon-button row-button${value ? ' row-button-on' : ''}`, 'aria-hidden': 'true', title: `${verb} (${key === 'hidden' ? 'H' : 'L'})`, onclick: toggle },
      icon(value ? on : off));
  }

  /** @param {number} index @param {MouseEvent} event */
  function select(index, event) {
    if (event.target instanceof Element && event.target.closest('.row-button')) return;
    const row = rows[index];
    if (!row) return;
    const { id } = row;
    // Rows are made anew on every change, so the browser sees no double click; two quick ones on a row are one.
    if (event.timeStamp - lastClick.time < DOUBLE_MS && lastClick.id === id) bringIntoSight(editor, row);
    lastClick = { id, time: event.timeStamp };
    const { selection } = editor.session.state;
    if (event.shiftKey) {
      const range = rows.slice(Math.min(anchor, index), Math.max(anchor, index) + 1).map((a) => a.id);
      editor.session.set({ selection: range });
    } else if (event.ctrlKey || event.metaKey) {
      editor.session.set({ selection: selection.includes(id) ? selection.filter((other) => other !== id) : [...selection, id] });
      anchor = index;
    } else {
      editor.session.set({ selection: [id] });
      anchor = index;
    }
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = rows.findIndex(({ id }) => id === editor.session.state.selection[0]);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    if (!next) return;
    editor.session.set({ selection: [next.id] });
    bringIntoSight(editor, next);
  }

  function reveal() {
    const index = rows.findIndex(({ id }) => id === editor.session.state.selection[0]);
    if (index >= 0) {
      const top = index * ROW;
      if (top < list.scrollTop) list.scrollTop = top;
      else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
      list.setAttribute('aria-activedescendant', `object-${rows[index]?.id}`);
    } else {
      list.removeAttribute('aria-activedescendant');
    }
    draw();
  }

  list.addEventListener('scroll', draw, { passive: true });
  list.addEventListener('keydown', key);
  new ResizeObserver(draw).observe(list);
  editor.store.subscribe(queue);
  editor.image.on(queue);
  filter.on(refill);
  editor.session.on((changed) => {
    if (changed.has('colorBy')) draw();
    if (changed.has('selection')) reveal();
  });
  refill();
  return element;
}

/** @param {Annotation} annotation */
function score({ predicted_iou: value }) {
  return value === null ? '' : value.toFixed(2).replace(/^0/, '');
}

/** @param {Editor} editor */
function emptyText(editor) {
  if (editor.image.phase !== 'ready') return h('div');
  const any = editor.store.all().length > 0;
  const begin = editor.config.model ? 'Click an object on the photo, then press a digit to label it.' : 'Draw with the brush (B), the polygon (P) or the rectangle (R).';
  return h('div', { class: 'panel-empty' }, icon('mouse-pointer-click', 'icon icon-large'),
    h('p', {}, any ? 'No object matches the filter.' : editor.canEdit ? `Nothing here yet. ${begin}` : 'Nothing is annotated on this image yet.'));
}
