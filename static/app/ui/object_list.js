/** The object list. Only rows in sight exist in the DOM, so 5,000 objects scroll like five. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { later } from '../core/later.js';
import { bringIntoSight, toggleFlag } from '../tools/object_verbs.js';
import { h, icon, setText, swatch } from './dom.js';
import { colorOf } from './scene.js';
import { STAGES, initials } from './stages.js';

const ROW = 30;
const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** @type {(list: Element, rows: Element[]) => void} */
let put = (list, rows) => list.replaceChildren(...rows);
later(async () => {
  put = (await import('../dom/update.js')).updateRows;
});

/**
 * @param {Editor} editor
 * @param {{ element: HTMLElement, matches(annotation: Annotation): boolean, on(listener: () => void): void }} filter
 */
export function createObjectList(editor, filter) {
  const total = h('span', { class: 'panel-count' });
  const spacer = h('div', { class: 'object-spacer' });
  const list = h('div', { class: 'object-list', role: 'listbox', tabindex: '0', 'aria-label': 'Objects' }, spacer);
  const element = h(
    'section',
    { class: 'panel-part panel-objects' },
    h('header', { class: 'panel-head' }, h('h2', {}, 'Objects'), total),
    filter.element,
    list,
  );
  /** @type {Annotation[]} */
  let rows = [];
  let anchor = 0;
  let due = 0;

  function queue() {
    if (!due) due = requestAnimationFrame(refill);
  }

  function refill() {
    due = 0;
    const all = editor.objects.ordered().reverse();
    rows = all.filter(filter.matches);
    const some = rows.length < all.length ? `${number.format(rows.length)} of ` : '';
    setText(total, some + number.format(all.length));
    spacer.style.height = `${rows.length * ROW}px`;
    draw();
  }

  function draw() {
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
    const last = Math.min(rows.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + 4);
    const all = { count: rows.length, selected: new Set(editor.session.state.selection), select };
    const shown = rows.slice(first, last).map((annotation, i) => rowOf(editor, annotation, first + i, all));
    // A list of choices must have one.
    list.setAttribute('role', rows.length > 0 ? 'listbox' : 'group');
    if (rows.length > 0) list.setAttribute('aria-multiselectable', 'true');
    else for (const name of ['aria-multiselectable', 'aria-activedescendant']) list.removeAttribute(name);
    put(spacer, rows.length > 0 ? shown : [emptyText(editor)]);
  }

  /** @param {string} id @param {MouseEvent} event */
  function select(id, event) {
    if (event.target instanceof Element && event.target.closest('.row-button')) return;
    const index = rows.findIndex((row) => row.id === id);
    const row = rows[index];
    if (!row) return;
    if (event.detail === 2) bringIntoSight(editor, row);
    if (event.shiftKey) {
      const range = rows.slice(Math.min(anchor, index), Math.max(anchor, index) + 1).map((a) => a.id);
      return editor.session.set({ selection: range });
    }
    anchor = index;
    const { selection } = editor.session.state;
    editor.session.set({ selection: event.ctrlKey || event.metaKey ? toggled(selection, id) : [id] });
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
    const { selection, made } = editor.session.state;
    const index = rows.findIndex(({ id }) => id === (selection[0] ?? made[0]));
    if (index >= 0) {
      const top = index * ROW;
      list.scrollTop = Math.min(top, Math.max(list.scrollTop, top + ROW - list.clientHeight));
      list.setAttribute('aria-activedescendant', `object-${rows[index]?.id}`);
    } else {
      list.removeAttribute('aria-activedescendant');
    }
    draw();
  }

  list.addEventListener('scroll', draw, { passive: true });
  list.addEventListener('contextmenu', (event) => menu(editor, event));
  list.addEventListener('keydown', key);
  new ResizeObserver(draw).observe(list);
  editor.store.subscribe(queue);
  editor.image.on(queue);
  filter.on(refill);
  editor.session.on((changed) => {
    if (changed.has('colorBy')) draw();
    if (changed.has('selection') || changed.has('made')) reveal();
  });
  refill();
  return element;
}

