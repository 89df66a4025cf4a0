/** In the page: masks as the canvas draws them, held pixel by pixel against the stored ones. */
async () => {
  const { MaskLayer } = await import('/static/app/view/layers/masks.js');
  const { rleOf, shapeOf } = await import('/static/app/view/shapes.js');
  const { fillPolygon } = await import('/static/app/core/raster.js');
  const { fromRanges } = await import('/static/app/core/runs.js');
  const { decode } = await import('/static/app/core/bitmap.js');

  const SIZE = { width: 240, height: 180 };
  /** @param {(x: number, y: number) => boolean} inside */
  const drawn = (inside) => {
    const ranges = [];
    for (let x = 0; x < SIZE.width; x++)
      for (let y = 0; y < SIZE.height; y++)
        if (inside(x, y)) ranges.push([x * SIZE.height + y, x * SIZE.height + y + 1]);
    return fromRanges(ranges);
  };
  const polygon = (...points) => fillPolygon([points], SIZE);
  const within = (x, y, [x0, y0, x1, y1]) => x >= x0 && y >= y0 && x < x1 && y < y1;
  const SHAPES = {
    house: polygon([30, 160], [30, 80], [110, 20], [190, 80], [190, 160]),
    rectangle: drawn((x, y) => within(x, y, [7, 11, 201, 151])),
    frame: drawn((x, y) => within(x, y, [20, 20, 220, 160]) && !within(x, y, [60, 50, 180, 130])),
    cross: drawn((x, y) => within(x, y, [100, 10, 101, 170]) || within(x, y, [10, 90, 230, 91])),
    comb: drawn((x, y) => within(x, y, [10, 10, 230, 20]) || (within(x, y, [10, 10, 230, 170]) && x % 12 === 0)),
    needle: drawn((x, y) => within(x, y, [10, 60, 60, 120]) || within(x, y, [10, 90, 235, 91])),
    stairs: drawn((x, y) => y > 20 && x + 2 * Math.floor(y / 2) < 190),
    shallow: drawn((x, y) => y > 40 + Math.floor(x / 9) && y < 150),
    disc: drawn((x, y) => Math.hypot(x - 120, y - 90) < 70),
    sieve: drawn((x, y) => within(x, y, [20, 20, 220, 160]) && !(x % 20 === 0 && y % 20 === 0)),
    dots: drawn((x, y) => x % 15 === 0 && y % 15 === 0),
    touching: drawn((x, y) => within(x, y, [20, 20, 100, 80]) || within(x, y, [100, 80, 200, 160])),
  };

  /** Whether the stored mask has both values within a device pixel or so of a place of the canvas. */
  function lookAround(bits, { scale, x, y }, px, py, reach) {
    const step = Math.min(0.9 * scale, 0.5); // no image pixel is stepped over
    let [on, off] = [false, false];
    for (let dy = -reach; dy <= reach + 1e-9; dy += step) {
      for (let dx = -reach; dx <= reach + 1e-9; dx += step) {
        if (Math.hypot(dx, dy) > reach) continue;
        const [column, row] = [Math.floor((px + dx - x) / scale), Math.floor((py + dy - y) / scale)];
        const inside =
          column >= 0 && row >= 0 && column < SIZE.width && row < SIZE.height && bits[row * SIZE.width + column] === 1;
        if (inside) on = true;
        else off = true;
      }
    }
    return { on, off };
  }

  /** Fills the outline alone. Wrong are pixels whose value is not stored anywhere within one device pixel. */
  function fill(name, view) {
    const rle = rleOf(SHAPES[name], SIZE);
    const bits = decode(rle);
    const [width, height] = [Math.ceil(SIZE.width * view.scale) + 8, Math.ceil(SIZE.height * view.scale) + 8];
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context.setTransform(view.scale, 0, 0, view.scale, view.x, view.y);
    context.fill(shapeOf(rle).path(view.scale), 'evenodd');
    const { data } = context.getImageData(0, 0, width, height);
    const found = { inside: 0, wrong: 0, differing: 0 };
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const inside = data[4 * (y * width + x) + 3] > 127;
        if (inside) found.inside++;
        const own = lookAround(bits, view, x + 0.5, y + 0.5, 0);
        if (inside === own.on) continue;
        found.differing++;
        const near = lookAround(bits, view, x + 0.5, y + 0.5, 1);
        if (!(near.on && near.off)) found.wrong++;
      }
    }
    return found;
  }

  /** The layer as the editor shows it. Lost are places of the stored border without a line within one device pixel; stray
   *  are pixels of the line that lie farther from the border than the line is wide. */
  function layer(name, view, dpr) {
    const rle = rleOf(SHAPES[name], SIZE);
    const bits = decode(rle);
    const scale = view.scale * dpr;
    const [width, height] = [Math.ceil(SIZE.width * scale) + 40, Math.ceil(SIZE.height * scale) + 40];
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const masks = new MaskLayer(canvas);
    const item = { id: 'a', rle, box: [0, 0, SIZE.width, SIZE.height], color: '#20c040', style: 'normal' };
    masks.set([item], { opacity: 1, outlineOnly: true });
    const v = {
      ...{ scale: view.scale, x: 10, y: 10, width: width / dpr, height: height / dpr },
      ...{ imageWidth: SIZE.width, imageHeight: SIZE.height },
    };
    while (masks.draw(v, dpr));
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const line = (x, y) => {
      const at = 4 * (y * width + x);
      return data[at + 3] > 200 && data[at + 1] > 120;
    };
    const place = { scale, x: Math.round(10 * dpr), y: Math.round(10 * dpr) };
    const found = { lines: 0, lost: 0, stray: 0 };
    for (let y = 3; y < height - 3; y++) {
      for (let x = 3; x < width - 3; x++) {
        const border = lookAround(bits, place, x + 0.5, y + 0.5, 0.5);
        if (border.on && border.off) {
          let met = false;
          for (let dy = -1; dy <= 1 && !met; dy++) for (let dx = -1; dx <= 1 && !met; dx++) met = line(x + dx, y + dy);
          if (!met) found.lost++;
        }
        if (!line(x, y)) continue;
        found.lines++;
        const near = lookAround(bits, place, x + 0.5, y + 0.5, 1.5 * dpr + 1);
        if (!(near.on && near.off)) found.stray++;
      }
    }
    return found;
  }

  window.drawnMasks = { names: Object.keys(SHAPES), fill, layer };
};
