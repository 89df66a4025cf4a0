/** The fast decoder: `prepare` once per image, `decode_fast` once per prompt, exactly the plain decoder's answer.
 *
 *  Long prompts take the plain graph, which is quicker there. Where cancellation would cost digits the fast graph says so
 *  itself (`guard`), and the plain graph answers again. The rules are those of sam_backend/sessions/fast.py. */
/** @import * as Ort from 'onnxruntime-web' */
/** @import { LogitFrame, ModelManifest } from '../types.js' */

/** Tokens before the prompt's own: one for the IoUs, four for the masks. */
const OUTPUT_TOKENS = 5;
/** When the manifest does not say: see the measurements in runtime.py. */
const MAX_TOKENS = 16;
const MIN_GUARD = 1e-3;

/** Logits beyond the picture's last cell that count: the upsampling reads one of them, a model's smoothing two. */
const REACH = 3;

/** @typedef {Record<string, Ort.Tensor>} Tensors */
/** What a picture was prepared to: all of it, and only as much as its own part of the padded square needs.
 *  @typedef {{ whole: Tensors, shown: Tensors }} Prepared */

export class FastPath {
  /** @param {Ort.InferenceSession} prepare @param {Ort.InferenceSession} decode @param {ModelManifest['graphs']} graphs */
  constructor(prepare, decode, graphs) {
    this.sessions = { prepare, decode };
    this.maxTokens = graphs.decode_fast?.max_tokens ?? MAX_TOKENS;
    this.cells = graphs.decode_fast?.cells ?? [];
    this.minGuard = graphs.decode_fast?.min_guard ?? MIN_GUARD;
  }

  /** Whether a prompt of so many tokens (padding included) is quicker here. @param {number} tokens */
  takes(tokens) {
    return tokens + OUTPUT_TOKENS <= this.maxTokens;
  }

  /** What depends on the image only. @param {Tensors} planes @param {LogitFrame} frame @returns {Promise<Prepared>} */
  async prepare(planes, frame) {
    const whole = { ...planes, ...(await this.sessions.prepare.run(named(planes, this.sessions.prepare.inputNames))) };
    const cut = this.cells.map((name) => [name, shownOf(/** @type {Ort.Tensor} */ (whole[name]), frame)]);
    return { whole, shown: { ...whole, ...Object.fromEntries(cut) } };
  }

  /** Logits and scores, or null when the plain graph has to answer.
   *  @param {Tensors} prepared @param {Tensors} prompt @returns {Promise<Ort.InferenceSession.OnnxValueMapType | null>} */
  async decode(prepared, prompt) {
    const { decode } = this.sessions;
    const outputs = await decode.run(named({ ...prepared, ...prompt }, decode.inputNames));
    const guard = outputs.guard ? Number(outputs.guard.data[0]) : Infinity;
    return guard >= this.minGuard ? outputs : null; // not a number is too low as well
  }
}

/** A tensor over the grid's cells [grid, grid, ..] without the rows and columns that are padding only: two thirds of a
 *  wide photo's are not. Upscaling them is most of a decode. @param {Ort.Tensor} tensor @param {LogitFrame} frame */
function shownOf(tensor, frame) {
  const [grid = 0, , ...rest] = tensor.dims;
  const rows = cellsShown(frame.scaledHeight, grid, frame);
  const columns = cellsShown(frame.scaledWidth, grid, frame);
  const width = tensor.size / grid;
  const data = /** @type {Float32Array} */ (tensor.data).subarray(0, rows * width);
  const cut = columns === grid ? data : cutColumns(data, rows, width, (width / grid) * columns);
  const Tensor = /** @type {typeof Ort.Tensor} */ (tensor.constructor);
  return new Tensor('float32', cut, [rows, columns, ...rest]);
}

/** Cells along an axis whose logits the picture's pixels are mixed from.
 *  @param {number} scaled @param {number} grid @param {Pick<LogitFrame, 'inputSize' | 'maskSize'>} frame */
export function cellsShown(scaled, grid, { inputSize, maskSize }) {
  const last = Math.floor((scaled - 0.5) * (maskSize / inputSize) - 0.5);
  return Math.min(grid, Math.ceil((last + 1 + REACH) / (maskSize / grid)));
}

/** @param {Float32Array} data @param {number} rows @param {number} from values a row @param {number} to */
function cutColumns(data, rows, from, to) {
  const cut = new Float32Array(rows * to);
  for (let row = 0; row < rows; row++) cut.set(data.subarray(row * from, row * from + to), row * to);
  return cut;
}

/** Those tensors that a graph asks for. @param {Tensors} tensors @param {readonly string[]} names @returns {Tensors} */
export function named(tensors, names) {
  return Object.fromEntries(
    names.map((name) => {
      const tensor = tensors[name];
      if (!tensor)
        throw new Error(`The decoder asks for "${name}", which neither the photo's embedding nor the prompt has.`);
      return [name, tensor];
    }),
  );
}
