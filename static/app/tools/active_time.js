/** The page's clock of time at work; see core/active_clock.js. */
import { ActiveClock } from '../core/active_clock.js';

const clock = new ActiveClock();
if (typeof document !== 'undefined') {
  // Before the tools hear of it: a gesture's start and end must find the pause before them settled.
  for (const type of ['pointerdown', 'pointermove', 'keydown', 'wheel'])
    document.addEventListener(type, () => clock.touch(), { capture: true, passive: true });
}

/** Milliseconds somebody was at work on this page; only differences mean something. */
export function atWork() {
  return clock.now();
}
