/** What a finished export says of itself, wherever exports are listed. */
/** @import { Run } from '../types.js' */
import { h, icon } from './dom.js';
import { number, plural, size } from './format.js';
import { api } from './http.js';

/**
 * @typedef {{ archive?: string, bytes?: number, counts?: Record<string, number>, proof?: Record<string, number>,
 *   lost?: Record<string, number>, suggestions?: number }} Result
 */

/** What a format may have no place for, apart from pixels. @type {Record<string, string>} */
const DETAILS = {
  attributes: 'attributes',
  scores: 'scores',
  prompts: 'clicks',
  stacking: 'stacking order',
  tags: 'tags',
  splits: 'splits',
};

/** The button that downloads it. @param {Run} run */
export function download(run) {
  const { archive, bytes } = /** @type {Result} */ (run.result);
  if (run.state !== 'succeeded' || !archive) return null;
  return h(
    'a',
    { class: 'button button-small button-primary', href: api(`exports/${archive}/download/`), download: true },
    icon('download'),
    bytes ? `Download (${size(bytes)})` : 'Download',
  );
}

/** What is in the file, and that it was read again and compared. @param {Run} run */
export function facts(run) {
  const { counts, proof, lost, suggestions } = /** @type {Result} */ (run.result);
  if (run.state !== 'succeeded' || !counts) return null;
  const parts = [plural(counts.images ?? 0, 'image'), plural(counts.annotations ?? 0, 'mask')];
  if (suggestions) parts.push(`${number(suggestions)} of them only suggested`);
  const compared = proof?.compared ?? 0;
  if (compared)
    parts.push(`${compared === counts.annotations ? 'all' : number(compared)} compared with the database, bit for bit`);
  const changed = (proof?.altered ?? 0) + (proof?.left_out ?? 0);
  const details = Object.keys(lost ?? {}).flatMap((kind) => DETAILS[kind] ?? []);
  if (details.length) parts.push(`without ${details.join(', ')}`);
  return h(
    'span',
    {},
    parts.join(' · '),
    changed > 0 &&
      h(
        'span',
        { class: 'error-text' },
        ` · ${plural(changed, 'mask is', 'masks are')} not exactly as drawn, see the report in the file`,
      ),
  );
}
