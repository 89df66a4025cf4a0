/** After a crash the photo is opened in a new worker, also with nobody waiting for an answer: the next click finds it warm. */
/** @import { WorkerDecoder } from './decoder.js' */

import { DecoderError } from './worker_link.js';

/** @param {WorkerDecoder} decoder */
export function recover(decoder) {
  let crashed = false;
  let restarting = false;

  decoder.news.on((news) => {
    if (news.kind === 'lost') {
      console.warn(news.sentence);
      crashed = true;
      void restart();
    } else if (news.kind === 'held' && crashed && decoder.status.state !== 'failed') {
      crashed = false;
      decoder.news.emit({ kind: 'recovered' });
    }
  });

  async function restart() {
    if (restarting) return;
    restarting = true;
    while (crashed && decoder.current && !decoder.host.gaveUp) {
      try {
        await decoder.hold(decoder.current.id);
      } catch (error) {
        if (error instanceof DecoderError && error.code === 'crashed') continue;
        crashed = false;
        decoder.news.emit({ kind: 'failed', error });
      }
    }
    restarting = false;
  }
}
