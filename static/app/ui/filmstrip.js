/** The filmstrip: the project's images as thumbnails; only those in sight exist. */

/** @import { ImageIndexEntry, Uuid } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { imagePath } from '../core/image_path.js';
import { h, icon } from './dom.js';

const CELL = 92;
const PAGE = 200;
/** What is only scrolled past is not asked for. */
const RESTED_MS = 60;

/** @param {Editor} editor @param {(id: Uuid) => void} open */
export function createFilmstrip(editor, open) {
  /** Pages of the list, by number; null while one is on its way. @type {Map<number, readonly ImageIndexEntry[] | null>} */
  const pages = new Map();
  let count = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  const spacer = h('div', { class: 'film-spacer' });
  const element = h(
    'nav',
    { class: 'filmstrip', 'aria-label': 'Images of the project', hidden: true, tabindex: '0' },
    spacer,
  );

  function draw() {
    if (element.hidden) return;
    const { index, info } = editor.image;
    // Images came or went: the others may stand elsewhere now.
    if (index.count !== count) pages.clear();
    count = index.count;
    spacer.style.width = `${index.count * CELL}px`;
    const first = Math.max(0, Math.floor(element.scrollLeft / CELL) - 2);
    const last = Math.min(index.count, Math.ceil((element.scrollLeft + element.clientWidth) / CELL) + 2);
    spacer.replaceChildren(
      ...range(first, last).flatMap((place) => {
        const entry = entryAt(place);
        if (!entry) return [];
        const current = entry.id === info?.id;
        const cell = h(
          'button',
          {
            type: 'button',
            class: 'film-cell',
            'aria-current': current ? 'true' : null,
            title: `${imagePath(entry)} · ${entry.state.replace('_', ' ')}`,
            onclick: () => open(entry.id),
          },
          h('img', { src: entry.thumb, alt: imagePath(entry), loading: 'lazy', draggable: 'false' }),
          entry.state === 'done' && h('span', { class: 'film-done', title: 'Done' }, icon('check')),
        );
        cell.style.left = `${place * CELL}px`;
        return cell;
      }),
    );
    const missing = range(first, last).filter((place) => !entryAt(place));
    clearTimeout(resting);
    if (missing.length > 0)
      resting = setTimeout(
        () => new Set(missing.map((place) => Math.floor(place / PAGE))).forEach(fetchPage),
        RESTED_MS,
      );
  }

  /** The list around the open image is the newest; other pages are the strip's own. @param {number} place */
  const entryAt = (place) => editor.image.index.entry(place) ?? pages.get(Math.floor(place / PAGE))?.[place % PAGE];

  /** A page is asked for once; one that failed, when it next comes in sight. @param {number} page */
  async function fetchPage(page) {
    if (pages.has(page)) return;
    pages.set(page, null);
    try {
      const found = await editor.image.index.ask(`start=${page * PAGE}`);
      pages.set(page, found.results);
      draw();
    } catch {
      pages.delete(page); // said where the open image's neighbours are asked for
    }
  }

  function reveal() {
    const at = editor.image.index.placeOf(editor.image.info?.id);
    if (at >= 0 && !element.hidden) element.scrollLeft = at * CELL - (element.clientWidth - CELL) / 2;
    draw();
  }

  function toggle() {
    element.hidden = !editor.session.state.filmstrip;
    reveal();
  }

  element.addEventListener('scroll', draw, { passive: true });
  element.addEventListener(
    'wheel',
    (event) => {
      element.scrollLeft += event.deltaY;
    },
    { passive: true },
  );
  // Nothing has a width, or can be scrolled, before it is on the page.
  let width = 0;
  new ResizeObserver(() => {
    const before = width;
    width = element.clientWidth;
    if (before === 0) reveal();
    else draw();
  }).observe(element);
  editor.image.on(reveal);
  editor.session.on((changed) => changed.has('filmstrip') && toggle());
  toggle();
  return element;
}

/** @param {number} first @param {number} end */
const range = (first, end) => Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
