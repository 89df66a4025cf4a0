/** One picture of the privacy review: drag a region to cover it, take one back. */
import { pageData } from './dom.js';
import { onSubmit } from './forms.js';
import { client } from './http.js';
import { toastError } from './toast.js';

const config = pageData('page-config');
const picture = document.querySelector('[data-picture]');
const drawn = document.querySelector('[data-drawn]');
const form = document.querySelector('[data-cover]');
const NAMES = /** @type {const} */ (['x', 'y', 'width', 'height']);

/** @param {string} name */
function field(name) {
  const input = form instanceof HTMLFormElement ? form.elements.namedItem(name) : null;
  if (!(input instanceof HTMLInputElement)) throw new Error(`no field ${name}`);
  return input;
}

function drawBox() {
  for (const name of NAMES) drawn?.setAttribute(name, String(Math.max(0, Number(field(name).value))));
}

/**
 * A pointer's place in pixels of the picture, within it.
 * @param {SVGSVGElement} svg @param {PointerEvent} event
 */
function place(svg, event) {
  const matrix = svg.getScreenCTM()?.inverse();
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
  return {
    x: Math.min(Math.max(point.x, 0), Number(config.width)),
    y: Math.min(Math.max(point.y, 0), Number(config.height)),
  };
}

if (picture instanceof SVGSVGElement) {
  /** @type {{x: number, y: number} | null} */
  let from = null;
  picture.addEventListener('pointerdown', (event) => {
    from = place(picture, event);
    picture.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  picture.addEventListener('pointermove', (event) => {
    if (!from) return;
    const to = place(picture, event);
    const [left, top] = [Math.floor(Math.min(from.x, to.x)), Math.floor(Math.min(from.y, to.y))];
    field('x').value = String(left);
    field('y').value = String(top);
    field('width').value = String(Math.max(1, Math.ceil(Math.max(from.x, to.x)) - left));
    field('height').value = String(Math.max(1, Math.ceil(Math.max(from.y, to.y)) - top));
    drawBox();
  });
  for (const kind of ['pointerup', 'pointercancel'])
    picture.addEventListener(kind, () => {
      from = null;
    });
}

if (form instanceof HTMLFormElement) {
  form.addEventListener('input', drawBox);
  onSubmit(form, async ({ x, y, width, height }) => {
    await client.post(`images/${config.image}/covered/`, {
      x: Number(x),
      y: Number(y),
      width: Number(width),
      height: Number(height),
    });
    location.reload();
  });
}

for (const button of document.querySelectorAll('[data-take-back]')) {
  button.addEventListener('click', () => {
    const id = button.getAttribute('data-take-back');
    client.post(`covered/${id}/take-back/`, undefined).then(() => location.reload(), toastError);
  });
}
