/** One prompt from its first click to its mask: its steps, the decoder's answers, undo point by point. Knows no pointer. */

/** @import { Annotation, Candidate, Decoded, LogitFrame, Uuid } from '../types.js' */
/** @import { Editor, Tool } from '../editor.js' */
/** @import { PromptHistory, Step } from './types.d.ts' */
import { atWork } from './active_time.js';
import { later } from '../core/later.js';
import * as prompts from './prompt.js';
import { recallPrompt, rememberPrompt } from './prompt_memory.js';
import { thresholdOf } from './smart_show.js';
import { hasPixel } from '../view/upsample.js';

const commits = later(() => import('./smart_commit.js'));

export class PromptSession {
  /** @type {PromptHistory} */
  history = prompts.emptyPrompt();
  /** @type {Annotation | null} object whose mask is being refined */
  refined = null;
  /** Ctrl is held: more points come before the decoder is asked. */
  postponed = false;
  #decoding = 0;
  #clicks = 0;
  #startedAt = 0;
  /** Whether the mask finished last is stored, once all before it are. @type {Promise<boolean> | null} */
  #storing = null;
  /** Finished and not stored yet: new objects' ids, and the images they belong to. @type {Map<Uuid, Uuid | undefined>} */
  #underway = new Map();
  /** @type {WeakMap<Step, Promise<Decoded | null>>} what the decoder was asked */
  #asked = new WeakMap();
  /** @type {LogitFrame | null} what the answers and the fed-back masks lie on */
  #frame = null;

  /** @param {Editor} editor @param {() => void} changed called after every change but `take` */
  constructor(editor, changed) {
    this.editor = editor;
    this.changed = changed;
    editor.decoder.onStatus(({ state }) => {
      if (state !== 'ready') return;
      if (editor.decoder.frame !== this.#frame) void this.#reframe();
      // What was asked while the photo was being prepared, or as the decoder crashed, is answered now.
      else if (!this.deciding && !this.postponed && editor.session.state.tool === 'smart') void this.#decode();
    });
  }

  get step() {
    return prompts.currentStep(this.history);
  }

  /** Nothing was clicked and nothing is being refined. */
  get empty() {
    return prompts.isEmpty(this.history) && !this.refined;
  }

  /** The decoder has not answered yet. */
  get deciding() {
    return this.#decoding > 0;
  }

  /** @param {PromptHistory} next @param {boolean} [postpone] wait for more points */
  change(next, postpone = false) {
    if (this.#clicks++ === 0) this.#startedAt ||= atWork();
    this.history = next;
    this.postponed = postpone;
    this.#ask(!postpone);
  }

  /** Ctrl was let go. */
  release() {
    if (!this.postponed) return;
    this.postponed = false;
    this.#ask(true);
  }

  /** @param {number} index of the candidate */
  choose(index) {
    this.history = prompts.choose(this.history, index);
    this.changed();
  }

  undo() {
    if (!prompts.canUndo(this.history)) return false;
    this.history = prompts.undo(this.history);
    this.#ask(true);
    return true;
  }

  redo() {
    if (!prompts.canRedo(this.history)) return false;
    this.history = prompts.redo(this.history);
    this.#ask(true);
    return true;
  }

  /** @param {boolean} now whether the decoder is asked at once */
  #ask(now) {
    rememberPrompt(this.editor, this.step);
    if (now) void this.#decode();
    this.changed();
  }

  async #decode() {
    const asked = this.step;
    if (asked.answer || (asked.points.length === 0 && !asked.box)) return;
    if (['loading', 'waiting'].includes(this.editor.decoder.status.state)) return;
    const { editor } = this;
    const { frame } = editor.decoder;
    this.#frame = frame;
    this.#decoding++;
    try {
      const answering = editor.decoder
        .ask(prompts.toPrompt(this.history))
        .then(
          (found) =>
            found &&
            prompts.withoutEmpty(found, ({ logits }) => !frame || hasPixel(logits, frame, thresholdOf(editor))),
        );
      this.#asked.set(asked, answering);
      const answer = await answering;
      if (answer) this.history = prompts.answerStep(this.history, asked, answer);
    } catch (error) {
      if (this.history.steps.includes(asked)) this.#tell(error);
    } finally {
      this.#asked.delete(asked);
      this.#decoding--;
      this.changed();
    }
  }

