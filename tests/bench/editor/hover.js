/** In the page: milliseconds to draw one hover preview in a window of width × height, by the processor and, if `gl`, by
 *  WebGL2. The mask covers about a quarter of the window, as when the thing under the pointer fills the photo. */
async ({ width, height, gl, rounds }) => {
  const { paint, trace } = await import('/static/app/view/layers/candidate_path.js');
  const { CandidateGl } = await import('/static/app/view/layers/candidate_gl.js');
  const { positiveBox } = await import('/static/app/view/upsample.js');
  const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const SIDE = 256;
  const image = [width * 2, height * 2];
  const shrink = 1024 / Math.max(...image);
  const frame = {
    width: image[0], height: image[1], inputSize: 1024, maskSize: SIDE,
    scaledWidth: Math.round(image[0] * shrink), scaledHeight: Math.round(image[1] * shrink),
  };
  const v = { scale: 0.5, x: 0, y: 0, width, height, imageWidth: image[0], imageHeight: image[1] };
  const shape = () => Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [(i % SIDE) - 128, Math.floor(i / SIDE) - 76];
    return 56 + 9 * Math.sin(Math.atan2(y, x) * 9) - Math.hypot(x, y);
  });
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const scratch = new OffscreenCanvas(width, height);
  const context = scratch.getContext('2d', { willReadFrequently: true });
  const card = gl ? new CandidateGl(canvas) : null;
  const times = { processor: [], card: [] };
  for (let round = -1; round < rounds; round++) {
    const item = { logits: shape(), frame, threshold: 0, color: '#4c9fff', kind: 'hover' };
    const began = performance.now();
    const extent = positiveBox(item.logits, frame, 0);
    const traced = trace(item, extent, [0, 0, ...image], v.scale);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    paint(context, traced, item, v, 1);
    context.getImageData(0, 0, 1, 1);
    const between = performance.now();
    card?.draw(item, extent, v, 1);
    card?.finish();
    if (round >= 0) times.processor.push(between - began);
    if (round >= 0) times.card.push(performance.now() - between);
  }
  return { processor: median(times.processor), card: card ? median(times.card) : null, device: card?.device ?? '' };
}
