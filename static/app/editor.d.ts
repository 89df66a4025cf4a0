/** Shapes inside the editor page: what tools, panels and commands share. */

import type { Point } from './core/geometry.js';
import type { Runs } from './core/runs.js';
import type { Suggestions } from './state/suggestions.js';
import type { ToolId } from './tools/registry.js';
import type { Stage } from './view/stage.js';
import type { Viewport } from './view/viewport.js';
import type {
  Annotation,
  AnnotationData,
  EditorConfig,
  ImageIndexEntry,
  ImageIndexPage,
  ImageInfo,
  Label,
  Outbox,
  Person,
  Decoder,
  Store,
  Uuid,
} from './types.d.ts';

export type { ToolId };

/** What the person is doing now; nothing here is stored with the annotations. */
export interface SessionState {
  tool: ToolId;
  /** label the next object gets */
  label: Uuid | null;
  selection: readonly Uuid[];
  /** what was made last and has no name of its own yet: the next digit names it */
  made: readonly Uuid[];
  hovered: Uuid | null;
  /** the tool has something unfinished: other masks step back */
  editing: boolean;
  /** object whose mask a tool is changing: drawn by the tool instead */
  replacing: Uuid | null;
  preview: boolean;
  opacity: number;
  outlineOnly: boolean;
  masksHidden: boolean;
  colorBy: 'label' | 'instance';
  noOverlap: boolean;
  brushSize: number;
  panel: boolean;
  filmstrip: boolean;
  loupe: boolean;
  /** share of a running search of this image that is done, or null */
  searching: number | null;
  filters: DisplayFilters;
  /** counts up whenever the armed tool's own state changed */
  toolTick: number;
  /** goes up when the project's labels have changed */
  labelTick: number;
}
export interface DisplayFilters {
  brightness: number;
  contrast: number;
  gamma: number;
  invert: boolean;
  channel: 'all' | 'red' | 'green' | 'blue';
}
export interface Session {
  readonly state: Readonly<SessionState>;
  set(patch: Partial<SessionState>): void;
  /** the listener hears which keys changed */
  on(listener: (changed: ReadonlySet<keyof SessionState>) => void): () => void;
  tick(): void;
}

/** The project's images by place: those around the open one are known, others are asked for. */
export interface ImageList {
  readonly count: number;
  /** counted from 0; -1 while it is not known */
  placeOf(id: Uuid | undefined): number;
  entry(place: number): ImageIndexEntry | undefined;
  ask(where: string): Promise<ImageIndexPage>;
}

/** The image on the stage. */
export interface OpenImage {
  readonly info: ImageInfo | null;
  readonly index: ImageList;
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly message: string;
  /** resolves when the decoder has taken the image up, or given up on it */
  readonly prepared: Promise<unknown>;
  on(listener: () => void): () => void;
}

export interface Change {
  create?: Annotation[];
  update?: { id: Uuid; data: Partial<Annotation> }[];
  remove?: Uuid[];
}
export interface NewObject {
  id?: Uuid;
  rle: Annotation['rle'];
  label?: Uuid | null;
  shape?: Annotation['shape'];
  attributes?: Annotation['attributes'];
  prompts?: object[];
  predicted_iou?: number | null;
  stability_score?: number | null;
  model_version?: Uuid | null;
  seconds?: number;
  clicks?: number;
  z_order?: number;
}

/** Verbs on objects; each call is one gesture that one undo takes back. */
export interface Objects {
  add(objects: NewObject[], name: string): Uuid[];
  update(ids: readonly Uuid[], data: AnnotationData, name: string): void;
  /** new masks for existing objects; an empty mask removes the object */
  reshape(masks: { id: Uuid; runs: Runs; shape?: Annotation['shape'] }[], name: string): void;
  remove(ids: readonly Uuid[], name?: string): void;
  commit(change: Change, name: string): void;
  /** bottom first */
  ordered(): Annotation[];
  selected(): Annotation[];
  /** the one made last on this image, while it is there */
  last(): Annotation | undefined;
  /** topmost visible object at an image point */
  at(point: Point): Annotation | undefined;
}

export type NoticeKind = 'info' | 'success' | 'warning' | 'error';
export interface Notice {
  message: string;
  kind?: NoticeKind;
  action?: { name: string; run(): void };
  sticky?: boolean;
}

export interface Editor {
  readonly config: EditorConfig;
  readonly labels: readonly Label[];
  readonly canEdit: boolean;
  readonly session: Session;
  readonly stage: Stage;
  readonly image: OpenImage;
  readonly store: Store;
  readonly decoder: Decoder;
  readonly suggestions: Suggestions;
  readonly outbox: Outbox;
  readonly objects: Objects;
  readonly tools: Tools;
  /** What it returns takes the message away, when what it says is no longer so. */
  notify(notice: Notice): () => void;
  /** runs a command by its id */
  run(command: string): void;
}

/** One pointer event in both frames. */
export interface ToolEvent {
  image: Point;
  screen: Point;
  negative: boolean;
  shift: boolean;
  alt: boolean;
  ctrl: boolean;
  pressure: number;
  pointerType: string;
  /** double click or double tap */
  double: boolean;
}

export interface Tool {
  readonly id: ToolId;
  readonly cursor: string;
  down?(event: ToolEvent): void;
  move?(event: ToolEvent): void;
  up?(event: ToolEvent): void;
  /** pointer over the stage without a button; null when it left */
  hover?(event: ToolEvent | null): void;
  /** the gesture was taken over (pinch, lost pointer) */
  abort?(): void;
  /** draws over the photo in screen pixels */
  paint?(context: CanvasRenderingContext2D, v: Viewport): void;
  /** finishes what is unfinished; false when nothing is */
  finish?(): boolean;
  cancel?(): boolean;
  undo?(): boolean;
  redo?(): boolean;
  /** next or previous candidate; false when there is none */
  cycle?(direction: 1 | -1): boolean;
  /** Alt + wheel, where it is not to cycle candidates */
  wheel?(direction: 1 | -1): void;
  /** Ctrl was released */
  release?(): void;
  remove?(): boolean;
  /** a right click, where it is not a negative one */
  menu?(event: ToolEvent): void;
  enter?(): void;
  leave?(): void;
  /** The image is left or done: what is open is kept. 'open' where it cannot be yet; waits for what is on its way. */
  keep?(): Promise<'kept' | 'open' | null>;
  /** the image changed under the tool */
  reset?(): void;
}

export interface Tools {
  readonly armed: Tool;
  arm(id: ToolId): void;
  /** the tool, or what stands in for it while its code is on its way */
  get(id: ToolId): Tool;
  /** fetches the tool's code if need be; rejects with a sentence */
  load(id: ToolId): Promise<Tool>;
}

export interface Command {
  id: string;
  name: string;
  group: string;
  /** default keys, e.g. "Ctrl+Shift+Z"; the first is shown */
  keys: string[];
  icon: string;
  /** see core/commands.js */
  notes: string[];
  run(): void;
  enabled?(): boolean;
  /** for toggles */
  pressed?(): boolean;
}

export type { Person };
