async ({ model, photos }) => {
  const { createSegmenter } = await import('/static/app/sam/segmenter.js');
  window.photos = photos;
  window.said = [];
  window.segmenter = createSegmenter({
    urls: { worker: '/static/app/sam/decoder.worker.js', ort: '/static/vendor/ort/ort.wasm.min.mjs', ortWasm: '/static/vendor/ort/' },
    model, user: 'me', loadImage: async (id) => photos[id],
  });
  window.segmenter.onStatus(({ state, message }) => window.said.push(`${state}: ${message}`));
  window.click = (x, y, label = 1) => ({ points: [{ x, y, label }], box: null, maskLogits: null });
  window.mask = async (prompt, options) => {
    const decoded = await window.segmenter.decode(prompt, options);
    return window.segmenter.toRle(decoded.candidates[decoded.best]);
  };
}
