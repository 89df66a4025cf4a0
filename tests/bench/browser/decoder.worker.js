/** Times decoder graphs side by side in one worker: every round runs each of them once, so that whatever else the
 *  machine does meets all alike; ratios are the median of the rounds' own ratios. */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Repeatable numbers between -1 and 1. */
function random(length, seed) {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 2;
  });
}

async function startRuntime(runtime, threads) {
  const ort = await import(`${runtime}ort.wasm.min.mjs`);
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = runtime;
  return ort;
}

async function load(ort, url) {
  const bytes = await (await fetch(url)).arrayBuffer();
  return ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
}

function inputs(ort, tokens) {
  const floats = (data, dims) => new ort.Tensor('float32', data, dims);
  return {
    embedding: floats(random(256 * 64 * 64, 1), [1, 256, 64, 64]),
    mask_input: floats(new Float32Array(65536), [1, 1, 256, 256]),
    has_mask_input: floats(Float32Array.of(0), [1]),
    point_coords: floats(random(tokens * 2, 2).map((value) => 512 + 400 * value), [1, tokens, 2]),
    point_labels: floats(Float32Array.from({ length: tokens }, (_, index) => (index === tokens - 1 ? -1 : 1)), [1, tokens]),
  };
}

const feed = (session, tensors) => Object.fromEntries(session.inputNames.map((name) => [name, tensors[name]]));

async function timed(session, tensors) {
  const begin = performance.now();
  const outputs = await session.run(feed(session, tensors));
  return [performance.now() - begin, outputs];
}

/** Largest difference of the fast graph's logits, in standard deviations of the plain one's. */
function errorOf(plain, fast) {
  const mean = plain.reduce((sum, value) => sum + value, 0) / plain.length;
  const deviation = Math.sqrt(plain.reduce((sum, value) => sum + (value - mean) ** 2, 0) / plain.length);
  return plain.reduce((most, value, index) => Math.max(most, Math.abs(value - fast[index])), 0) / deviation;
}

async function compare(sessions, tensors, rounds) {
  const times = Object.fromEntries(Object.keys(sessions).map((name) => [name, []]));
  const outputs = {};
  for (let round = -2; round < rounds; round++) {
    for (const [name, session] of Object.entries(sessions)) {
      const [ms, out] = await timed(session, tensors);
      outputs[name] = out;
      if (round >= 0) times[name].push(ms);
    }
  }
  const ratio = (name) => median(times.fast.map((ms, round) => ms / times[name][round]));
  return {
    ms: Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)])),
    ratio: Object.fromEntries(Object.keys(times).map((name) => [name, ratio(name)])),
    error: errorOf(outputs.plain.logits.data, outputs.fast.logits.data),
  };
}

async function measure({ runtime, threads, graphs, tokens, rounds }) {
  const ort = await startRuntime(runtime, threads);
  const { prepare, ...sessions } = graphs;
  for (const name of Object.keys(sessions)) sessions[name] = await load(ort, graphs[name]);
  const preparing = await load(ort, prepare);
  const image = inputs(ort, 2);
  const prepareMs = [];
  for (let round = 0; round < 5; round++) {
    const [ms, prepared] = await timed(preparing, image);
    Object.assign(image, prepared);
    prepareMs.push(ms);
  }
  const prompts = {};
  for (const count of tokens) prompts[count] = await compare(sessions, { ...image, ...pick(inputs(ort, count)) }, rounds);
  return { threads, prepareMs: median(prepareMs), prompts };
}

const pick = ({ point_coords, point_labels }) => ({ point_coords, point_labels });

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ result: await measure(data) });
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};
