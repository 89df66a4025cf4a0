/** Carries out decisions on suggestions: to the server in as few requests as it takes, then off the list, and back. */
/** @import { AnnotationData, Decision, DecisionResult, Suggestion, Uuid } from '../types.js' */
/** @import { Suggestions } from './suggestions.js' */

/** Decisions in one request: as many as the server takes. */
const AT_ONCE = 500;

export class Judge {
  /** @param {Suggestions} suggestions */
  constructor(suggestions) {
    this.suggestions = suggestions;
  }

  /** @param {AnnotationData} data fields of the object */
  async accept(data) {
    const { current: row, picked } = this.suggestions;
    if (!row) return [];
    const merge = [...picked].filter((id) => id !== row.id);
    const name = merge.length > 0 ? `Merge ${merge.length + 1} suggestions` : 'Accept suggestion';
    const operation = {
      key: crypto.randomUUID(),
      op: /** @type {const} */ ('accept'),
      id: row.id,
      merge,
      data: { ...data, seconds: this.suggestions.seconds() },
      anyway: true,
    };
    return this.#decide([operation], name);
  }

  /** @param {Suggestion[]} rows @param {(row: Suggestion) => AnnotationData} dataOf fields of each object */
  async acceptAll(rows, dataOf) {
    return this.#decide(
      rows.map((row) => ({
        key: crypto.randomUUID(),
        op: /** @type {const} */ ('accept'),
        id: row.id,
        data: dataOf(row),
      })),
      `Accept ${rows.length} suggestions`,
    );
  }

  async reject() {
    const { current: row, picked } = this.suggestions;
    if (!row) return [];
    const ids = [...new Set([row.id, ...picked])];
    return this.#decide(
      ids.map((id) => ({ key: crypto.randomUUID(), op: /** @type {const} */ ('reject'), id })),
      'Reject suggestion',
    );
  }

  async undo() {
    const { suggestions } = this;
    const { image } = suggestions;
    const last = suggestions.decided.at(-1);
    if (!last) return null;
    const results = await this.#send(
      last.ids.map((id) => ({ key: crypto.randomUUID(), op: /** @type {const} */ ('reopen'), id })),
    );
    if (image !== suggestions.image) return results;
    suggestions.decided.pop();
    const refused = results.some(({ error }) => error);
    // Which of them are open again only the server knows, and what their objects had covered.
    if (refused) await suggestions.load(/** @type {Uuid} */ (image)).catch(() => undefined);
    else this.#replace(new Set(), last.rows);
    suggestions.stale = !refused;
    this.#lookAt(last.ids[0]);
    return results;
  }

  /** @param {Decision[]} operations @param {string} name */
  async #decide(operations, name) {
    if (operations.length === 0) return [];
    const { suggestions } = this;
    const { image } = suggestions;
    const next = this.#after(operations);
    const results = await this.#send(operations);
    // Meanwhile another photo may have been opened: its list knows nothing of these.
    if (image !== suggestions.image) return results;
    const kept = new Set(results.filter(({ error }) => error && error.code !== 'repeats_object').map(({ key }) => key));
    const gone = idsOf(operations.filter(({ key }) => !kept.has(key)));
    const ids = results.flatMap(({ error, suggestion }) => (error || !suggestion ? [] : [suggestion.id]));
    // What repeated one of these objects is news again without it.
    if (ids.length > 0)
      suggestions.decided.push({ name, ids, rows: suggestions.list.filter(({ id }) => gone.has(id)) });
    this.#replace(gone);
    suggestions.stale ||= results.some(({ annotation }) => annotation);
    this.#lookAt(next);
    return results;
  }

  /** Rows that were decided leave the list; rows that are open again come back to their places.
   *  @param {ReadonlySet<Uuid>} gone @param {Suggestion[]} [back] */
  #replace(gone, back = []) {
    const { suggestions } = this;
    const rows = [...suggestions.rows, ...back.map((row) => /** @type {const} */ ([row.id, row]))].filter(
      ([id]) => !gone.has(id),
    );
    if (back.length > 0) rows.sort(([, a], [, b]) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
    suggestions.rows = new Map(rows);
    suggestions.picked = new Set();
  }

  /** @param {Uuid | null | undefined} wanted if it is there */
  #lookAt(wanted) {
    const { suggestions } = this;
    suggestions.choose(wanted && suggestions.get(wanted) ? wanted : (suggestions.list[0]?.id ?? null));
  }

  /** @param {Decision[]} operations @returns {Promise<DecisionResult[]>} */
  async #send(operations) {
    const { suggestions } = this;
    const { image } = suggestions;
    if (!image) return [];
    suggestions.decisions += 1;
    /** @type {DecisionResult[]} */
    const results = [];
    for (let from = 0; from < operations.length; from += AT_ONCE) {
      const answer = await suggestions.api
        .decide(image, operations.slice(from, from + AT_ONCE))
        .catch(async (error) => {
          // What was decided before the network went is decided; the list must not offer it again.
          if (from > 0 && image === suggestions.image) await suggestions.load(image).catch(() => undefined);
          throw error;
        });
      results.push(...answer.results);
      suggestions.taken(answer.results.flatMap(({ annotation }) => annotation ?? []));
    }
    if (image === suggestions.image) suggestions.decisions += 1;
    return results;
  }

  /** Whom to look at once these are decided. @param {Decision[]} operations */
  #after(operations) {
    const gone = idsOf(operations);
    const { list, chosen } = this.suggestions;
    const at = list.findIndex(({ id }) => id === chosen);
    return [...list.slice(at + 1), ...list.slice(0, Math.max(0, at))].find(({ id }) => !gone.has(id))?.id ?? null;
  }
}

/** @param {Decision[]} operations */
function idsOf(operations) {
  return new Set(operations.flatMap(({ id, merge = [] }) => [id, ...merge]));
}
