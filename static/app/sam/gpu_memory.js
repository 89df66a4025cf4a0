/** How the trial (gpu_trial.js) ended: remembered for this browser and model, since an outcome does not change from day
 *  to day. */

/** @typedef {{ winner: string | null, short?: string, detail?: string }} Outcome short, detail: why wasm stayed, for the
 *  status line and for who points at it */

/** @param {string} model */
export function trialMemory(model) {
  const key = `maskwright-gpu-trial:${model}`;
  return {
    /** @returns {Outcome} */
    read() {
      try {
        const [winner = null, short, detail] = localStorage.getItem(key)?.split('\n') ?? [];
        return { winner, short, detail };
      } catch {
        return { winner: null };
      }
    },
    /** @param {'webgpu' | 'wasm'} winner @param {string[]} why short, detail */
    write(winner, ...why) {
      try {
        localStorage.setItem(key, [winner, ...why].join('\n'));
      } catch {
        // Without storage the trial is held again next time.
      }
    },
  };
}
