/** The smart tool's prompt while it is made. */

import type { Handle, Point } from '../core/geometry.js';
import type { ToolEvent } from '../editor.d.ts';
import type { Box, Decoded, PromptPoint } from '../types.d.ts';

export interface Step {
  points: PromptPoint[];
  box: Box | null;
  /** logits given to the decoder with this step */
  feed: Float32Array | null;
  /** of the points, how many those logits answer already */
  answered: number;
  answer: Decoded | null;
  /** index into answer.candidates; -1 until there is an answer */
  chosen: number;
}
export interface PromptHistory {
  steps: readonly Step[];
  at: number;
}

export interface Drag {
  kind: 'new' | 'point' | 'box';
  start: Pick<ToolEvent, 'image' | 'screen' | 'negative'>;
  /** where the pointer is now, image pixels */
  at: Point;
  /** farther than a click does */
  moved: boolean;
  /** of the point */
  index?: number;
  /** the cursor said beforehand that a click removes the point */
  removes?: boolean;
  /** of the box */
  handle?: Handle;
}
