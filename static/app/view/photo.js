/** A photo ready to draw, with half-size copies for zooming out of big ones. */

/**
 * @typedef {object} Photo
 * @property {number} width
 * @property {number} height
 * @property {ImageBitmap[]} levels full size first, each next half as large
 */

/** Photos below this many pixels draw fast at any zoom without smaller copies. */
export const SMALL = 4_000_000;
/** Pixels that decoded photos may have together, beside the one that is open: 256 MB. */
const KEPT_PIXELS = 64_000_000;

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<Photo>}
 * @throws {Error} with a sentence
 */
export async function loadPhoto(url, signal) {
  const response = await fetch(url, { signal: signal ?? null, credentials: 'same-origin' }).catch((error) => {
    throw error instanceof TypeError
      ? new Error(
          'The photo did not arrive: the server does not answer. Check the connection, then try again; nothing is lost.',
        )
      : error;
  });
  if (!response.ok)
    throw new Error(
      `The photo could not be fetched (the server answered ${response.status}). Check the connection, then try again.`,
    );
  const blob = await response.blob();
  let full;
  try {
    full = await createImageBitmap(blob);
  } catch {
    throw new Error('This browser could not decode the photo. It may be too large for the memory that is free.');
  }
  return { width: full.width, height: full.height, levels: await smallerLevels(full) };
}

/** @param {ImageBitmap} full */
async function smallerLevels(full) {
  const levels = [full];
  // Half the size in linear steps is the mean of four pixels; any better quality makes all smaller copies first, every time.
  for (let last = full; last.width * last.height > SMALL; ) {
    last = await createImageBitmap(last, {
      resizeWidth: Math.max(1, last.width >> 1),
      resizeHeight: Math.max(1, last.height >> 1),
      resizeQuality: 'low',
    });
    levels.push(last);
  }
  return levels;
}

/**
 * The smallest copy that still has a pixel for every device pixel.
 * @param {Photo} photo
 * @param {number} scale device pixels per image pixel
 * @returns {ImageBitmap}
 */
export function levelFor(photo, scale) {
  const wanted = Math.max(0, Math.floor(Math.log2(1 / scale)));
  return /** @type {ImageBitmap} */ (photo.levels[Math.min(wanted, photo.levels.length - 1)]);
}

/** @param {Photo} photo */
export function closePhoto(photo) {
  for (const level of photo.levels) level.close();
}

/** Whether a photo may be decoded before anybody asks to see it. @param {{ width: number, height: number }} size */
export function fitsAhead({ width, height }) {
  return width * height * 2 <= KEPT_PIXELS;
}

/** Keeps the photos around the current one decoded, as far as their pixels allow; the least recently used goes first. */
export class PhotoCache {
  /** @type {Map<string, Promise<Photo>>} */
  #photos = new Map();
  /** @type {Map<string, number>} pixels of those that have arrived */
  #pixels = new Map();
  #open = '';
  #limit;

  /** @param {number} limit */
  constructor(limit) {
    this.#limit = limit;
  }

  /** The photo that is being looked at, or is about to be: it stays. @param {string} url */
  open(url) {
    this.#open = url;
    return this.get(url);
  }

  /** @param {string} url */
  get(url) {
    const known = this.#photos.get(url);
    const photo = known ?? loadPhoto(url);
    this.#photos.delete(url);
    this.#photos.set(url, photo);
    if (!known)
      photo.then(
        ({ width, height }) => this.#arrived(url, width * height),
        () => this.#drop(url),
      ); // a failure must not stick
    this.#trim();
    return photo;
  }

  /** @param {string} url @param {number} pixels */
  #arrived(url, pixels) {
    if (this.#photos.has(url)) this.#pixels.set(url, pixels);
    this.#trim();
  }

  #trim() {
    for (const url of [...this.#photos.keys()]) {
      const others = [...this.#pixels].reduce((sum, [other, pixels]) => (other === this.#open ? sum : sum + pixels), 0);
      if (this.#photos.size <= this.#limit && others <= KEPT_PIXELS) return;
      if (url !== this.#open) this.#drop(url);
    }
  }

  /** @param {string} url */
  #drop(url) {
    this.#photos.get(url)?.then(closePhoto, () => undefined);
    this.#photos.delete(url);
    this.#pixels.delete(url);
  }
}
