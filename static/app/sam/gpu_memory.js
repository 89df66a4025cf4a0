/** Which backend won the trial (gpu_trial.js). */

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
    /** @param {'webgpu' | 'wasm'} winner */
    write(winner) {
      try {
        localStorage.setItem(key, winner);
      } catch {
        // Without storage the trial is held again next time.
      }
    },
  };
}
