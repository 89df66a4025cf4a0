/** Applies the display filters to the photo's canvas as one SVG filter: any browser, no pixels touched. */

/** @import { Editor, DisplayFilters } from '../editor.js' */

const SVG = 'http://www.w3.org/2000/svg';
/** @type {Record<DisplayFilters['channel'], string>} */
const MATRICES = {
  all: '1 0 0 0 0  0 1 0 0 0  0 0 1 0 0  0 0 0 1 0',
  red: '1 0 0 0 0  1 0 0 0 0  1 0 0 0 0  0 0 0 1 0',
  green: '0 1 0 0 0  0 1 0 0 0  0 1 0 0 0  0 0 0 1 0',
  blue: '0 0 1 0 0  0 0 1 0 0  0 0 1 0 0  0 0 0 1 0',
};

/** @param {Editor} editor */
export function linkFilters(editor) {
  const matrix = make('feColorMatrix', { type: 'matrix' });
  const curves = make('feComponentTransfer', {});
  const filter = make(
    'filter',
    { id: 'photo-filter', x: '0', y: '0', width: '1', height: '1', 'color-interpolation-filters': 'sRGB' },
    matrix,
    curves,
  );
  const svg = make('svg', { width: '0', height: '0', class: 'filter-defs', 'aria-hidden': 'true' }, filter);
  editor.stage.host.append(svg);

  function apply() {
    const { filters } = editor.session.state;
    const neutral =
      filters.brightness === 1 &&
      filters.contrast === 1 &&
      filters.gamma === 1 &&
      !filters.invert &&
      filters.channel === 'all';
    matrix.setAttribute('values', MATRICES[filters.channel]);
    const table = curve(filters).join(' ');
    curves.replaceChildren(
      ...['feFuncR', 'feFuncG', 'feFuncB'].map((name) => make(name, { type: 'table', tableValues: table })),
    );
    editor.stage.photo.canvas.style.filter = neutral ? '' : 'url(#photo-filter)';
  }
  editor.session.on((changed) => changed.has('filters') && apply());
  apply();
}

/**
 * The tone curve as a table of 33 values: gamma, contrast about the middle, brightness, invert.
 * @param {Pick<DisplayFilters, 'brightness' | 'contrast' | 'gamma' | 'invert'>} filters
 */
export function curve({ brightness, contrast, gamma, invert }) {
  return Array.from({ length: 33 }, (_, i) => {
    const tone = ((i / 32) ** (1 / gamma) - 0.5) * contrast + 0.5;
    const value = Math.min(1, Math.max(0, tone * brightness));
    return Number((invert ? 1 - value : value).toFixed(4));
  });
}

/** @param {string} tag @param {Record<string, string>} attributes @param {...Element} children */
function make(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
