/** A photo with boxes that are clicked on, and new ones that are dragged over it. */
/** @import { Box, Place } from './example_boxes.js' */
import { find, h } from '../dom.js';
import { boxBetween } from './example_boxes.js';

/** @typedef {{ box: Box, name: string, kind: 'like' | 'unlike' | '' }} Mark */

const FAR_PX = 5;
const SAYS = { '': 'no example', like: 'like this', unlike: 'not like this' };

/** @param {{ pick(mark: Mark): void, draw(box: Box): void }} on */
export function createExamplePicture(on) {
  const stage = find('[data-example-picture]', HTMLElement);
  const photo = find('[data-example-photo]', HTMLImageElement, stage);
  let size = { width: 1, height: 1 };
  const ghost = h('div', { class: 'example-ghost', hidden: true });
  stage.append(ghost);

  /** @param {HTMLElement} element @param {Box} box */
  function put(element, [x, y, width, height]) {
    element.style.left = `${(100 * x) / size.width}%`;
    element.style.top = `${(100 * y) / size.height}%`;
    element.style.width = `${(100 * width) / size.width}%`;
    element.style.height = `${(100 * height) / size.height}%`;
  }

  /** @param {PointerEvent} event @returns {Place} */
  function placeOf({ clientX, clientY }) {
    const seen = stage.getBoundingClientRect();
    return {
      x: ((clientX - seen.left) / seen.width) * size.width,
      y: ((clientY - seen.top) / seen.height) * size.height,
    };
  }

  /** @type {{ event: PointerEvent, place: Place } | null} */
  let from = null;
  let dragged = false;
  const between = (/** @type {PointerEvent} */ event) => from && boxBetween(from.place, placeOf(event), size);
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    [from, dragged] = [{ event, place: placeOf(event) }, false];
  });
  stage.addEventListener('pointermove', (event) => {
    if (!from) return;
    const far = Math.hypot(event.clientX - from.event.clientX, event.clientY - from.event.clientY);
    if (!dragged && far < FAR_PX) return;
    if (!dragged) stage.setPointerCapture(event.pointerId);
    dragged = true;
    const box = between(event);
    ghost.hidden = !box;
    if (box) put(ghost, box);
  });
  stage.addEventListener('pointerup', (event) => {
    const box = dragged ? between(event) : null;
    from = null;
    ghost.hidden = true;
    if (box) on.draw(box);
  });
  stage.addEventListener('pointercancel', () => {
    from = null;
    ghost.hidden = true;
  });
  // The end of a drag is no click on what lies there.
  stage.addEventListener(
    'click',
    (event) => {
      if (!dragged) return;
      dragged = false;
      event.stopPropagation();
    },
    true,
  );

  return {
    /** @param {{ src: string, name: string, width: number, height: number }} shown */
    show({ src, name, width, height }) {
      size = { width, height };
      photo.src = src;
      photo.alt = name;
      stage.style.aspectRatio = `${width} / ${height}`;
      stage.style.width = `min(100%, ${(62 * width) / height}vh)`;
    },
    /** Small ones lie on top of large ones. @param {Mark[]} marks */
    mark(marks) {
      const focused = document.activeElement?.getAttribute('data-mark');
      for (const old of stage.querySelectorAll('button')) old.remove();
      const area = (/** @type {Mark} */ { box: [, , width, height] }) => width * height;
      for (const mark of [...marks].sort((a, b) => area(b) - area(a))) {
        const { box, name, kind } = mark;
        const key = `${name} ${box.join(' ')}`;
        const button = h('button', {
          type: 'button',
          class: `example-box ${kind && `example-${kind}`}`,
          'aria-pressed': String(kind !== ''),
          'aria-label': `${name}, ${Math.round(box[2])} × ${Math.round(box[3])} pixels: ${SAYS[kind]}`,
          title: name,
          'data-mark': key,
          onclick: () => on.pick(mark),
        });
        put(button, box);
        stage.append(button);
        if (key === focused) button.focus();
      }
    },
  };
}
