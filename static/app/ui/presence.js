/** Who else has this image open. */

/** @import { LiveImage } from '../sync/live.js' */
import { instanceColor, textOn } from '../core/color.js';
import { h } from './dom.js';

/** @param {Element} element @param {Pick<LiveImage, 'people' | 'onPeople'>} live @param {string} me */
export function linkPresence(element, live, me) {
  /** @param {LiveImage['people']} people */
  function show(people) {
    const others = [...new Map(people.filter(({ user }) => user !== me).map((person) => [person.user, person])).values()];
    element.replaceChildren(...others.slice(0, 4).map(({ user, name }) => {
      const chip = h('span', { class: 'person', title: `${name} has this image open too`, role: 'img', 'aria-label': `${name} has this image open too` }, initials(name));
      chip.style.backgroundColor = instanceColor(user);
      chip.style.color = textOn(instanceColor(user));
      return chip;
    }));
  }
  live.onPeople(show);
  show(live.people);
}

/** @param {string} name */
function initials(name) {
  return name.split(/\s+/).map((word) => word[0] ?? '').slice(0, 2).join('').toUpperCase() || '?';
}
