/** Comments on the photo: numbered pins at their places and objects, and the click that sets a new one. */

/** @import { Thread } from '../../api/schema.d.ts' */
/** @import { Point } from '../../core/geometry.js' */
/** @import { Editor } from '../../editor.js' */
/** @import { ReviewModel } from './model.js' */
import { insideImage, toImage, toScreen } from '../../view/viewport.js';
import { h } from '../dom.js';

/** @param {Editor} editor @param {ReviewModel} model @param {(thread: string) => void} choose */
export function createPins(editor, model, choose) {
  const { stage } = editor;
  const element = h('div', { class: 'pins' });
  /** @type {{ pin: HTMLElement, at: () => Point | null }[]} */
  let pins = [];
  /** @type {((at: Point) => void) | null} who waits for a place */
  let wanted = null;
  /** @type {Point | null} where a comment is being written */
  let draft = null;

  function draw() {
    pins = model.threads.flatMap((thread, i) => {
      if (thread.resolved_at || (thread.x === null && !thread.annotation)) return [];
      const words = thread.comments[0]?.text ?? '';
      const pin = h(
        'button',
        {
          type: 'button',
          class: 'pin',
          'data-floating': true,
          title: words,
          'aria-label': `Comment ${i + 1}: ${words}`,
          onclick: () => choose(thread.id),
        },
        h('span', {}, i + 1),
      );
      return [{ pin, at: () => placeOf(editor, thread) }];
    });
    if (draft) {
      const place = draft;
      pins.push({ pin: h('span', { class: 'pin pin-draft' }, h('span', {}, '+')), at: () => place });
    }
    element.replaceChildren(...pins.map(({ pin }) => pin));
    move();
  }

  function move() {
    for (const { pin, at } of pins) {
      const place = at();
      pin.hidden = place === null;
      if (!place) continue;
      const { x, y } = toScreen(stage.viewport, place);
      pin.style.left = `${x}px`;
      pin.style.top = `${y}px`;
    }
  }

  element.addEventListener('pointerdown', (event) => {
    if (!wanted) return;
    event.preventDefault();
    event.stopPropagation();
    const rect = stage.host.getBoundingClientRect();
    const at = toImage(stage.viewport, { x: event.clientX - rect.left, y: event.clientY - rect.top });
    const done = wanted;
    place(null);
    if (insideImage(stage.viewport, at)) done(at);
  });

  /** @param {((at: Point) => void) | null} done */
  function place(done) {
    wanted = done;
    element.classList.toggle('placing', done !== null);
  }

  model.on(draw);
  stage.onMove(move);
  editor.store.subscribe(move);
  return {
    element,
    /** The next click on the photo is a place for a comment. @param {(at: Point) => void} done */
    ask: place,
    /** @param {Point | null} at */
    draft(at) {
      draft = at;
      draw();
    },
    /** Where a thread's subject is, null when it is nowhere. */
    placeOf: (/** @type {Thread} */ thread) => placeOf(editor, thread),
  };
}

/** @param {Editor} editor @param {Thread} thread @returns {Point | null} */
function placeOf({ store }, { x, y, annotation }) {
  if (x !== null && y !== null) return { x, y };
  const object = annotation ? store.get(annotation) : undefined;
  if (!object) return null;
  const [left = 0, top = 0, width = 0] = object.bbox;
  return { x: left + width / 2, y: top };
}
