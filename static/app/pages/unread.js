/** How many notices were not read, on the bell. */

/** @param {number} count */
export function showUnread(count) {
  for (const badge of document.querySelectorAll('[data-unread]')) {
    badge.toggleAttribute('hidden', !count);
    const number = badge.querySelector('[data-unread-count]');
    if (number) number.textContent = String(count);
  }
}
