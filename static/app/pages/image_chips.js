/** The chips of an image: how far the people are, how many masks, whether a click would work. Same words as _chips.html. */
/** @import {ImageInfo} from '../types.js' */
import { h, icon } from './dom.js';
import { number, plural } from './format.js';
import { client } from './http.js';
import { toastError } from './toast.js';

const STATES = /** @type {const} */ ({
  new: ['', 'circle-dashed', 'New'],
  in_progress: ['chip-accent', 'pencil', 'In progress'],
  done: ['chip-positive', 'check', 'Done'],
});

const REVIEWS = /** @type {const} */ ({
  waiting: ['chip-accent', 'eye', 'In review'],
  returned: ['chip-warning', 'undo-2', 'Returned'],
  accepted: ['chip-positive', 'badge-check', 'Accepted'],
});

/** @param {ImageInfo} image @returns {Node[]} */
export function imageChips(image) {
  // What the review says tells more than how far the work is: returned is in progress, the others are done.
  const [look, picture, word] = image.review === 'none' ? STATES[image.state] : REVIEWS[image.review];
  const chips = [h('span', { class: `chip ${look}` }, icon(picture), word)];
  if (image.annotations) {
    const words = plural(image.annotations, 'mask');
    chips.push(
      h(
        'span',
        { class: 'chip', title: words },
        icon('shapes'),
        number(image.annotations),
        h('span', { class: 'visually-hidden' }, ' masks'),
      ),
    );
  }
  return [...chips, ...embeddingChips(image)];
}

/** @param {ImageInfo} image */
function embeddingChips({ id, name, embedding }) {
  if (embedding.state === 'queued')
    return [h('span', { class: 'chip', title: embedding.message }, icon('clock'), 'Waiting')];
  if (embedding.state === 'running')
    return [h('span', { class: 'chip' }, icon('loader-circle', 'spinner'), 'Preparing')];
  if (embedding.state !== 'failed') return [];
  const again = () => {
    client.post(`images/${id}/embed/`, {}).catch(toastError);
  };
  return [
    h('span', { class: 'chip chip-negative', title: embedding.message }, icon('triangle-alert'), 'Not prepared'),
    h(
      'button',
      {
        type: 'button',
        class: 'button button-plain button-icon button-small',
        title: 'Prepare it again',
        'aria-label': `Prepare ${name} again`,
        onclick: again,
      },
      icon('rotate-ccw'),
    ),
  ];
}
