/** Is WebGPU quicker here, and right? Measured once on the real graphs, in a worker of its own beside the working one.
 *
 *  A GPU run has a fixed cost of some 20 ms, so on small decoders wasm often wins; and drivers differ, so the logits are
 *  compared too. Whatever goes wrong, wasm simply stays. */
/** @import { Decoded, LogitFrame, Prompt } from '../types.js' */

const ROUNDS = 5;
/** Must be clearly quicker to be worth the other runtime. */
const QUICKER = 0.8;
/** So much slower in one round that no more are needed. */
const HOPELESS = 4;
/** Largest difference of a logit, in standard deviations of the map. */
const TOLERANCE = 0.02;

/** A real GPU, not a software renderer. @returns {Promise<boolean>} */
export async function hasGpu() {
  const gpu =
    /** @type {{ requestAdapter(): Promise<{ isFallbackAdapter?: boolean, info?: { isFallbackAdapter?: boolean } } | null> } | undefined} */ (
      /** @type {any} */ (globalThis.navigator)?.gpu
    );
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return Boolean(adapter) && !adapter?.isFallbackAdapter && !adapter?.info?.isFallbackAdapter;
}

/** @param {LogitFrame} frame @returns {Prompt} the middle of the picture */
export function trialPrompt({ width, height, region }) {
  const { x, y } = region ?? { x: 0, y: 0 };
  return { points: [{ x: x + width / 2, y: y + height / 2, label: 1 }], box: null, maskLogits: null };
}

/** Is the second decoder, on WebGPU, right and clearly quicker? Both are asked the same in turn.
 *  @param {() => Promise<Decoded>} present @param {() => Promise<Decoded>} candidate
 *  @returns {Promise<[short: string, detail: string] | null>} null: it is; else why not, in a phrase and in a sentence */
export async function held(present, candidate) {
  /** @type {{ present: number[], candidate: number[] }} */
  const ms = { present: [], candidate: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    const [a, b] = [await present(), await candidate()];
    if (!agree(a, b)) return ['WebGPU inexact', 'WebGPU answered a click with other masks than wasm.'];
    if (round === 0) continue; // shaders are compiled in the first
    if (b.ms > HOPELESS * a.ms) return slower(a.ms, b.ms);
    ms.present.push(a.ms);
    ms.candidate.push(b.ms);
  }
  const [wasm, gpu] = [median(ms.present), median(ms.candidate)];
  return gpu < QUICKER * wasm ? null : slower(wasm, gpu);
}

/** @param {number} wasm milliseconds @param {number} gpu @returns {[short: string, detail: string]} */
function slower(wasm, gpu) {
  const what = gpu > wasm ? 'slower' : 'no quicker';
  return [`WebGPU ${what}`, `WebGPU took ${Math.round(gpu)} ms for a click, wasm ${Math.round(wasm)} ms.`];
}

/** @param {Decoded} a @param {Decoded} b */
function agree(a, b) {
  return a.candidates.every(({ logits }, index) => {
    const other = b.candidates[index]?.logits;
    return other !== undefined && largestDifference(logits, other) <= TOLERANCE * deviation(logits);
  });
}

/** @param {Float32Array} a @param {Float32Array} b */
function largestDifference(a, b) {
  return a.reduce((most, value, index) => {
    const difference = Math.abs(value - /** @type {number} */ (b[index]));
    return difference > most || Number.isNaN(difference) ? difference : most;
  }, 0);
}

/** @param {Float32Array} values */
function deviation(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** @param {number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;
}
