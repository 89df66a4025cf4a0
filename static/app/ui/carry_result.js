/** What came of carrying objects along: one sentence, why it stopped, and the images that need a look. */

/** @import { Uuid } from '../types.js' */
/** @import { Carriage, looksByImage } from '../tools/carry_along.js' */
import { plural, summary } from '../tools/carry_along.js';
import { h, icon } from './dom.js';
import { smallButton } from './popover.js';

const LABELS_SHOWN = 3;

/** @typedef {ReturnType<typeof looksByImage>} Looks */

/**
 * @param {Carriage} found
 * @param {Looks} looks
 * @param {{ open: (image: Uuid) => unknown, again: () => void, close: () => void }} verbs
 */
export function carryResult(found, looks, { open, again, close }) {
  return [
    h('p', {}, summary(found)),
    ...(found.already_there > 0
      ? [h('p', { class: 'muted' }, `${plural(found.already_there, 'object')} had been accepted there already.`)]
      : []),
    ...(found.stopped ? [h('p', { class: 'carry-stop' }, icon('triangle-alert'), ' ', found.stopped.reason)] : []),
    ...(looks.length > 0
      ? [h('h3', {}, 'Needs a look'), h('ul', { class: 'carry-looks' }, ...looks.map((look) => lookRow(look, open)))]
      : []),
    h('div', { class: 'row' }, smallButton('Carry again', again), smallButton('Close', close)),
  ];
}

/** @param {Looks[number]} look @param {(image: Uuid) => unknown} open */
function lookRow({ image, name, labels }, open) {
  const more = labels.length - LABELS_SHOWN;
  return h(
    'li',
    {},
    h(
      'button',
      {
        type: 'button',
        class: 'button button-plain button-small',
        title: `Open ${name}`,
        onclick: () => {
          void open(image);
        },
      },
      icon('image'),
      name,
    ),
    h('span', { class: 'muted' }, `${labels.slice(0, LABELS_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`),
  );
}
