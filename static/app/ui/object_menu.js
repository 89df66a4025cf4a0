/** The menu of the selected objects: a right click with the select tool or in the object list, the Menu key in every tool. */

/** @import { Point } from '../core/geometry.js' */
/** @import { Command, Editor } from '../editor.js' */
import { shownKey } from '../core/keys.js';
import { boxOf } from '../tools/objects.js';
import { toImage, toScreen } from '../view/viewport.js';
import { h, icon, swatch } from './dom.js';
import { colorOf } from './scene.js';

/** Commands by group; each has its name, keys and whether it may run from the table. */
const GROUPS = [
  ['tool.polygon', 'object.refine', 'object.cleanup', 'object.polygon', 'object.mask'],
  ['object.merge', 'object.split', 'object.subtract'],
  ['object.copy', 'object.duplicate', 'object.propagate', 'object.carry'],
  ['object.front', 'object.back', 'object.hide', 'object.lock'],
  ['object.delete'],
];
const STEPS = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 });
const EDGE = 8;

/** @param {Editor} editor @param {Command[]} commands @param {(command: Command) => string[]} keysOf */
export function createObjectMenu(editor, commands, keysOf) {
  const menu = h('div', {
    class: 'menu',
    role: 'menu',
    popover: 'manual',
    'data-floating': true,
    onkeydown: key,
    oncontextmenu: (/** @type {Event} */ event) => event.preventDefault(),
    onfocusout: (/** @type {FocusEvent} */ event) => {
      if (!(event.relatedTarget instanceof Node && menu.contains(event.relatedTarget))) close();
    },
  });
  const isOpen = () => menu.matches(':popover-open');
  const close = () => {
    if (isOpen()) menu.hidePopover();
  };
  const items = () => /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('[role=menuitem]')]);

  function fill() {
    const objects = editor.objects.selected();
    const [first] = objects;
    const label = editor.labels.find(({ id }) => id === first?.label)?.name ?? 'no label';
    const title = objects.length === 1 ? label : `${objects.length} objects`;
    menu.setAttribute('aria-label', `Actions: ${title}`);
    const fits = (/** @type {string} */ id) =>
      (id !== 'object.merge' || objects.length > 1) &&
      (!['tool.polygon', 'object.mask'].includes(id) || objects.some(({ shape }) => shape)) &&
      (id !== 'tool.polygon' || objects.length === 1) &&
      (id !== 'object.polygon' || objects.some(({ shape }) => !shape));
    const groups = GROUPS.map((ids) => ids.filter(fits)).filter((ids) => ids.length > 0);
    menu.replaceChildren(
      h('p', { class: 'menu-title truncate' }, first && swatch(colorOf(editor, first)), title),
      ...groups.flatMap((ids) => [h('hr', { role: 'separator' }), ...ids.map(item)]),
    );
  }

  /** @param {string} id */
  function item(id) {
    const command = /** @type {Command} */ (commands.find((known) => known.id === id));
    const [first] = keysOf(command);
    return h(
      'button',
      {
        type: 'button',
        class: 'menu-item',
        role: 'menuitem',
        tabindex: '-1',
        'aria-disabled': String(!(command.enabled?.() ?? true)),
        onclick: () => {
          if (!(command.enabled?.() ?? true)) return;
          close();
          command.run();
        },
        onpointermove: (/** @type {Event} */ { currentTarget }) =>
          /** @type {HTMLElement} */ (currentTarget).focus({ preventScroll: true }),
      },
      icon(command.icon),
      h('span', { class: 'grow' }, id === 'tool.polygon' ? 'Edit the corners' : command.name),
      first && h('kbd', {}, shownKey(first)),
    );
  }

  /** Keys of other commands close the menu and do what they always do. @param {KeyboardEvent} event */
  function key(event) {
    const all = items();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = STEPS[event.key];
    if (step) all[(at + step + all.length) % all.length]?.focus();
    else if (event.key === 'Home') all[0]?.focus();
    else if (event.key === 'End') all.at(-1)?.focus();
    else if (['Enter', ' ', 'Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
    else {
      close();
      if (!['Escape', 'Tab', 'ContextMenu'].includes(event.key)) return;
    }
    event.preventDefault();
  }

  // In capture: the photo keeps the pointer to itself.
  window.addEventListener(
    'pointerdown',
    (event) => {
      if (!(event.target instanceof Node && menu.contains(event.target))) close();
    },
    true,
  );
  editor.image.on(close);

  return {
    element: menu,
    show() {
      close();
      fill();
      const { x, y } = placeOf(editor);
      menu.showPopover();
      const zoom = Number(getComputedStyle(menu).zoom) || 1;
      const { width, height } = menu.getBoundingClientRect();
      menu.style.left = `${Math.max(EDGE, Math.min(x, innerWidth - width - EDGE)) / zoom}px`;
      menu.style.top = `${Math.max(EDGE, Math.min(y, innerHeight - height - EDGE)) / zoom}px`;
      items()[0]?.focus();
    },
  };
}

/** At the pointer where it is on a selected object; else at its row, or in the middle of the object. @param {Editor} editor
 *  @returns {Point} in the window */
function placeOf({ stage, objects, session }) {
  const host = stage.host.getBoundingClientRect();
  const [first] = objects.selected();
  const on = stage.pointer && stage.host.matches(':hover') && objects.at(toImage(stage.viewport, stage.pointer));
  if (stage.pointer && on && session.state.selection.includes(on.id))
    return { x: host.left + stage.pointer.x, y: host.top + stage.pointer.y };
  const row = document.querySelector('.object-row:hover') ?? (first && document.getElementById(`object-${first.id}`));
  if (row?.matches(':hover, .object-list:focus *') || !first) {
    const rect = (row ?? stage.host).getBoundingClientRect();
    return { x: rect.left + EDGE, y: rect.bottom };
  }
  const [x0, y0, x1, y1] = boxOf(first);
  const { x, y } = toScreen(stage.viewport, { x: (x0 + x1) / 2, y: (y0 + y1) / 2 });
  const inside = (/** @type {number} */ at, /** @type {number} */ size) => Math.min(Math.max(at, EDGE), size - EDGE);
  return { x: host.left + inside(x, host.width), y: host.top + inside(y, host.height) };
}
