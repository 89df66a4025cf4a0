/** In the page: the same embedding as our int8 blob and as float32 base64 in JSON, and masks at three picture sizes. */
async ({ blob, json, manifest, logits, rounds }) => {
  const { parseEmbedding } = await import('/static/app/sam/embeddings.js');
  const { rleFromLogits } = await import('/static/app/sam/postprocess.js');
  const { frameOf } = await import('/static/app/sam/prompts.js');
  const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const times = async (work) => {
    const list = [];
    for (let round = -2; round < rounds; round++) {
      const begin = performance.now();
      await work();
      if (round >= 0) list.push(performance.now() - begin);
    }
    return median(list);
  };
  const bytes = await (await fetch(blob)).arrayBuffer();
  const text = await (await fetch(json)).text();
  const decodeJson = async () => {
    const planes = Object.values(JSON.parse(text));
    return Promise.all(planes.map(async (plane) => new Float32Array(Uint8Array.from(atob(plane), (letter) => letter.charCodeAt(0)).buffer)));
  };
  const map = Float32Array.from(logits);
  const bitmapMs = async (frame) => times(() => {
    // The rivals' way: the whole picture as floats, then row by row into a bitmap.
    const picture = new Float32Array(frame.width * frame.height);
    const scaleX = (frame.scaledWidth / frame.width) * (frame.maskSize / frame.inputSize);
    const scaleY = (frame.scaledHeight / frame.height) * (frame.maskSize / frame.inputSize);
    for (let y = 0; y < frame.height; y++) {
      const v = Math.max((y + 0.5) * scaleY - 0.5, 0);
      const top = Math.min(v | 0, frame.maskSize - 2);
      for (let x = 0; x < frame.width; x++) {
        const u = Math.max((x + 0.5) * scaleX - 0.5, 0);
        const left = Math.min(u | 0, frame.maskSize - 2);
        const at = top * frame.maskSize + left;
        const upper = map[at] + (map[at + 1] - map[at]) * (u - left);
        const lower = map[at + frame.maskSize] + (map[at + frame.maskSize + 1] - map[at + frame.maskSize]) * (u - left);
        picture[y * frame.width + x] = upper + (lower - upper) * (v - top);
      }
    }
    return picture.map((value) => (value > 0 ? 1 : 0));
  });
  const masks = [];
  for (const [width, height] of [[1024, 768], [4950, 3300], [12288, 8192]]) {
    const frame = frameOf(width, height, manifest);
    const rle = await times(() => rleFromLogits(map, frame));
    masks.push({ width, height, rle, bitmap: width < 12288 ? await bitmapMs(frame) : null });
  }
  return { blobMs: await times(() => parseEmbedding(bytes, manifest)), jsonMs: await times(decodeJson), masks };
}
