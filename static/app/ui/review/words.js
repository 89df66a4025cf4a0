/** What reviews are called and how they are told. Pure. */

/** @import { Difference, Review, Thread } from '../../api/schema.d.ts' */

/** By what the review says of an image: the chip's look, icon and word. */
export const STATES = /** @type {const} */ ({
  waiting: ['chip-accent', 'eye', 'in review'],
  returned: ['chip-warning', 'undo-2', 'returned'],
  accepted: ['chip-positive', 'badge-check', 'accepted'],
});

const STEPS = /** @type {const} */ ([
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
]);

/** "3 minutes ago". @param {string} iso @param {number} [now] milliseconds */
export function ago(iso, now = Date.now()) {
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const step = STEPS.find(([, length]) => Math.abs(seconds) >= length);
  return step ? words.format(Math.trunc(seconds / step[1]), step[0]) : 'just now';
}

/** How the image's review stands, as sentences. @param {Review} review @param {string} me @param {number} [now] */
export function standing(review, me, now = Date.now()) {
  const submitted = review.submitted_by?.name ?? 'Somebody who left';
  const decided = review.decided_by?.name ?? 'Somebody who left';
  const when = review.decided_at ? ago(review.decided_at, now) : '';
  switch (review.review) {
    case 'waiting': {
      const how = review.changed_after
        ? `${submitted} changed it after it was accepted`
        : `Submitted by ${submitted}${review.decided_at ? ' again' : ''}`;
      const hands = review.held_by && review.held_by.id !== me ? ` ${review.held_by.name} is reviewing it.` : '';
      return `${how}, ${review.submitted_at ? ago(review.submitted_at, now) : ''}.${hands}`;
    }
    case 'returned':
      return `Returned by ${decided}, ${when}. Mend it and submit it again.`;
    case 'accepted':
      return `Accepted by ${decided}, ${when}. A change sends it back to review.`;
    default:
      return 'Not in review.';
  }
}

/** What became of an object, in a few words. @param {Difference} one */
export function told(one) {
  if (one.change === 'added') return 'added';
  if (one.change === 'removed') return 'removed';
  const rest = one.fields.filter((name) => name !== 'mask').map((name) => name.replace('_', ' '));
  const mask = one.iou === null ? [] : [`mask, IoU ${one.iou.toFixed(2)}`];
  return `changed: ${[...mask, ...rest].join(', ')}`;
}

/** A comment's text in pieces: plain, or the name of somebody whom it mentions.
 *  @param {string} text @param {readonly { username: string, name: string }[]} mentions
 *  @returns {{ text: string, name?: string }[]} */
export function pieces(text, mentions) {
  const names = new Map(mentions.map(({ username, name }) => [username.toLowerCase(), name]));
  return text.split(/((?<![\w@.])@[\w.+-]*\w)/).flatMap((part) => {
    const name = part.startsWith('@') ? names.get(part.slice(1).toLowerCase()) : undefined;
    return part ? [name ? { text: part, name } : { text: part }] : [];
  });
}

/** Those that are open first, each kind oldest first; numbered in that order of their making.
 *  @param {readonly Thread[]} threads @returns {{ thread: Thread, number: number }[]} */
export function numbered(threads) {
  const rows = threads.map((thread, i) => ({ thread, number: i + 1 }));
  const open = (/** @type {{ thread: Thread }} */ { thread }) => (thread.resolved_at ? 1 : 0);
  return rows.sort((a, b) => open(a) - open(b) || a.number - b.number);
}

/** What a thread is about. @param {Thread} thread */
export function about(thread) {
  if (thread.annotation_deleted) return 'on an object that was deleted';
  if (thread.annotation) return 'on an object';
  if (thread.x !== null && thread.y !== null) return `at ${Math.round(thread.x)}, ${Math.round(thread.y)}`;
  return 'on the image';
}
