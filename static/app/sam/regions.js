/** Parts of a photo that have an embedding of their own: to the decoder each is an image. */
/** @import { ImageInfo, LogitFrame } from '../types.js' */
/** @import { WorkerImage } from './protocol.js' */

import { absolute } from './decoder_host.js';

export class RegionBook {
  constructor() {
    /** @type {Map<string, { whole: ImageInfo, region: NonNullable<LogitFrame['region']> }>} by the part's id */
    this.parts = new Map();
  }

  /** The image for a region [x, y, w, h] in image pixels. @param {ImageInfo} whole @param {[number, number, number, number]} region
   *  @param {string | null} url of its embedding @returns {ImageInfo} */
  part(whole, [x, y, width, height], url) {
    const id = `${whole.id}#${[x, y, width, height].join()}`;
    this.parts.set(id, { whole, region: { x, y, imageWidth: whole.width, imageHeight: whole.height } });
    return { ...whole, id, width, height, embedding: { ...whole.embedding, url } };
  }

  /** The photo that an image is a part of, or itself. @param {ImageInfo} image */
  wholeOf(image) {
    return this.parts.get(image.id)?.whole ?? image;
  }

  /** What the worker needs to know of an image or part. @param {ImageInfo} image @returns {WorkerImage} */
  wire({ id, width, height, embedding }) {
    const region = this.parts.get(id)?.region;
    return {
      id,
      width,
      height,
      ...(region ? { region } : {}),
      embedding: { url: absolute(embedding.url ?? ''), encoder_sha256: embedding.encoder_sha256 },
    };
  }
}
