/** WebGPU's trial waits for a quiet moment after the first photo. */
/** @import { WorkerDecoder } from './decoder.js' */

import { later } from '../core/later.js';

const gpuSwitch = later(() => import('./gpu_switch.js'));
const DELAY = 8000;

/** @param {WorkerDecoder} decoder */
export function tryGpuLater(decoder) {
  let asked = !('gpu' in (globalThis.navigator ?? {}));
  decoder.news.on(({ kind }) => {
    if (asked || kind !== 'ready') return;
    asked = true;
    setTimeout(() => void gpuSwitch().then(({ tryGpu }) => tryGpu(decoder)), DELAY);
  });
}
