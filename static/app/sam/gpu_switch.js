/** Changing over to WebGPU, if it wins its trial (gpu_trial.js) on the image that is open. */
/** @import { LogitFrame } from '../types.js' */
/** @import { DecoderHost } from './decoder_host.js' */
/** @import { WorkerImage } from './protocol.js' */

import { TIMEOUT } from './decoder_host.js';
import { trialMemory } from './gpu_memory.js';
import { hasGpu, isBetter, trialPrompt } from './gpu_trial.js';

/** Once a browser and model; the outcome is remembered.
 *  @param {DecoderHost} host
 *  @param {{ image: WorkerImage, frame: LogitFrame, software: boolean, stillOpen(): boolean }} ask software: also a software
 *  renderer counts as a GPU; stillOpen: the person has not gone on meanwhile
 *  @returns {Promise<boolean>} whether the host now has another worker */
export async function switchToGpu(host, { image, frame, software, stillOpen }) {
  const memory = trialMemory(host.options.model.id);
  if (host.backend === 'webgpu' || memory.read() === 'wasm') return false;
  if (!software && !await hasGpu()) return false;
  const link = host.connect('webgpu');
  try {
    await Promise.all([link.started, link.ask('open', { image }, TIMEOUT.start)]);
    const prompt = trialPrompt(frame);
    const decode = { image: image.id, prompt };
    const better = await isBetter(() => host.ask('decode', decode, TIMEOUT.work), () => link.ask('decode', decode, TIMEOUT.work));
    memory.write(better ? 'webgpu' : 'wasm');
    if (better && stillOpen()) {
      host.adopt(link, 'webgpu');
      return true;
    }
  } catch {
    memory.write('wasm');
  }
  link.end('The trial is over.');
  return false;
}
