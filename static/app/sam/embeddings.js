/** Embedding blobs: safetensors with int8 channels, checked and turned into float32 planes.
 *
 *  An int8 tensor NAME [1, C, H, W] comes with NAME.scale and NAME.zero [C]; value = (q - zero) · scale. With NAME.mix
 *  [P, C] and NAME.mean [C] it is P planes of principal components instead (sam_backend/principal.py). float16 and float32
 *  tensors come alone. The metadata says which encoder made it, so that a decoder can refuse a stranger's. */
/** @import { ModelManifest } from '../types.js' */

/** @typedef {{ dtype: string, shape: number[], data_offsets: [number, number] }} Entry */
/** @typedef {{ dims: number[], data: Float32Array }} Plane */
/** @typedef {{ planes: Record<string, Plane>, metadata: Record<string, string> }} EmbeddingBlob */

const FORMATS = ['maskwright-embedding/1', 'maskwright-embedding/2'];
const BYTES = /** @type {Record<string, number>} */ ({ I8: 1, F16: 2, F32: 4 });

/** An embedding that cannot be used; the message is a sentence. */
export class EmbeddingError extends Error {}

/** Parses a blob. Throws EmbeddingError when it is damaged, of another format or of another encoder.
 *  @param {ArrayBuffer} buffer @param {ModelManifest} manifest @returns {EmbeddingBlob} */
export function parseEmbedding(buffer, manifest) {
  const { entries, metadata, start } = readHeader(buffer);
  if (!FORMATS.includes(metadata.format ?? '')) {
    throw new EmbeddingError(
      `The photo's embedding has the format "${metadata.format ?? 'unknown'}"; ${FORMATS.join(' or ')} was expected. Reload the page.`,
    );
  }
  if (metadata.encoder_sha256 !== manifest.encoder_sha256) {
    throw new EmbeddingError(
      'The photo was prepared with another model than the one that is loaded. Reload the page to fetch the right one.',
    );
  }
  const planes = Object.fromEntries(
    manifest.embedding.map(({ name, shape }) => {
      const entry = entries[name];
      if (!entry || shapeOf(entry, entries[`${name}.mix`]).join() !== shape.join()) {
        throw new EmbeddingError(`The photo's embedding lacks the tensor "${name}" of shape ${shape.join(' × ')}.`);
      }
      return [name, { dims: shape, data: toFloats(name, entries, buffer, start) }];
    }),
  );
  return { planes, metadata };
}

/** @param {ArrayBuffer} buffer @returns {{ entries: Record<string, Entry>, metadata: Record<string, string>, start: number }} */
function readHeader(buffer) {
  const damaged = new EmbeddingError(
    "The photo's embedding is damaged. Reload the page; if it stays so, prepare the photo again.",
  );
  if (buffer.byteLength < 8) throw damaged;
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  if (length > buffer.byteLength - 8) throw damaged;
  try {
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
    const { __metadata__: metadata = {}, ...entries } = header;
    return { entries, metadata, start: 8 + length };
  } catch {
    throw damaged;
  }
}

/** Of the tensor that an entry stands for. @param {Entry} entry @param {Entry | undefined} mix */
function shapeOf({ shape }, mix) {
  return mix && mix.shape[0] === shape[1] ? shape.with(1, mix.shape[1] ?? 0) : shape;
}

/** @param {string} name @param {Record<string, Entry>} entries @param {ArrayBuffer} buffer @param {number} start @returns {Float32Array} */
function toFloats(name, entries, buffer, start) {
  const entry = /** @type {Entry} */ (entries[name]);
  const bytes = sliceOf(name, entry, buffer, start);
  if (entry.dtype === 'F32') return new Float32Array(bytes);
  if (entry.dtype === 'F16') return fromHalf(new Uint16Array(bytes));
  /** @param {string} part */
  const read = (part) => {
    const own = entries[`${name}.${part}`];
    if (!own) throw new EmbeddingError(`The photo's embedding lacks "${name}.${part}".`);
    return sliceOf(`${name}.${part}`, own, buffer, start);
  };
  const floats = dequantise(new Int8Array(bytes), new Float32Array(read('scale')), new Float32Array(read('zero')));
  if (!entries[`${name}.mix`]) return floats;
  const cells = entry.shape.slice(2).reduce((product, side) => product * side, 1);
  return combine(floats, fromHalf(new Uint16Array(read('mix'))), new Float32Array(read('mean')), cells);
}

