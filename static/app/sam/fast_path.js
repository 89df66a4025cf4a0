/** The fast decoder: `prepare` once per image, `decode_fast` once per prompt, exactly the plain decoder's answer.
 *
 *  Long prompts take the plain graph, which is quicker there. Where cancellation would cost digits the fast graph says so
 *  itself (`guard`), and the plain graph answers again. The rules are those of sam_backend/onnx/fast/runtime.py. */
/** @import * as Ort from 'onnxruntime-web' */
/** @import { ModelManifest } from '../types.js' */

/** Tokens before the prompt's own: one for the IoUs, four for the masks. */
const OUTPUT_TOKENS = 5;
/** When the manifest does not say: see the measurements in runtime.py. */
const MAX_TOKENS = 16;
const MIN_GUARD = 1e-3;

/** @typedef {Record<string, Ort.Tensor>} Tensors */

export class FastPath {
  /** @param {Ort.InferenceSession} prepare @param {Ort.InferenceSession} decode @param {ModelManifest['graphs']} graphs */
  constructor(prepare, decode, graphs) {
    this.sessions = { prepare, decode };
    this.maxTokens = graphs.decode_fast?.max_tokens ?? MAX_TOKENS;
    this.minGuard = graphs.decode_fast?.min_guard ?? MIN_GUARD;
  }

  /** Whether a prompt of so many tokens (padding included) is quicker here. @param {number} tokens */
  takes(tokens) {
    return tokens + OUTPUT_TOKENS <= this.maxTokens;
  }

  /** What depends on the image only. @param {Tensors} planes @returns {Promise<Tensors>} */
  async prepare(planes) {
    return { ...planes, ...await this.sessions.prepare.run(named(planes, this.sessions.prepare.inputNames)) };
  }

  /** Logits and scores, or null when the plain graph has to answer.
   *  @param {Tensors} prepared @param {Tensors} prompt @returns {Promise<Ort.InferenceSession.OnnxValueMapType | null>} */
  async decode(prepared, prompt) {
    const { decode } = this.sessions;
    const outputs = await decode.run(named({ ...prepared, ...prompt }, decode.inputNames));
    const guard = outputs.guard ? Number(outputs.guard.data[0]) : Infinity;
    return guard >= this.minGuard ? outputs : null;  // not a number is too low as well
  }
}

/** Those tensors that a graph asks for. @param {Tensors} tensors @param {readonly string[]} names @returns {Tensors} */
export function named(tensors, names) {
  return Object.fromEntries(names.map((name) => {
    const tensor = tensors[name];
    if (!tensor) throw new Error(`The decoder asks for "${name}", which neither the photo's embedding nor the prompt has.`);
    return [name, tensor];
  }));
}
