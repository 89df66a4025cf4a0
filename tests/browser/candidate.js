/** In the page: the candidate as WebGL2 draws it, held pixel by pixel against the mask that would be committed. */
async () => {
  const { CandidateGl } = await import('/static/app/view/layers/candidate_gl.js');
  const { CandidateLayer } = await import('/static/app/view/layers/candidate.js');
  const { fasterGl } = await import('/static/app/view/layers/candidate_trial.js');
  const { positiveBox } = await import('/static/app/view/upsample.js');
  const { rleFromLogits } = await import('/static/app/sam/postprocess.js');
  const { decode } = await import('/static/app/core/bitmap.js');

  const SIDE = 256;
  const logits = Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return 4 * Math.sin(x / 17) * Math.cos(y / 13) + 2 * Math.sin((x * y) / 900) - 1.2;
  });

  /** @param {number} width @param {number} height */
  const frameOf = (width, height) => {
    const scale = 1024 / Math.max(width, height);
    return {
      width,
      height,
      inputSize: 1024,
      scaledWidth: Math.round(width * scale),
      scaledHeight: Math.round(height * scale),
      maskSize: SIDE,
    };
  };

  /** The scene of a window of 400 × 300 CSS pixels. */
  const sceneOf = ({ width, height, scale, x, y, dpr, threshold = 0, region }) => {
    const frame = { ...frameOf(width, height), ...(region ? { region } : {}) };
    const v = {
      scale,
      x,
      y,
      width: 400,
      height: 300,
      imageWidth: region?.imageWidth ?? width,
      imageHeight: region?.imageHeight ?? height,
    };
    const item = { logits, frame, threshold, color: '#20c040', kind: 'prompt' };
    return { item, extent: positiveBox(logits, frame, threshold), v, dpr };
  };

  const canvasFor = (dpr, width = 400, height = 300) =>
    Object.assign(document.createElement('canvas'), { width: width * dpr, height: height * dpr });

  /** RGBA of a drawing buffer, top row first. */
  const pixelsOf = (gl, { width, height }) => {
    const bottomUp = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bottomUp);
    const rows = new Uint8Array(bottomUp.length);
    for (let y = 0; y < height; y++)
      rows.set(bottomUp.subarray((height - 1 - y) * width * 4, (height - y) * width * 4), y * width * 4);
    return rows;
  };

  function compare(options) {
    const scene = sceneOf(options);
    const { item, extent, v, dpr } = scene;
    const canvas = canvasFor(dpr);
    const drawn = new CandidateGl(canvas);
    drawn.draw(item, extent, v, dpr);
    const shown = pixelsOf(drawn.gl, canvas);
    drawn.gl.bindFramebuffer(drawn.gl.FRAMEBUFFER, drawn.buffer);
    const field = pixelsOf(drawn.gl, canvas);
    const rle = rleFromLogits(item.logits, item.frame, { threshold: item.threshold });
    const bits = decode(rle);
    const [height, width] = rle.size;
    const scale = v.scale * dpr;
    /** Whether the committed mask holds the image pixel at a place of the canvas. */
    const committed = (px, py) => {
      const [x, y] = [
        Math.floor((px - Math.round(v.x * dpr)) / scale),
        Math.floor((py - Math.round(v.y * dpr)) / scale),
      ];
      return x >= 0 && y >= 0 && x < width && y < height && bits[y * width + x] === 1;
    };
    /** The committed values met within `reach` canvas pixels. */
    const around = (px, py, reach) => {
      const step = Math.min(0.25, scale / 2);
      let [on, off] = [false, false];
      for (let dy = -reach; dy <= reach + 1e-9; dy += step) {
        for (let dx = -reach; dx <= reach + 1e-9; dx += step) {
          if (committed(px + dx, py + dy)) on = true;
          else off = true;
          if (on && off) return 'border';
        }
      }
      return on ? 'in' : 'out';
    };
    const found = { inside: 0, outside: 0, wrong: 0, line: 0, stray: 0, gaps: 0 };
    for (let y = 2; y < canvas.height - 2; y++) {
      for (let x = 2; x < canvas.width - 2; x++) {
        const at = (y * canvas.width + x) * 4;
        const inside = field[at] > 127;
        found[inside ? 'inside' : 'outside']++;
        if (inside !== committed(x + 0.5, y + 0.5) && around(x + 0.5, y + 0.5, 0.5) !== 'border') found.wrong++;
        const line = shown[at + 3] === 255 && shown[at + 1] > 150;
        if (line) found.line++;
        if (line && (x + y) % 5 === 0 && around(x + 0.5, y + 0.5, 2 * dpr) !== 'border') found.stray++;
        if (inside !== field[at + 4] > 127 && Math.max(shown[at + 3], shown[at + 7]) < 200) found.gaps++;
      }
    }
    drawn.dispose();
    return found;
  }

  async function lose() {
    const host = document.createElement('div');
    const canvas = canvasFor(1);
    host.append(canvas);
    const layer = new CandidateLayer(canvas);
    const { item, v, dpr } = sceneOf({ width: 300, height: 200, scale: 1, x: 10, y: 10, dpr: 1 });
    const alpha = () =>
      canvas
        .getContext('2d')
        .getImageData(0, 0, 400, 300)
        .data.some((value) => value > 0);
    layer.set(item);
    layer.draw(v, dpr);
    const before = [layer.renderer, alpha()];
    const own = canvasFor(1);
    canvas.after(own);
    const gl = new CandidateGl(own);
    layer.adopt(gl);
    layer.draw(v, dpr);
    const during = [layer.renderer, alpha(), layer.picture === own];
    const gone = new Promise((resolve) => {
      layer.onRenderer(() => resolve(undefined));
    });
    gl.gl.getExtension('WEBGL_lose_context').loseContext();
    await gone;
    layer.draw(v, dpr);
    return { before, during, after: [layer.renderer, alpha(), host.childElementCount] };
  }

  async function chosen() {
    const host = document.createElement('div');
    const canvas = canvasFor(1);
    host.append(canvas);
    const gl = await fasterGl(canvas, sceneOf({ width: 300, height: 200, scale: 1, x: 10, y: 10, dpr: 1 }));
    return { chosen: gl ? 'WebGL2' : '2D', canvases: host.childElementCount };
  }

  window.candidate = { compare, lose, chosen };
};