/** An aligned copy of one tensor's bytes. @param {string} name @param {Entry} entry @param {ArrayBuffer} buffer @param {number} start */
function sliceOf(name, entry, buffer, start) {
  const [from, to] = entry.data_offsets;
  const expected = entry.shape.reduce((product, side) => product * side, 1) * (BYTES[entry.dtype] ?? NaN);
  if (to - from !== expected || start + to > buffer.byteLength) {
    throw new EmbeddingError(
      `The tensor "${name}" of the photo's embedding is cut short or of an unknown kind (${entry.dtype}).`,
    );
  }
  return buffer.slice(start + from, start + to);
}

/** Int8 [C × P] with per-channel scale and zero point to float32.
 *  @param {Int8Array} values @param {Float32Array} scale @param {Float32Array} zero @returns {Float32Array} */
export function dequantise(values, scale, zero) {
  const floats = new Float32Array(values.length);
  const plane = values.length / scale.length;
  for (let channel = 0; channel < scale.length; channel++) {
    const factor = /** @type {number} */ (scale[channel]);
    const shift = /** @type {number} */ (zero[channel]);
    const end = (channel + 1) * plane;
    for (let index = channel * plane; index < end; index++) {
      const step = /** @type {number} */ (values[index]);
      floats[index] = (step - shift) * factor;
    }
  }
  return floats;
}

/** Channels of principal components: channel c is mean[c] + the sum over p of mix[p, c] times plane p.
 *  @param {Float32Array} planes [P, cells] @param {Float32Array} mix [P, C] @param {Float32Array} mean [C]
 *  @param {number} cells @returns {Float32Array} [C, cells] */
function combine(planes, mix, mean, cells) {
  const channels = mean.length;
  const last = mix.length / channels - 1;
  const result = new Float32Array(channels * cells);
  for (let channel = 0; channel < channels; channel++) {
    const out = result.subarray(channel * cells, (channel + 1) * cells).fill(/** @type {number} */ (mean[channel]));
    for (let first = 0; first <= last; first += 4) {
      const four = [first, first + 1, first + 2, first + 3];
      const weights = four.map((plane) => mix[plane * channels + channel] ?? 0);
      const starts = four.map((plane) => Math.min(plane, last) * cells);
      addFour(out, planes, starts, weights);
    }
  }
  return result;
}

/** Four planes a pass: reading and writing the channel is what takes the time.
 *  @param {Float32Array} out @param {Float32Array} planes @param {number[]} starts @param {number[]} weights */
function addFour(out, planes, [a = 0, b = 0, c = 0, d = 0], [p = 0, q = 0, r = 0, s = 0]) {
  for (let cell = 0; cell < out.length; cell++) {
    const sum = p * (planes[a++] ?? 0) + q * (planes[b++] ?? 0) + r * (planes[c++] ?? 0) + s * (planes[d++] ?? 0);
    out[cell] = (out[cell] ?? 0) + sum;
  }
}

/** IEEE half precision to float32, through a table of all 65,536 values made once.
 *  @param {Uint16Array} halves @returns {Float32Array} */
export function fromHalf(halves) {
  halfTable ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToNumber(bits));
  const table = halfTable;
  const floats = new Float32Array(halves.length);
  for (let index = 0; index < halves.length; index++) {
    floats[index] = /** @type {number} */ (table[/** @type {number} */ (halves[index])]);
  }
  return floats;
}

/** @type {Float32Array | undefined} */
let halfTable;

/** @param {number} bits */
function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
