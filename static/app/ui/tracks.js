/** Tracks along the images: where each object is drawn, suggested or lost, and the way to where a look is wanted. */

/** @import { Uuid } from '../types.js' */
/** @import { Endpoints } from '../api/endpoints.js' */
/** @import { Editor } from '../editor.js' */
/** @import { Timeline } from '../api/schema.d.ts' */
/** @import { Track } from './track_rows.js' */
import { SVG } from '../dom/element.js';
import { h, setText } from './dom.js';
import { smallButton } from './popover.js';
import { doubtFrom, stretchesOf, wordsOf } from './track_rows.js';

const HEIGHT = 10;
const UNNAMED = 'no label';

/**
 * @param {Editor} editor
 * @param {{ api: Pick<Endpoints, 'tracks'>, open: (image: Uuid) => unknown }} parts
 */
export function createTracks(editor, { api, open }) {
  const rows = h('ul', { class: 'track-rows' });
  const said = h('p', { class: 'muted small', role: 'status' });
  const [before, behind] = [go('Previous doubt', -1), go('Next doubt', 1)];
  const element = h(
    'section',
    { class: 'carry-form tracks', hidden: true },
    h('h3', {}, 'Tracks'),
    rows,
    said,
    h('div', { class: 'row' }, before, behind),
  );
  /** @type {Timeline | null} */
  let shown = null;

  /** @param {string} words @param {1 | -1} step */
  function go(words, step) {
    return smallButton(words, () => {
      const at = shown && doubtFrom(shown.tracks, shown.here, step);
      if (shown && at !== null) openAt(shown, at);
    });
  }

  /** @param {Timeline} timeline @param {number} at */
  function openAt({ images }, at) {
    const image = images[at];
    if (image) void open(image.id);
  }

  /** @param {Timeline} timeline */
  function show(timeline) {
    shown = timeline;
    const { tracks, here, images } = timeline;
    element.hidden = tracks.length === 0;
    rows.replaceChildren(...tracks.map((track) => row(track, timeline)));
    const [ahead, back] = [doubtFrom(tracks, here, 1), doubtFrom(tracks, here, -1)];
    behind.disabled = ahead === null;
    before.disabled = back === null;
    setText(said, `Image ${here + 1} of ${images.length} around this one.`);
  }

  /** @param {Track} track @param {Timeline} timeline */
  function row(track, timeline) {
    const name = editor.labels.find(({ id }) => id === track.label)?.name ?? UNNAMED;
    return h(
      'li',
      {},
      h('span', {}, `${name} ${track.track}`),
      bar(track, timeline.images.length, timeline.here, (at) => openAt(timeline, at)),
      h('span', { class: 'visually-hidden' }, wordsOf(track)),
    );
  }

  return {
    element,
    /** Reads the tracks around the open image. */
    async refresh() {
      const image = editor.image.info?.id;
      if (!image) return;
      const timeline = await api.tracks(image).catch(() => null);
      // Another image may be open by now.
      if (timeline && editor.image.info?.id === image) show(timeline);
    },
  };
}

/**
 * A track drawn along its images; a click opens the one under it.
 * @param {Track} track @param {number} count of images @param {number} here @param {(at: number) => void} go
 */
function bar(track, count, here, go) {
  const drawing = svg('svg', { viewBox: `0 0 ${count} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  drawing.append(
    ...stretchesOf(track).map(({ kind, from, count: width }) => part(`track-${kind}`, from, width)),
    part('track-here', here, 1),
  );
  drawing.addEventListener('click', (event) => {
    const { left, width } = drawing.getBoundingClientRect();
    const at = Math.floor(((event.clientX - left) / width) * count);
    go(Math.min(Math.max(at, 0), count - 1));
  });
  return drawing;
}

/** @param {string} name @param {number} x @param {number} width */
function part(name, x, width) {
  return svg('rect', { class: name, x, width, y: 0, height: HEIGHT });
}

/** @param {string} tag @param {Record<string, string | number>} attributes */
function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
