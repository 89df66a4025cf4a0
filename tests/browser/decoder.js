async ({ model, photos }) => {
  const { createDecoder } = await import('/static/app/sam/decoder.js');
  const { tryGpu } = await import('/static/app/sam/gpu_switch.js');
  window.photos = photos;
  window.said = [];
  window.decoder = createDecoder({
    urls: {
      worker: '/static/app/sam/decoder.worker.js',
      ort: '/static/vendor/ort/ort.wasm.min.mjs',
      ortWasm: '/static/vendor/ort/',
    },
    model,
    user: 'me',
    loadImage: async (id) => photos[id],
  });
  window.decoder.onStatus(({ state, message }) => window.said.push(`${state}: ${message}`));
  window.click = (x, y, label = 1) => ({ points: [{ x, y, label }], box: null, maskLogits: null });
  window.tryGpu = (options) => tryGpu(window.decoder, options);
  window.mask = async (prompt, options) => {
    const decoded = await window.decoder.ask(prompt, options);
    return window.decoder.toRle(decoded.candidates[decoded.best]);
  };
};