  /** Clicks are decoded on another part of the photo from now on: answers and masks fed back belong to the old one. */
  async #reframe() {
    const { frame } = this.editor.decoder;
    this.#frame = frame;
    const { refined } = this;
    if (this.empty) return;
    try {
      const feed = refined && (await this.editor.decoder.logitsFromRle(refined.rle));
      if (this.#frame !== frame || this.refined !== refined) return;
      this.history = prompts.withoutAnswers(this.history, feed);
      this.#ask(!this.postponed);
    } catch (error) {
      this.#tell(error);
    }
  }

  /** Starts over without a trace. */
  reset() {
    this.#clear();
    rememberPrompt(this.editor, this.step);
    this.changed();
  }

  #clear() {
    this.history = prompts.emptyPrompt();
    this.refined = null;
    this.postponed = false;
    this.#clicks = 0;
    this.#startedAt = 0;
  }

  /** Clicks from now on correct this object's mask. @param {Annotation} annotation */
  async refine(annotation) {
    try {
      const { frame } = this.editor.decoder;
      const logits = await this.editor.decoder.logitsFromRle(annotation.rle);
      this.reset();
      this.#frame = frame;
      this.refined = annotation;
      this.history = prompts.emptyPrompt(logits);
      this.#startedAt = atWork();
      this.changed();
    } catch (error) {
      this.#tell(error);
    }
  }

  /** Takes up the prompt a reload interrupted; not one whose mask is on its way: who is back so soon has finished it. */
  restore() {
    if ([...this.#underway.values()].includes(this.editor.image.info?.id)) return;
    const saved = recallPrompt(this.editor);
    if (!saved || !prompts.isEmpty(this.history)) return;
    let history = prompts.emptyPrompt();
    if (saved.box) history = prompts.setBox(history, saved.box);
    for (const point of saved.points) history = prompts.addPoint(history, point);
    this.change(history);
  }

  /** Stores the mask, at once or as soon as it is known. The next prompt can begin in the same moment: this one is taken
   *  out, and put back should it fail. @returns {boolean} whether there was anything to finish */
  finish() {
    if (!this.editor.canEdit) return false;
    const { history, refined, step } = this;
    const candidate = prompts.chosenCandidate(history) ?? this.#coming(history);
    if (!candidate && !step.answer) return !prompts.isEmpty(history);
    const effort = { seconds: this.#startedAt ? (atWork() - this.#startedAt) / 1000 : 0, clicks: this.#clicks };
    const image = this.editor.image.info?.id;
    const z = 1 + this.editor.store.all().reduce((most, { z_order }) => Math.max(most, z_order), 0);
    const moment = { id: crypto.randomUUID(), image, label: this.editor.session.state.label, z };
    this.#clear();
    // Keys that follow are for the new object or the next one, not for what was picked before.
    if (!refined) this.editor.session.set({ selection: [], made: [moment.id] });
    this.#underway.set(moment.id, image);
    const storing = commits()
      .then(({ commitPrompt }) => commitPrompt(this.editor, { candidate, step, refined, effort }, moment))
      .then(
        () => {
          this.#underway.delete(moment.id);
          // Until here a closed tab would have brought the prompt back. A next one on this photo has taken its place already.
          if (this.empty || this.editor.image.info?.id !== image)
            rememberPrompt(this.editor, { points: [], box: null }, image);
          return true;
        },
        (error) => {
          this.#underway.delete(moment.id);
          if (this.empty && this.editor.image.info?.id === image) [this.history, this.refined] = [history, refined];
          this.#tell(error);
          return false;
        },
      )
      .finally(this.changed);
    const all = Promise.all([this.#storing, storing]).then(([, last]) => {
      if (this.#storing === all) this.#storing = null;
      return last;
    });
    this.#storing = all;
    return true;
  }

  /** @type {NonNullable<Tool['keep']>} */
  async keep() {
    const open = !prompts.isEmpty(this.history);
    if (open) this.finish();
    const stored = await this.#storing;
    return open && stored ? 'kept' : open || stored === false ? 'open' : null;
  }

  /** The mask that is on its way from the decoder, for whoever is quicker than that; null where none has a pixel.
   *  @param {PromptHistory} history @returns {Promise<Candidate | null> | null} */
  #coming(history) {
    const asked = prompts.currentStep(history);
    return (
      this.#asked.get(asked)?.then((answer) => {
        if (!answer) throw new Error('The mask did not come, so nothing was added. Try again.');
        return prompts.chosenCandidate(prompts.answerStep(history, asked, answer));
      }) ?? null
    );
  }

  /** @param {unknown} error */
  #tell(error) {
    this.editor.notify({ message: error instanceof Error ? error.message : String(error), kind: 'error' });
  }
}
