/** How the trial (gpu_trial.js) ended: the winner's name, and in further lines why wasm stayed. */

/** Remembered for this browser and model: an outcome does not change from day to day. @param {string} model */
export function trialMemory(model) {
  const key = `maskwright-gpu-trial:${model}`;
  return {
    read() {
      try {
        return localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    /** @param {...string} lines */
    write(...lines) {
      try {
        localStorage.setItem(key, lines.join('\n'));
      } catch {
        // Without storage the trial is held again next time.
      }
    },
  };
}
