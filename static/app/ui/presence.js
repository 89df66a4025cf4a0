/** Who else has this image open. */

/** @import { LiveImage } from '../sync/live.js' */
import { instanceColor } from '../core/color.js';
import { textOn } from '../core/contrast.js';
import { h } from './dom.js';

/** @param {Element} element @param {LiveImage['people']} people @param {string} me */
export function showPeople(element, people, me) {
  const others = [...new Map(people.filter(({ user }) => user !== me).map((person) => [person.user, person])).values()];
  element.replaceChildren(
    ...others.slice(0, 4).map(({ user, name }) => {
      const chip = h(
        'span',
        {
          class: 'person',
          title: `${name} has this image open too`,
          role: 'img',
          'aria-label': `${name} has this image open too`,
        },
        initials(name),
      );
      chip.style.backgroundColor = instanceColor(user);
      chip.style.color = textOn(instanceColor(user));
      return chip;
    }),
  );
}

/** @param {string} name */
function initials(name) {
  return (
    name
      .split(/\s+/)
      .map((word) => word[0] ?? '')
      .slice(0, 2)
      .join('')
      .toUpperCase() || '?'
  );
}
