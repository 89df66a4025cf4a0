/** Times decoder graphs side by side in one worker: every round runs each of them once, so that whatever else the
 *  machine does meets all alike; ratios are the median of the rounds' own ratios. */
import { FastPath } from '/static/app/sam/fast_path.js';
import { frameOf } from '/static/app/sam/prompts.js';

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

const fetched = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

async function load(ort, url, lender) {
  const options = { executionProviders: ['wasm'], graphOptimizationLevel: 'all' };
  if (lender) options.externalData = [{ path: lender.split('/').pop(), data: await fetched(lender) }];
  return ort.InferenceSession.create(await fetched(url), options);
}

/** A picture's planes of noise and one prompt. */
function inputs(ort, { planes, size }, tokens) {
  const floats = (data, dims) => new ort.Tensor('float32', data, dims);
  return {
    ...Object.fromEntries(Object.entries(planes).map(([name, dims]) => [name, floats(random(dims.reduce((a, b) => a * b), 1), dims)])),
    mask_input: floats(new Float32Array(65536), [1, 1, 256, 256]),
    has_mask_input: floats(Float32Array.of(0), [1]),
    point_coords: floats(random(tokens * 2, 2).map((value) => size * (0.5 + 0.4 * value)), [1, tokens, 2]),
    point_labels: floats(Float32Array.from({ length: tokens }, (_, index) => (index === tokens - 1 ? -1 : 1)), [1, tokens]),
  };
}

/** A correction: a prompt of so many points with its padding, and the logits that a click before it gave. The plain
 *  decoder makes them, so that all rivals get the same. */
async function correction(ort, [session, tensors], job, points) {
  const click = await session.run(feed(session, { ...tensors, ...pick(inputs(ort, job, 2)) }));
  const previous = click.logits.data.slice(2 * 65536, 3 * 65536);
  return {
    ...pick(inputs(ort, job, points + 1)),
    mask_input: new ort.Tensor('float32', previous, [1, 1, 256, 256]),
    has_mask_input: new ort.Tensor('float32', Float32Array.of(1), [1]),
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

/** `rivals`: name to [session, tensors]. */
async function compare(rivals, prompt, rounds) {
  const times = Object.fromEntries(Object.keys(rivals).map((name) => [name, []]));
  const outputs = {};
  for (let round = -2; round < rounds; round++) {
    for (const [name, [session, tensors]] of Object.entries(rivals)) {
      const [ms, out] = await timed(session, { ...tensors, ...prompt });
      outputs[name] = out;
      if (round >= 0) times[name].push(ms);
    }
  }
  const ratios = (name) => Object.fromEntries(Object.keys(times).map((other) => [other, median(times[name].map((ms, round) => ms / times[other][round]))]));
  return {
    ms: Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)])),
    ratio: Object.fromEntries(Object.keys(times).map((name) => [name, ratios(name)])),
    error: errorOf(outputs.plain.logits.data, outputs.fast.logits.data),
  };
}

async function measure(job) {
  const { runtime, threads, graphs, tokens, rounds, size, cells, lender } = job;
  const ort = await startRuntime(runtime, threads);
  const { prepare, fast, ...others } = graphs;
  const image = inputs(ort, job, 2);
  const rivals = {};
  for (const name of Object.keys(others)) rivals[name] = [await load(ort, graphs[name]), image];
  const sessions = [await load(ort, prepare, lender), await load(ort, fast, lender)];
  const path = new FastPath(...sessions, { decode_fast: { cells } });
  const prepareMs = [];
  let ready = null;
  for (let round = 0; round < 5; round++) {
    const begin = performance.now();
    ready = await path.prepare(image, frameOf(1, 1, manifestOf(size)));
    prepareMs.push(performance.now() - begin);
  }
  rivals.fast = [sessions[1], { ...image, ...ready.whole }];
  for (const [name, [height, width]] of Object.entries(job.hovers)) {
    const { shown } = await path.prepare(image, frameOf(width, height, manifestOf(size)));
    rivals[name] = [sessions[1], { ...image, ...shown }];
  }
  const prompts = {};
  for (const count of tokens) prompts[count] = await compare(rivals, pick(inputs(ort, job, count)), rounds);
  const clicked = Object.fromEntries(Object.entries(rivals).filter(([name]) => !(name in job.hovers)));
  const corrections = {};
  for (const points of job.corrections)
    corrections[points] = await compare(clicked, await correction(ort, rivals.plain, job, points), rounds);
  return { threads, prepareMs: median(prepareMs), prompts, corrections };
}

const manifestOf = (size) => ({ input: { size }, decoder: { point_frame: size, mask_size: 256 } });
const pick = ({ point_coords, point_labels }) => ({ point_coords, point_labels });

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ result: await measure(data) });
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};
