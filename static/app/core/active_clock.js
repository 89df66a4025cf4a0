/** Time at work: a clock that leaves out the pauses in which nobody did anything. What an object's `seconds` are measured
 *  with, so that a lunch break in the middle of a polygon is not the price of a mask. Pure. */

/** A pause longer than this is no work, and none of it counts (milliseconds). */
export const IDLE_MS = 30_000;

export class ActiveClock {
  #worked = 0;
  #last;

  /** @param {() => number} [now] milliseconds */
  constructor(now = () => performance.now()) {
    this.clock = now;
    this.#last = now();
  }

  /** A pointer moved, a key was pressed. */
  touch() {
    this.#worked += this.#pause();
    this.#last = this.clock();
  }

  /** Milliseconds at work so far. */
  now() {
    return this.#worked + this.#pause();
  }

  #pause() {
    const pause = this.clock() - this.#last;
    return pause > IDLE_MS ? 0 : pause;
  }
}
