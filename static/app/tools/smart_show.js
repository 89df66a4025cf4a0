/** The smart tool's mask on the stage: of the prompt, or under the cursor. */

/** @import { Annotation } from '../types.js' */
/** @import { Editor } from '../editor.js' */
/** @import { CandidateItem } from '../view/layers/candidate_path.js' */
/** @import { PromptHistory } from './types.d.ts' */
import * as prompts from './prompt.js';

const UNLABELLED = '#4c9fff';

/** Shows what the prompt has come to: the chosen candidate, or the mask that is being refined.
 *  @param {Editor} editor @param {PromptHistory} history @param {Annotation | null} refined */
export function showPrompt(editor, history, refined) {
  const busy = !prompts.isEmpty(history) || refined !== null;
  const logits = prompts.chosenCandidate(history)?.logits ?? prompts.currentStep(history).feed;
  const { frame } = editor.decoder;
  const threshold = thresholdOf(editor);
  showCandidate(
    editor,
    logits && frame && busy ? { logits, frame, threshold, color: colorOf(editor, refined), kind: 'prompt' } : null,
  );
  editor.session.set({ editing: busy, replacing: refined?.id ?? null });
  editor.session.tick();
  editor.stage.invalidate('overlay');
}

/** Logits above it are inside, in the preview as in the stored mask. @param {Editor} editor */
export function thresholdOf(editor) {
  return editor.config.model?.manifest.decoder.mask_threshold ?? 0;
}

/** @param {Editor} editor @param {CandidateItem | null} item */
export function showCandidate(editor, item) {
  editor.stage.candidate.set(item);
  editor.stage.invalidate('candidate');
}

/** Of the label that the object has or would get. @param {Editor} editor @param {Annotation | null} refined */
function colorOf(editor, refined) {
  const wanted = refined?.label ?? editor.session.state.label;
  return editor.labels.find((label) => label.id === wanted)?.color ?? UNLABELLED;
}
