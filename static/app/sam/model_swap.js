/** Another version of the same encoder takes over in an open editor: a worker of its own loads its graphs and opens the
 *  photo beside the working one, which answers until then. Clicks on their way are put to the new one (DecoderHost.persist). */
/** @import { Decoder, LogitFrame, ModelInfo, Uuid } from '../types.js' */
/** @import { WorkerDecoder } from './decoder.js' */

import { DecoderHost, TIMEOUT } from './decoder_host.js';

/** Frames that candidates of an earlier version lie on: opening the photo anew gives those of the next one others.
 *  @type {WeakMap<LogitFrame, Uuid>} */
const earlier = new WeakMap();

/** @param {WorkerDecoder} decoder @param {ModelInfo} model @returns {Promise<void>} rejects with a sentence; the model before
 *  goes on then */
export async function swapModel(decoder, model) {
  const { host, options } = decoder;
  const beside = new DecoderHost({ ...options, model }, { onStart() {}, onCrash() {} });
  const link = beside.connect(host.backend);
  try {
    await link.started;
    if (decoder.current) await link.ask('open', { image: decoder.regions.wire(decoder.current) }, TIMEOUT.open);
  } catch (error) {
    link.end('The new model could not be loaded.');
    throw error;
  }
  await remember(decoder, options.model.id);
  options.model = model;
  host.adopt(link, host.backend);
  decoder.opened.clear();
  decoder.news.emit({ kind: 'running', backend: host.running, threads: host.threads, model: model.name });
}

/** Which version made the masks that are looked at now: who stores one later says so.
 *  @param {WorkerDecoder} decoder @param {Uuid} version */
async function remember(decoder, version) {
  const opened = await Promise.allSettled(decoder.opened.values());
  const frames = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value.frame] : []));
  for (const frame of decoder.frame ? [decoder.frame, ...frames] : frames)
    if (!earlier.has(frame)) earlier.set(frame, version);
  /** @type {Decoder} */ (decoder).modelOf = (candidate) => {
    const frame = decoder.frames.get(candidate);
    return frame && earlier.get(frame);
  };
}