/** @param {Editor} editor @param {MouseEvent} event */
function menu(editor, event) {
  const row = event.target instanceof Element && event.target.closest('.object-row');
  if (!row) return;
  event.preventDefault();
  const id = row.id.replace('object-', '');
  if (!editor.session.state.selection.includes(id)) editor.session.set({ selection: [id] });
  editor.run('object.menu');
}

/**
 * @param {Editor} editor @param {Annotation} annotation @param {number} index
 * @param {{ count: number, selected: Set<string>, select: (id: string, event: MouseEvent) => void }} all
 */
function rowOf(editor, annotation, index, { count, selected, select }) {
  const name = editor.labels.find(({ id }) => id === annotation.label)?.name ?? 'no label';
  const { made } = editor.session.state;
  const [stage, author] = [STAGES[annotation.stage], annotation.author?.name ?? 'unknown'];
  const state = `${annotation.hidden ? ', hidden' : ''}${annotation.locked ? ', locked' : ''}`;
  const element = h(
    'div',
    {
      class: `object-row${annotation.hidden ? ' object-hidden' : ''}${made.includes(annotation.id) ? ' object-made' : ''}`,
      role: 'option',
      id: `object-${annotation.id}`,
      'aria-selected': String(selected.has(annotation.id)),
      'aria-setsize': count,
      'aria-posinset': index + 1,
      title: `${name} · ${number.format(annotation.area)} px · ${stage.name} · ${author}`,
      onclick: (/** @type {MouseEvent} */ event) => select(annotation.id, event),
      onpointerenter: () => editor.session.set({ hovered: annotation.id }),
      onpointerleave: () => editor.session.set({ hovered: null }),
    },
    swatch(colorOf(editor, annotation)),
    h('span', { class: 'truncate grow' }, name),
    h('span', { class: 'visually-hidden' }, state),
    icon(stage.icon, 'icon object-stage'),
    h('span', { class: 'object-author', title: `by ${author}`, 'aria-hidden': 'true' }, initials(author)),
    h('span', { class: 'object-score', title: "The model's own estimate of its IoU" }, score(annotation)),
    h(
      'span',
      { class: 'object-area', title: `${number.format(annotation.area)} pixels` },
      `${compact.format(annotation.area)} px`,
    ),
    ...(editor.canEdit
      ? [flag(editor, annotation, 'hidden', 'eye-off', 'eye'), flag(editor, annotation, 'locked', 'lock', 'lock-open')]
      : []),
  );
  element.style.top = `${index * ROW}px`;
  return element;
}

/**
 * For the pointer only: a row is one control, and the keyboard has H and L for the selected one.
 * @param {Editor} editor @param {Annotation} annotation @param {'hidden' | 'locked'} key @param {string} on @param {string} off
 */
function flag(editor, annotation, key, on, off) {
  const value = annotation[key];
  const verb = key === 'hidden' ? (value ? 'Show' : 'Hide') : value ? 'Unlock' : 'Lock';
  return h(
    'span',
    {
      class: `icon-button row-button${value ? ' row-button-on' : ''}`,
      'aria-hidden': 'true',
      title: `${verb} (${key === 'hidden' ? 'H' : 'L'})`,
      onclick: () => toggleFlag(editor, [annotation], key),
    },
    icon(value ? on : off),
  );
}

/** @param {readonly string[]} ids @param {string} id */
const toggled = (ids, id) => (ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]);

/** @param {Annotation} annotation */
function score({ predicted_iou: value }) {
  return value === null ? '' : `IoU ${value.toFixed(2).replace(/^0/, '')}`;
}

/** @param {Editor} editor */
function emptyText(editor) {
  if (editor.image.phase !== 'ready') return h('div');
  const any = editor.store.all().length > 0;
  const begin = editor.config.model
    ? 'Click an object on the photo, then press a digit to label it.'
    : 'Draw with the brush (B), the polygon (P) or the rectangle (R).';
  return h(
    'div',
    { class: 'panel-empty' },
    icon('mouse-pointer-click', 'icon icon-large'),
    h(
      'p',
      {},
      any
        ? 'No object matches the filter.'
        : editor.canEdit
          ? `Nothing here yet. ${begin}`
          : 'Nothing is annotated on this image yet.',
    ),
  );
}
