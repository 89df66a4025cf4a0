/** Judging suggestions: hover shows which one a click would choose, keys decide. */

/** @import { Box, Suggestion, Uuid } from '../types.js' */
/** @import { Viewport } from '../view/viewport.js' */
/** @import { Editor, Tool, ToolEvent } from '../editor.js' */
import { step, toPart, toWhole } from '../state/walk_suggestions.js';
import { boxContains, boxFromCorners, distance } from '../core/geometry.js';
import { drawBox, readPalette } from '../view/glyphs.js';
import { shapeOf } from '../view/shapes.js';
import { showBox } from '../view/viewport.js';
import { boxOf } from './objects.js';

/** Screen pixels from which a movement is a drag. */
const DRAG = 6;
/** Image pixels; the server refuses to search smaller parts. */
const SMALLEST = 16;

/** @implements {Tool} */
export class SuggestTool {
  /** @type {Tool['id']} */
  id = 'suggest';
  cursor = 'pointer';
  /** The part of the photo drawn last, in image pixels. @type {Box | null} */
  drawn = null;
  /** @type {ToolEvent | null} */
  #start = null;
  /** The rectangle being dragged. @type {Box | null} */
  #box = null;

  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
  }

  /** The smallest suggestion under the point: parts win over wholes, the arrow keys lead back up. @param {ToolEvent['image']} point @returns {Suggestion | undefined} */
  at(point) {
    return this.editor.suggestions.list
      .filter((row) => boxContains(boxOf(row), point) && shapeOf(row.rle).contains(point.x, point.y))
      .sort((a, b) => a.area - b.area)[0];
  }

  /** @param {ToolEvent | null} event */
  hover(event) {
    this.editor.suggestions.hover(event ? (this.at(event.image)?.id ?? null) : null);
  }

  /** @param {ToolEvent} event */
  down(event) {
    this.#start = event;
  }

  /** A drag draws the part to search. @param {ToolEvent} event */
  move(event) {
    if (!this.#start || (!this.#box && distance(this.#start.screen, event.screen) < DRAG)) return;
    const { imageWidth, imageHeight } = this.editor.stage.viewport;
    this.#box = boxFromCorners(this.#start.image, event.image, imageWidth, imageHeight);
    this.editor.stage.invalidate('overlay');
  }

  /** @param {ToolEvent} event */
  up(event) {
    const [start, box] = [this.#start, this.#box];
    this.abort();
    if (box) return this.#searchIn(box);
    const { suggestions } = this.editor;
    const found = this.at(event.image);
    if (!found) return;
    if (event.shift || event.ctrl) suggestions.pick(found.id);
    else if (event.negative) this.#choose(found.id, () => this.reject());
    else if (start?.double) this.#choose(found.id, () => this.accept());
    else suggestions.choose(found.id);
  }

  /** @param {Box} box */
  #searchIn(box) {
    if (Math.min(box[2] - box[0], box[3] - box[1]) < SMALLEST) {
      this.editor.notify({
        message: `Draw a larger rectangle to search in: at least ${SMALLEST} × ${SMALLEST} pixels.`,
      });
      return;
    }
    this.drawn = box;
    this.editor.run('suggest.searchDrawn');
  }

  abort() {
    this.#start = this.#box = null;
    this.editor.stage.invalidate('overlay');
  }

  /** @param {CanvasRenderingContext2D} context @param {Viewport} v */
  paint(context, v) {
    if (this.#box) drawBox(context, this.#box, v, readPalette(this.editor.stage.host));
  }

  /** @param {Uuid} id @param {() => void} then */
  #choose(id, then) {
    this.editor.suggestions.choose(id);
    then();
  }

  leave() {
    this.editor.suggestions.hover(null);
  }

  finish() {
    if (!this.editor.suggestions.current) return false;
    this.accept();
    return true;
  }

  /** @param {1 | -1} direction */
  cycle(direction) {
    const moved = step(this.editor.suggestions, direction);
    this.#bringIntoSight();
    return moved;
  }

  cancel() {
    if (this.#box) {
      this.abort();
      return true;
    }
    if (this.editor.suggestions.picked.size === 0) return false;
    for (const id of this.editor.suggestions.picked) this.editor.suggestions.pick(id);
    return true;
  }

  undo() {
    if (!this.editor.suggestions.undoName) return false;
    this.#try(this.editor.suggestions.undo(), 'The decision was not taken back.');
    return true;
  }

  /** @param {Uuid | null} [label] the current label when left out */
  accept(label = this.editor.session.state.label) {
    if (!this.editor.canEdit) return;
    this.#try(this.editor.suggestions.accept({ label, clicks: 0 }), 'The suggestion was not accepted.');
  }

  /** With the label its likes have. */
  acceptProposed() {
    const proposal = this.editor.suggestions.current?.proposal;
    if (proposal) this.accept(proposal.label);
    else this.editor.notify({ message: 'There is no label proposal for this suggestion.' });
  }

  reject() {
    if (this.editor.canEdit) this.#try(this.editor.suggestions.reject(), 'The suggestion was not rejected.');
  }

  /** Every confident one gets the current label. */
  acceptConfident() {
    const { suggestions, session, notify } = this.editor;
    const count = suggestions.confident().length;
    if (count === 0) return notify({ message: 'No suggestion lies above the threshold.' });
    const { label } = session.state;
    this.#try(
      suggestions
        .acceptConfident(() => ({ label, clicks: 0 }))
        .then((results) => {
          const made = results.filter(({ error }) => !error).length;
          notify({
            message: `${made} of ${count} suggestions accepted.`,
            kind: 'success',
            action: {
              name: 'Undo',
              run: () => {
                this.undo();
              },
            },
          });
          return results;
        }),
      'The suggestions were not accepted.',
    );
  }

  /** A suggestion becomes an ordinary mask the moment it is touched: accepted, selected, open for clicks. */
  edit() {
    const { suggestions, session, notify } = this.editor;
    void suggestions.accept({ label: session.state.label, clicks: 0 }).then(
      (results) => {
        const made = results[0]?.annotation;
        if (!made) return;
        this.editor.tools.arm('smart');
        session.set({ selection: [made.id] });
        this.editor.run('object.refine');
      },
      (error) => notify({ message: `The suggestion was not opened for editing. ${error.message}`, kind: 'error' }),
    );
  }

  /** @param {'whole' | 'part'} to */
  walk(to) {
    const { suggestions } = this.editor;
    const moved = to === 'whole' ? toWhole(suggestions) : toPart(suggestions);
    if (!moved)
      this.editor.notify({
        message: to === 'whole' ? 'No suggestion contains this one.' : 'No suggestion lies inside this one.',
      });
    this.#bringIntoSight();
  }

  /** @param {Promise<{ status: number, error?: { code: string, message: string } }[] | null>} work @param {string} failed */
  #try(work, failed) {
    work.then(
      (results) => {
        const refused = results?.filter(({ error }) => error && error.code !== 'repeats_object') ?? [];
        if (refused[0]?.error) this.editor.notify({ message: `${failed} ${refused[0].error.message}`, kind: 'error' });
        this.#bringIntoSight();
      },
      (error) => this.editor.notify({ message: `${failed} ${error.message} It is still in the list.`, kind: 'error' }),
    );
  }

  #bringIntoSight() {
    const { stage, suggestions } = this.editor;
    const row = suggestions.current;
    if (!row) return;
    const v = stage.viewport;
    const [x0, y0, x1, y1] = boxOf(row);
    const inside =
      x0 * v.scale + v.x >= 0 &&
      y0 * v.scale + v.y >= 0 &&
      x1 * v.scale + v.x <= v.width &&
      y1 * v.scale + v.y <= v.height;
    if (!inside && Math.max(x1 - x0, y1 - y0) * v.scale < Math.max(v.width, v.height))
      stage.viewport = showBox(v, [x0, y0, x1, y1]);
  }
}
