/** The filmstrip: the project's images as thumbnails; only those in sight exist. */

/** @import { Uuid } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { h, icon } from './dom.js';

const CELL = 92;

/** @param {Editor} editor @param {(id: Uuid) => void} open */
export function createFilmstrip(editor, open) {
  const spacer = h('div', { class: 'film-spacer' });
  const element = h('nav', { class: 'filmstrip', 'aria-label': 'Images of the project', hidden: true, tabindex: '0' }, spacer);

  function draw() {
    if (element.hidden) return;
    const { index, info } = editor.image;
    spacer.style.width = `${index.length * CELL}px`;
    const first = Math.max(0, Math.floor(element.scrollLeft / CELL) - 2);
    const last = Math.min(index.length, Math.ceil((element.scrollLeft + element.clientWidth) / CELL) + 2);
    spacer.replaceChildren(...index.slice(first, last).map((entry, i) => {
      const current = entry.id === info?.id;
      const cell = h('button', { type: 'button', class: 'film-cell', 'aria-current': current ? 'true' : null, title: `${entry.name} · ${entry.state.replace('_', ' ')}`, onclick: () => open(entry.id) },
        h('img', { src: entry.thumb, alt: entry.name, loading: 'lazy', draggable: 'false' }),
        entry.state === 'done' && h('span', { class: 'film-done', title: 'Done' }, icon('check')));
      cell.style.left = `${(first + i) * CELL}px`;
      return cell;
    }));
  }

  function reveal() {
    const at = editor.image.index.findIndex(({ id }) => id === editor.image.info?.id);
    if (at >= 0 && !element.hidden) element.scrollLeft = at * CELL - (element.clientWidth - CELL) / 2;
    draw();
  }

  function toggle() {
    element.hidden = !editor.session.state.filmstrip;
    reveal();
  }

  element.addEventListener('scroll', draw, { passive: true });
  element.addEventListener('wheel', (event) => { element.scrollLeft += event.deltaY; }, { passive: true });
  new ResizeObserver(draw).observe(element);  // nothing has a width before the page is put together
  editor.image.on(reveal);
  editor.session.on((changed) => changed.has('filmstrip') && toggle());
  toggle();
  return element;
}
