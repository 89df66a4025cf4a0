/** Changing over to WebGPU, if it wins its trial (gpu_trial.js) on the image that is open. */
/** @import { LogitFrame, DecoderStatus } from '../types.js' */
/** @import { WorkerDecoder } from './decoder.js' */
/** @import { DecoderHost } from './decoder_host.js' */
/** @import { WorkerImage } from './protocol.js' */

import { TIMEOUT } from './decoder_host.js';
import { trialMemory } from './gpu_memory.js';
import { hasGpu, held, trialPrompt } from './gpu_trial.js';

/** Measures WebGPU against wasm on the open photo and keeps the better one.
 *  @param {WorkerDecoder} decoder @param {{ software?: boolean }} [options] software: also a software renderer counts as a GPU
 *  @returns {Promise<string>} the backend in use */
export async function tryGpu(decoder, { software = false } = {}) {
  const { current, frame, host } = decoder;
  if (!current || !frame) return host.backend;
  const image = decoder.regions.wire(current);
  const { model } = host.options;
  const { switched, gpu } = await switchToGpu(host, {
    image,
    frame,
    software,
    stillOpen: () => decoder.current === current && host.options.model === model,
  });
  if (switched) decoder.opened.clear();
  decoder.news.emit({ kind: 'running', backend: host.running, threads: host.threads, gpu });
  return host.backend;
}

/** Once a browser and model; the outcome is remembered.
 *  @param {DecoderHost} host
 *  @param {{ image: WorkerImage, frame: LogitFrame, software: boolean, stillOpen(): boolean }} ask stillOpen: neither the person has gone on meanwhile nor the model
 *  @returns {Promise<{ switched: boolean, gpu: DecoderStatus['gpu'] }>} whether the host now has another worker, and else
 *  why not */
async function switchToGpu(host, { image, frame, software, stillOpen }) {
  if (host.backend === 'webgpu') return { switched: false, gpu: null };
  const memory = trialMemory(host.options.model.id);
  const [winner, short, detail] = memory.read()?.split('\n') ?? [];
  if (winner === 'wasm') return kept(short, detail);
  if (!software && !(await hasGpu())) return kept('no WebGPU', 'The browser offers WebGPU no graphics card.');
  const link = host.connect('webgpu');
  try {
    await Promise.all([link.started, link.ask('open', { image }, TIMEOUT.start)]);
    const decode = { image: image.id, prompt: trialPrompt(frame) };
    const why = await held(
      () => host.ask('decode', decode, TIMEOUT.work),
      () => link.ask('decode', decode, TIMEOUT.work),
    );
    memory.write(why ? 'wasm' : 'webgpu', ...(why ?? []));
    if (!why && stillOpen()) {
      host.adopt(link, 'webgpu');
      return { switched: true, gpu: null };
    }
    link.end('The trial is over.');
    return why ? kept(...why) : { switched: false, gpu: null };
  } catch (error) {
    link.end('The trial is over.');
    const why = /** @type {const} */ ([
      'WebGPU failed',
      `WebGPU failed in its trial: ${error instanceof Error ? error.message : error}`.replaceAll('\n', ' '),
    ]);
    memory.write('wasm', ...why);
    return kept(...why);
  }
}

/** @param {string} [short] @param {string} [detail] @returns {{ switched: boolean, gpu: DecoderStatus['gpu'] }} */
function kept(short = 'WebGPU not used', detail = 'WebGPU lost its trial on this computer.') {
  return { switched: false, gpu: { short, detail } };
}
