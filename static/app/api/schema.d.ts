/** The API as annotator/openapi.yaml describes it. `make schema` writes this file: change the code instead. */

/** How to accept: fields of the object to make, its id, and what to merge into it. */
export interface AcceptWriteRequest {
  key?: string;
  annotation?: string;
  merge?: string[];
  data?: AnnotationFieldsRequest;
  anyway?: boolean;
}
/** Somebody's account. */
export interface Account {
  id: string;
  username: string;
  name: string;
  email: string;
  is_admin: boolean;
  /** false: switched off, nobody gets in by it. */
  is_active: boolean;
  date_joined: string;
  last_login: string | null;
}
export interface AccountPage {
  results: Account[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** Something that was put back. */
export interface Act {
  id: string;
  what: WhatEnum;
  image: string | null;
  /** Of the image; blank for a person's work. */
  name: string;
  seq: number | null;
  /** Whose work it was, as the person was called then. */
  person: string;
  since: string | null;
  until: string | null;
  actor: Person | null;
  created: string;
  /** null: not done yet. */
  result: PutBackOutcome | null;
  undone: string | null;
  /** What undoing it changed; null: nothing yet. */
  restored: PutBackOutcome | null;
  run: Run | null;
  undo_run: Run | null;
}
export interface ActPage {
  results: Act[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
export type ActionEnum = 'create' | 'update' | 'delete' | 'restore';
/** Objects, and those of which all say the same. */
export interface Agreed {
  objects: number;
  alike: number;
}
/** How far people agree who worked on the same images. */
export interface Agreement {
  /** Images that two people are done with. */
  images: number;
  /** Images that are still to be compared: ask again. */
  left: number;
  /** Images that several people were given. */
  overlapping: number;
  /** Images that wait for merging. */
  waiting: number;
  merged: number;
  overall: AgreementFigures;
  labels: LabelAgreement[];
  pairs: PairAgreement[];
  weeks: WeekAgreement[];
  /** Whether one sees the pairs in which one is not oneself. */
  sees_people: boolean;
}
/** How far people agree on some images. */
export interface AgreementFigures {
  images: number;
  /** Different ones, whoever made them. */
  objects: number;
  /** F1 of one person with another at an IoU of one half, whatever the labels. */
  found: Measure;
  /** Mean, of two masks of one object. */
  iou: Measure;
  /** Mean (Cheng et al. 2021: a band as wide as 2 % of the diagonal). */
  boundary_iou: Measure;
  /** Krippendorff's alpha of the labels, nominal. */
  alpha: Measure;
}
/** A label. */
export interface AgreementLabel {
  id: string;
  name: string;
  color: string;
}
/** An object. */
export interface Annotation {
  id: string;
  image: string;
  label: string | null;
  rle: {
    /** [height, width] */
    size: [number, number];
    counts: string;
  };
  bbox: [number, number, number, number];
  area: number;
  attributes: Record<string, string | number | boolean>;
  stage: StageEnum;
  status: StatusEnum;
  prompts: object[];
  shape: {
    type: 'polygon';
    rings: unknown[];
  } | null;
  model_version: string | null;
  predicted_iou: number | null;
  stability_score: number | null;
  seconds: number;
  clicks: number;
  author: Person | null;
  z_order: number;
  locked: boolean;
  hidden: boolean;
  revision: number;
  seq: number;
  created: string;
  updated: string;
  deleted?: boolean;
}
/** A new object; the client may choose its id. */
export interface AnnotationCreateRequest {
  label?: string | null;
  rle: {
    /** [height, width] */
    size: [number, number];
    counts: string | number[];
  };
  attributes?: Record<string, string | number | boolean>;
  stage?: StageEnum;
  status?: StatusEnum;
  prompts?: object[];
  shape?: {
    type: 'polygon';
    rings: unknown[];
  } | null;
  model_version?: string | null;
  predicted_iou?: number | null;
  stability_score?: number | null;
  seconds?: number;
  clicks?: number;
  z_order?: number;
  locked?: boolean;
  hidden?: boolean;
  id?: string;
}
/** What may be written of an object. Box and area follow from the mask and cannot be sent. */
export interface AnnotationFieldsRequest {
  label?: string | null;
  rle?: {
    /** [height, width] */
    size: [number, number];
    counts: string | number[];
  };
  attributes?: Record<string, string | number | boolean>;
  stage?: StageEnum;
  status?: StatusEnum;
  prompts?: object[];
  shape?: {
    type: 'polygon';
    rings: unknown[];
  } | null;
  model_version?: string | null;
  predicted_iou?: number | null;
  stability_score?: number | null;
  seconds?: number;
  clicks?: number;
  z_order?: number;
  locked?: boolean;
  hidden?: boolean;
}
export type AnnotationRow = Annotation | Gone;
/** All objects of an image, or what changed, the image's counter to ask from next time, and the model version that the project uses now. */
export interface Annotations {
  results: AnnotationRow[];
  seq: number;
  model: string | null;
  /** Hash of the stored picture: another one when something was covered. */
  picture: string;
}
export type AnnotatorsSeeEnum = 'all' | 'own';
/** A finished export. */
export interface Archive {
  id: string;
  format: string;
  options: Record<string, unknown>;
  name: string;
  bytes: number;
  sha256: string;
  snapshot: string;
  report: Record<string, unknown>;
  run: string | null;
  created_by: Person | null;
  created: string;
}
export interface ArchivePage {
  results: Archive[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
export type AsEnum = 'suggestions' | 'file';
/** One extra field. `options` belongs to `select`; `default` must fit the kind. */
export interface AttributeSpec {
  name: string;
  kind: AttributeSpecKindEnum;
  options?: string[];
  default?: string | number | boolean;
}
export type AttributeSpecKindEnum = 'select' | 'number' | 'text' | 'checkbox';
/** One extra field. `options` belongs to `select`; `default` must fit the kind. */
export interface AttributeSpecRequest {
  name: string;
  kind: AttributeSpecKindEnum;
  options?: string[];
  default?: string | number | boolean;
}
/** A sample of the project's suggestions, and what it says of all of them. */
export interface Audit {
  results: AuditItem[];
  /** Suggestions the sample was drawn from. */
  population: number;
  judged: number;
  /** Judged ones whose IoU with the corrected object is above 0.9. */
  above_90: number;
  share: number | null;
  /** 95 % (Wilson). */
  interval: [number, number] | null;
}
/** A drawn suggestion, its image, and the IoU with what people made of it (0 = rejected, null = not judged). */
export interface AuditItem {
  id: string;
  image: string;
  rank: number;
  parent: string | null;
  rle: {
    /** [height, width] */
    size: [number, number];
    counts: string;
  };
  bbox: [number, number, number, number];
  area: number;
  predicted_iou: number;
  stability_score: number;
  point: [number, number];
  crop_box: [number, number, number, number];
  state: SuggestionStateEnum;
  annotation: string | null;
  /** Null: it came in with a data set. */
  model_version: string | null;
  run: string | null;
  carried: Carried | null;
  proposal?: Proposal | null;
  iou: number | null;
  of_image: PreviewImage;
}
/** The project's parameters, and the presets they can start from. */
export interface AutomaskSettings {
  params: Record<string, string | number>;
  prefill_above: number;
  presets: Record<string, Record<string, string | number>>;
}
export type BecomeEnum = 'annotations' | 'suggestions';
/** An image in the bin. */
export interface BinnedImage {
  id: string;
  name: string;
  folder: string;
  annotations: number;
  bytes: number;
  deleted_at: string;
}
export interface BinnedImagePage {
  results: BinnedImage[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
export type BlankEnum = '';
/** One of COCO's results. */
export interface BoxMask {
  /** As it was sent; else the image's name. */
  image_id: unknown;
  file_name: string;
  category_id: number | null;
  category: string;
  /** The mask's [x, y, width, height], px. */
  bbox: number[];
  segmentation: {
    /** [height, width] */
    size: [number, number];
    counts: string;
  };
  /** The detector's. */
  score: number;
  /** The model's own judgement of the mask. */
  predicted_iou: number;
}
/** COCO results, and the images and categories of the file that the detector was run on. */
export interface BoxesWriteRequest {
  /** Each: bbox [x, y, width, height] in pixels, score, image_id or file_name, category_id or category. */
  results: unknown[];
  /** COCO's: id and file_name. Needed for numbered images. */
  images?: unknown[];
  /** COCO's: id and name. Needed for numbered categories. */
  categories?: unknown[];
  /** What becomes of the masks. A file is downloaded from runs/ID/boxes/. * `suggestions` - suggestions * `file` - file */
  as?: AsEnum;
}
/** What became of one operation. */
export interface BulkResult {
  key: string;
  status: number;
  annotation?: AnnotationRow;
  error?: Error;
}
/** What became of each operation, in order, and the image's counter. */
export interface BulkResults {
  results: BulkResult[];
  seq: number;
}
/** Operations, in order. */
export interface BulkWriteRequest {
  operations: OperationWriteRequest[];
}
/** The object a suggestion was carried from: its id (null: somebody only pointed at it) and the image where that is, the images passed since, how sure the match is. */
export interface Carried {
  source: string | null;
  image: string;
  step: number;
  confidence: number;
  track: number | null;
}
export type ChangeEnum = 'added' | 'removed' | 'changed';
/** What came of it; those not named are not there, or were so already. */
export interface Changed {
  changed: string[];
}
/** How to read the data set; blank: as it is recognised. */
export interface CheckWriteRequest {
  format?: ImportFormatEnum | BlankEnum;
}
/** What becomes of a label. */
export interface Choice {
  to: ToEnum;
  label?: string;
  name?: string;
}
/** What becomes of a label: a label of the project, a new one, none, or its objects are left out. */
export interface ChoiceWriteRequest {
  to: ToEnum;
  label?: string;
  name?: string;
}
/** What somebody said. */
export interface Comment {
  id: string;
  author: Person | null;
  text: string;
  created: string;
  mentions: Mention[];
}
/** Words. */
export interface CommentWriteRequest {
  text: string;
}
/** What became of one snapshot in another. */
export interface Comparison {
  id: string;
  project: string;
  before: string;
  after: string;
  report: Record<string, unknown>;
  created: string;
}
/** Two snapshots. */
export interface ComparisonWriteRequest {
  before: string;
  after: string;
}
/** Connections to PostgreSQL: open now, left to this installation, and what it can take at most, by `hosts` machines with web processes and so many workers. `trouble` says what to do where too few are left; with a pooler (`pooled`) between, nothing is compared. */
export interface Connections {
  open: number;
  left: number;
  wanted: number;
  hosts: number;
  workers: number;
  pooled: boolean;
  trouble: string;
}
/** How the copies of an image are merged. */
export interface CopiesMergeWriteRequest {
  how: MergeHowEnum;
  /** Whose work it is to be, with `how` person. */
  person?: string;
  /** Which, with `how` hand. */
  objects?: string[];
}
/** One person's copy; null: nobody yet, somebody who is gone, or one may not know. */
export interface CopyState {
  person: Person | null;
  done: boolean;
}
/** How much there is in a project. */
export interface Counts {
  images: number;
  in_progress: number;
  done: number;
  annotations: number;
}
/** How many of each kind. */
export interface CountsByKind {
  label: number;
  image: number;
  annotation: number;
  suggestion: number;
}
/** A covered region, in pixels of the image; `score` is the detector's confidence, null for one drawn by hand. */
export interface Covered {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
  score: number | null;
  style: StyleEnum;
  outline: OutlineEnum;
  by: Person | null;
  created: string;
}
/** A region to cover: a box in pixels of the image. What lies outside of the picture is cut off. */
export interface CoveredWriteRequest {
  x: number;
  y: number;
  width: number;
  height: number;
}
/** The numbers of a project. Who sees only the images of their own jobs has no `progress` and no `estimate`. */
export interface Dashboard {
  days: Day[];
  people: PersonNumbers[];
  labels: LabelNumbers[];
  progress: Standings[];
  estimate: Estimate | null;
  /** Whether one sees other people's numbers here. */
  sees_people: boolean;
}
/** One day, in UTC. */
export interface Day {
  /** Masks. */
  made: number;
  /** Masks that came with active time of their own. */
  timed: number;
  /** Masks deleted, less those restored. */
  deleted: number;
  /** Active time, corrections included. */
  seconds: number;
  clicks: number;
  /** Of the timed ones. */
  seconds_per_mask: number | null;
  /** Of the timed ones. */
  clicks_per_mask: number | null;
  /** Images handed in for review. */
  submitted: number;
  /** Images with their first decision. */
  judged: number;
  /** Of those: accepted at once. */
  passed: number;
  passed_share: number | null;
  /** Returns. */
  returned: number;
  day: string;
  /** Images brought to done. */
  images: number;
}
/** A suggestion after a decision, and the object it became. */
export interface Decided {
  suggestion: Suggestion;
  annotation: Annotation | null;
}
/** What became of one decision. */
export interface DecisionResult {
  key: string;
  status: number;
  suggestion?: Suggestion;
  annotation?: Annotation | null;
  error?: Error;
}
/** What became of each decision, in order, and the image's counter of changes. */
export interface DecisionResults {
  results: DecisionResult[];
  seq: number;
}
export type DecisionWriteOpEnum = 'accept' | 'reject' | 'reopen';
/** One decision of a bulk request. */
export interface DecisionWriteRequest {
  key: string;
  annotation?: string;
  merge?: string[];
  data?: AnnotationFieldsRequest;
  anyway?: boolean;
  op: DecisionWriteOpEnum;
  id: string;
}
/** Decisions, in order. */
export interface DecisionsWriteRequest {
  operations: DecisionWriteRequest[];
}
/** One telling. */
export interface Delivery {
  id: string;
  event: DeliveryEventEnum;
  state: DeliveryStateEnum;
  tries: number;
  next_try: string | null;
  status: number | null;
  error: string;
  body: Record<string, unknown>;
  created: string;
  ended: string | null;
}
export type DeliveryEventEnum = 'image.submitted' | 'image.accepted' | 'image.returned' | 'export.ready' | 'model.promoted' | 'run.failed' | 'test';
export interface DeliveryPage {
  results: Delivery[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
export type DeliveryStateEnum = 'waiting' | 'delivered' | 'failed';
/** A detector's boxes as COCO results, and the images and categories of the file that it was run on. */
export interface DetectionsWriteRequest {
  /** Each: bbox [x, y, width, height] in pixels, score, image_id or file_name, category_id or category. */
  results: unknown[];
  /** COCO's: id and file_name. Needed for numbered images. */
  images?: unknown[];
  /** COCO's: id and name. Needed for numbered categories. */
  categories?: unknown[];
}
/** An object that is not as it was. */
export interface Difference {
  id: string;
  change: ChangeEnum;
  before: Side | null;
  after: Side | null;
  /** Of both masks, where the mask changed. */
  iou: number | null;
  fields: string[];
  people: string[];
}
/** What changed on an image. */
export interface Differences {
  since: SinceEnum;
  /** The image's count of changes now. */
  seq: number;
  results: Difference[];
}
/** A disk with data of this server, in bytes. */
export interface Disk {
  place: string;
  free: number;
  total: number;
}
/** How images are divided. Those put into a part by hand stay there. */
export interface DivisionWriteRequest {
  /** By a stable hash; left out: only what was put by hand. */
  shares?: SharesWriteRequest;
  /** Another one divides anew. */
  seed?: string;
  /** What must never be in two parts. */
  groups?: string[];
}
/** What retraining was worth. */
export interface Effect {
  retrained: number;
  promoted: Promotion[];
}
/** How far the image's embedding for the project's model is. */
export interface EmbeddingInfo {
  state: EmbeddingStateEnum;
  model_version: string | null;
  encoder_sha256: string;
  url: string | null;
  bytes: number;
  run: string | null;
  message: string;
}
export type EmbeddingStateEnum = 'none' | 'queued' | 'running' | 'ready' | 'failed';
/** Something that was done to the project. */
export interface Entry {
  id: string;
  kind: string;
  /** What was done, as a sentence. */
  text: string;
  /** null: somebody who is gone, or the server itself. */
  actor: Person | null;
  /** How the person was called then; blank: the server itself. */
  actor_name: string;
  about: Record<string, unknown>;
  created: string;
}
export interface EntryPage {
  results: Entry[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** What happened (`message`), for programs (`code`), and which fields were wrong. */
export interface Error {
  code: string;
  message: string;
  fields?: Record<string, string[]>;
  /** With 409: what is stored now. */
  current?: unknown;
}
/** The rest, at the pace of the last 14 days. */
export interface Estimate {
  /** Images that are not done. */
  left: number;
  per_day: number;
  /** null: nothing was finished, so there is no pace. */
  days: number | null;
  finish: string | null;
}
/** What to measure: model versions (the project's own, when left out), the most clicks per mask, how many masks, drawn by which seed, whether the classical tools are asked too, and what groups of masks are compared by: "label" or the name of an attribute that people gave them. */
export interface EvaluateWriteRequest {
  models?: string[];
  clicks?: number;
  limit?: number;
  seed?: number;
  baselines?: boolean;
  groups?: string;
}
/** What one model version scored. */
export interface Evaluation {
  id: string;
  run: string | null;
  model_version: string | null;
  model_name: string;
  params: Record<string, unknown>;
  summary: Record<string, unknown>;
  images: number;
  own_masks: number;
  seconds: number;
  /** The best and the worst. */
  examples: Record<string, unknown>[];
  created_by: Person | null;
  created: string;
}
export interface EvaluationPage {
  results: Evaluation[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** One step of an image's review. */
export interface Event {
  kind: EventKindEnum;
  actor: Person | null;
  /** Accepted after the reviewer had mended something. */
  fixed: boolean;
  created: string;
}
export type EventKindEnum = 'submitted' | 'accepted' | 'returned' | 'withdrawn' | 'changed' | 'reopened';
export type EventsEnum = 'image.submitted' | 'image.accepted' | 'image.returned' | 'export.ready' | 'model.promoted' | 'run.failed';
/** What one model version scored at a task. */
export interface Experiment {
  id: string;
  run: string | null;
  task: string;
  /** The paper's section that defines the numbers. */
  paper: string;
  model_version: string | null;
  model_name: string;
  snapshot: string | null;
  /** The snapshot's name; blank: the accepted masks as they were. */
  source: string;
  params: Record<string, unknown>;
  /** As `python -m sam_backend evaluate --task` writes it: overall, intervals (95 %), n masks, images. */
  summary: Record<string, unknown>;
  seconds: number;
  created_by: Person | null;
  created: string;
}
export interface ExperimentPage {
  results: Experiment[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** What to measure: the task, a model version (the project's own, when left out), a snapshot (the accepted masks, when left out), how many images at most, points per side of the grid (the paper's, when left out), and for instances a detector's boxes (those around people's masks, when left out). */
export interface ExperimentWriteRequest {
  task: TaskEnum;
  model?: string;
  snapshot?: string | null;
  limit?: number;
  points?: number;
  boxes?: DetectionsWriteRequest | null;
}
/** What to export. */
export interface ExportWriteRequest {
  format: FormatEnum;
  include_images?: boolean;
  include_suggestions?: boolean;
  segmentation?: SegmentationEnum;
  /** Instead of the masks as they are now. */
  snapshot?: string;
  selection?: SelectionWriteRequest;
}
/** A run that failed, and why. */
export interface FailedRun {
  id: string;
  kind: string;
  project: string | null;
  project_name?: string | null;
  error: string;
  finished: string | null;
  attempts: number;
}
/** What the data set looks like in numbers, as last taken. */
export interface Figures {
  /** null: they were never taken. */
  created: string | null;
  /** Counts by class: {from, until, count}; until null has no end. */
  report: Record<string, unknown>;
  /** Of SA-1B and COCO, with their source. */
  published: Record<string, unknown>[];
}
export type FormatEnum = 'coco' | 'yolo' | 'yolo_detection' | 'voc' | 'panoptic' | 'labelme' | 'sa1b' | 'cvat' | 'labelstudio' | 'datumaro' | 'supervisely' | 'darwin' | 'fiftyone' | 'semantic' | 'instances' | 'mots' | 'cityscapes' | 'csv' | 'imagefolder' | 'parquet' | 'cutouts';
/** How the images of the data set meet the project. */
export interface FoundImages {
  total: number;
  new: number;
  by_hash: number;
  by_name: number;
  repeated: number;
  without_picture: number;
  unusable: number;
}
/** A label of the data set; "" stands for objects without one. */
export interface FoundLabel {
  name: string;
  count: number;
  choice: Choice;
}
/** The objects of the data set: all, those on images that can be used, of these those that are there already, and those that a machine only suggested. */
export interface FoundObjects {
  total: number;
  ready: number;
  there: number;
  suggested: number;
}
/** The gold of a project. */
export interface Gold {
  /** One is hidden for so many images of a job; 0: none. */
  every: number;
  /** Gold images. */
  images: number;
  /** Copies that are still to be scored: ask again. */
  left: number;
  people: GoldPerson[];
}
/** Which images are gold, or are so no more. */
export interface GoldMarkWriteRequest {
  images: string[];
  gold: boolean;
}
/** What came of it. */
export interface GoldMarked {
  changed: string[];
  left: Left[];
}
/** One person's score: the share of objects that are right, of those that are on the gold images they had or that they added. */
export interface GoldPerson {
  person: Person;
  /** Gold images they are done with. */
  images: number;
  /** Judged: right, named_wrong, missed or extra. */
  objects: number;
  /** Found (IoU of one half at least), with the right label. */
  right: number;
  /** Found, with another label. */
  named_wrong: number;
  missed: number;
  /** Where there is nothing. */
  extra: number;
  score: number | null;
  /** 95 % interval (Wilson, with the design effect of images). */
  low: number | null;
  high: number | null;
  /** Mean, of what was found. */
  iou: number | null;
  /** To judge until the interval is ± 3 %. */
  more_objects: number | null;
  /** The same in images. */
  more_images: number | null;
}
/** What is left of a deleted object for those who follow changes. */
export interface Gone {
  id: string;
  deleted: true;
  revision: number;
  seq: number;
}
/** A project's guidelines, rendered. */
export interface Guidelines {
  html: string;
}
/** An image. */
export interface Image {
  id: string;
  project: string;
  name: string;
  /** Where it lay in the folder that was added; blank when it was none. */
  folder: string;
  /** Images stand in the order of this text. */
  place: string;
  sha256: string;
  width: number;
  height: number;
  bytes: number;
  source_format: string;
  notes: string[];
  state: ImageStateEnum;
  review: ReviewEnum;
  annotations: number;
  annotation_seq: number;
  tags: string[];
  created: string;
  urls: ImageUrls;
  embedding: EmbeddingInfo;
}
/** An image on which they differ. */
export interface ImageDifference {
  id: string;
  image: string;
  path: string;
  /** added, removed or kept: the image itself. */
  kind: string;
  added: number;
  removed: number;
  changed: number;
  /** Address of its thumbnail; blank when the image is gone. */
  thumb: string;
  /** Address of what differs, to lay over it; blank beyond the first ones. */
  picture: string;
}
export interface ImageDifferencePage {
  results: ImageDifference[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** Which images match. */
export interface ImageIds {
  /** How many match. */
  count: number;
  /** Of the first 100,000, in order. */
  ids: string[];
}
/** An image in the compact index. */
export interface ImageIndex {
  id: string;
  name: string;
  folder: string;
  state: ImageStateEnum;
  thumb: string;
}
/** A window of the compact index. */
export interface ImageIndexPage {
  /** Images of the project. */
  count: number;
  /** Place of the first result, counted from 0. */
  start: number;
  results: ImageIndex[];
}
export interface ImagePage {
  results: Image[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** A region [x, y, w, h] to search (the whole image, when left out), and parameters. */
export interface ImageSearchWriteRequest {
  region?: [number, number, number, number] | null;
  params?: Record<string, unknown>;
}
export type ImageStateEnum = 'new' | 'in_progress' | 'done';
/** One file. */
export interface ImageUploadRequest {
  file: string;
  /** Where it lay in the folder that was added, a/b. Images are listed by folder and name. */
  folder?: string;
}
/** Immutable addresses of the image. */
export interface ImageUrls {
  full: string;
  thumb: string;
}
/** Phrases for one image. */
export interface ImageWordsWriteRequest {
  /** Of the score; the model's own if left out. */
  threshold?: number | null;
  /** Of masks that overlap with a greater IoU the best is left; none is left out without it. */
  nms?: number | null;
  /** The newest that is asked in words. */
  model?: string | null;
  phrases: PhraseOnImageWriteRequest[];
}
/** How far they are. */
export interface ImagesMarkRequest {
  images: string[];
  state: ImageStateEnum;
}
/** Some images of a project. */
export interface ImagesNamedRequest {
  images: string[];
}
/** Tags to put on them, and to take off. */
export interface ImagesTagRequest {
  images: string[];
  add?: string[];
  remove?: string[];
}
/** An import; listing, report, result and undone are null until there is one. */
export interface Import {
  id: string;
  name: string;
  source: ImportSourceEnum;
  folder: string;
  bytes: number;
  /** Whether its file is still here to be read. */
  kept: boolean;
  /** Chosen by somebody; blank: the recognised one. */
  format: string;
  state: ImportStateEnum;
  listing: Listing | null;
  report: Report | null;
  result: Result | null;
  undone: Undone | null;
  become: BecomeEnum | NullEnum;
  can_undo: boolean;
  /** The last of its runs. */
  run: Run | null;
  created_by: Person | null;
  created: string;
}
export type ImportFormatEnum = 'coco' | 'yolo' | 'yolo_detection' | 'voc' | 'panoptic' | 'labelme' | 'sa1b' | 'cvat' | 'labelstudio' | 'datumaro' | 'supervisely' | 'darwin' | 'fiftyone' | 'semantic' | 'instances' | 'mots' | 'cityscapes' | 'csv' | 'imagefolder' | 'parquet';
export type ImportKindEnum = 'label' | 'image' | 'annotation' | 'suggestion';
export interface ImportPage {
  results: Import[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
export type ImportSourceEnum = 'upload' | 'folder' | 'urls' | 's3';
export type ImportStateEnum = 'listing' | 'listed' | 'checking' | 'unreadable' | 'checked' | 'importing' | 'stopped' | 'imported' | 'undoing' | 'undone';
/** A data set: an archive or a file; or a folder of the server, or a place in a bucket (`s3://bucket/folder`), that an administrator opened; or the web addresses of its files. `format` where it should not be told from the files. */
export interface ImportWriteRequest {
  file?: string;
  folder?: string;
  urls?: string[];
  s3?: string;
  format?: ImportFormatEnum | BlankEnum;
}
/** An invitation, without its link. */
export interface Invitation {
  id: string;
  role: RoleEnum;
  /** How many people it lets in. */
  people: number;
  /** How many it let in so far. */
  used: number;
  created_by: Person;
  created: string;
  expires: string;
}
export interface InvitationList {
  results: Invitation[];
}
/** What a new invitation needs: the role it gives, how many people it lets in, how many days it works. */
export interface InvitationWriteRequest {
  role: RoleEnum;
  people?: number;
  days?: number;
}
/** A job with its progress. The row comes from `queries.with_progress`. */
export interface Job {
  id: string;
  project: string;
  project_name: string;
  /** What people call it by in its project. */
  number: number;
  name: string;
  /** Number and name, as people say it. */
  title: string;
  /** pool: waits for somebody. * `pool` - Pool * `taken` - Taken * `paused` - Paused * `done` - Done */
  state: JobStateEnum;
  priority: PriorityEnum;
  due: string | null;
  paused: boolean;
  assignee: Person | null;
  /** Taken from the pool; without work on it until then it goes back there. */
  lease_until: string | null;
  images: number;
  /** Images that are marked done. */
  done: number;
  /** Images that a review returned. */
  returned: number;
  /** The first returned image, else the first not done. */
  next_image: string | null;
  created: string;
}
export interface JobPage {
  results: Job[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
export type JobStateEnum = 'pool' | 'taken' | 'paused' | 'done';
/** Some jobs of a project. */
export interface JobsNamedRequest {
  jobs: string[];
}
/** What an undo kept, and why. */
export interface Kept {
  kind: ImportKindEnum;
  reason: string;
  count: number;
}
/** One thing that an undo kept; `image` is where it lies. */
export interface KeptThing {
  kind: ImportKindEnum;
  reason: string;
  name: string;
  image?: string;
}
/** A label. */
export interface Label {
  id: string;
  name: string;
  color: string;
  order: number;
  attributes: AttributeSpec[];
}
/** Objects to which somebody gave a label; alpha is that of this label against all others. */
export interface LabelAgreement {
  images: number;
  /** Different ones, whoever made them. */
  objects: number;
  /** F1 of one person with another at an IoU of one half, whatever the labels. */
  found: Measure;
  /** Mean, of two masks of one object. */
  iou: Measure;
  /** Mean (Cheng et al. 2021: a band as wide as 2 % of the diagonal). */
  boundary_iou: Measure;
  /** Krippendorff's alpha of the labels, nominal. */
  alpha: Measure;
  label: AgreementLabel;
}
/** One label; null: none, or one that is gone. */
export interface LabelNumbers {
  /** Masks. */
  made: number;
  /** Masks that came with active time of their own. */
  timed: number;
  /** Masks deleted, less those restored. */
  deleted: number;
  /** Active time, corrections included. */
  seconds: number;
  clicks: number;
  /** Of the timed ones. */
  seconds_per_mask: number | null;
  /** Of the timed ones. */
  clicks_per_mask: number | null;
  /** Images handed in for review. */
  submitted: number;
  /** Images with their first decision. */
  judged: number;
  /** Of those: accepted at once. */
  passed: number;
  passed_share: number | null;
  /** Returns. */
  returned: number;
  label: NumbersLabel | null;
}
export interface LabelPage {
  results: Label[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** What one may set on a label. */
export interface LabelWriteRequest {
  name: string;
  color?: string;
  order?: number;
  attributes?: AttributeSpecRequest[];
}
/** An image that was not merged, and why. */
export interface Left {
  image: string;
  message: string;
}
/** Objects of an image that are kept, for somebody has worked on them since. */
export interface LeftAlone {
  image: string;
  name: string;
  objects: number;
  /** Who has; as they are called. */
  people: string[];
}
/** A queue: `oldest_seconds` is how long the oldest run in it has waited. */
export interface Line {
  queue: QueueEnum;
  waiting: number;
  oldest_seconds: number;
  running: number;
  workers: number;
}
/** What there is to fetch: files, their bytes where they are known, how many say no size, how many cannot be had, and how many are here. */
export interface Listing {
  files: number;
  bytes: number;
  unknown: number;
  refused: number;
  fetched: number;
}
/** What putting an image back would change. */
export interface Look {
  seq: number;
  /** The image's count of changes now; send it as `seen`. */
  now: number;
  /** Objects that come back. */
  added: number;
  changed: number;
  /** Objects that go. */
  removed: number;
  /** Objects whose label of that time is gone. */
  unlabelled: number;
  /** The first 200 of them. */
  objects: Moved[];
}
/** An image and what is covered in it. `threshold` is null where nobody searched it for faces; `original` says whether the uncovered picture is kept. */
export interface LookedAt {
  id: string;
  name: string;
  folder: string;
  width: number;
  height: number;
  sha256: string;
  /** The confidence it was searched at. */
  threshold: number | null;
  /** Whether a region can be taken back. */
  original: boolean;
  regions: Covered[];
}
export interface LookedAtPage {
  results: LookedAt[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** What a project has no place for. */
export interface Loss {
  kind: string;
  count: number;
  rule: string;
}
/** What came of it; those not named were so already, or are not there. */
export interface Marked {
  changed: MarkedImage[];
}
/** An image that changed, as it is now. */
export interface MarkedImage {
  id: string;
  /** How far it was. * `new` - New * `in_progress` - In Progress * `done` - Done */
  before: ImageStateEnum;
  state: ImageStateEnum;
  review: string;
}
/** An audit. */
export interface MaskAudit {
  id: string;
  number: number;
  seed: number;
  by_label: boolean;
  /** Masks that could be drawn. */
  population: number;
  created: string;
  created_by: Person | null;
  closed: string | null;
}
/** IoUs above `low`, up to `high`; the lowest class holds 0, too. */
export interface MaskAuditBin {
  low: number;
  high: number;
  count: number;
}
/** An audit with its numbers. */
export interface MaskAuditDetail {
  id: string;
  number: number;
  seed: number;
  by_label: boolean;
  /** Masks that could be drawn. */
  population: number;
  created: string;
  created_by: Person | null;
  closed: string | null;
  numbers: MaskAuditNumbers;
}
/** Masks of one label, by its name when they were drawn; blank: none. */
export interface MaskAuditLabel {
  /** Judged, and not by who made them. */
  counted: number;
  images: number;
  /** Left as they were. */
  untouched: number;
  /** Removed by the auditor, or nothing in common: IoU 0. */
  removed: number;
  mean_iou: MaskAuditMean;
  /** Masks with an IoU above 0.9 with what they were corrected to. */
  above_90: MaskAuditShare;
  /** And above 0.75. */
  above_75: MaskAuditShare;
  label: string;
}
/** A correction that was not taken over, and why. */
export interface MaskAuditLeft {
  mask: string;
  message: string;
}
/** A mean with its 95 % interval (bootstrap over images); null where there is too little to say. */
export interface MaskAuditMean {
  value: number | null;
  low: number | null;
  high: number | null;
}
/** What an audit says. */
export interface MaskAuditNumbers {
  /** Judged, and not by who made them. */
  counted: number;
  images: number;
  /** Left as they were. */
  untouched: number;
  /** Removed by the auditor, or nothing in common: IoU 0. */
  removed: number;
  mean_iou: MaskAuditMean;
  /** Masks with an IoU above 0.9 with what they were corrected to. */
  above_90: MaskAuditShare;
  /** And above 0.75. */
  above_75: MaskAuditShare;
  /** Drawn. */
  masks: number;
  judged: number;
  /** Corrected by who made them, and left out. */
  own: number;
  /** The image lies in the bin, or the audit was closed before. */
  gone: number;
  /** Still to be judged. */
  open: number;
  /** Finished images that are still to be compared: ask again. */
  left: number;
  histogram: MaskAuditBin[];
  labels: MaskAuditLabel[];
}
export interface MaskAuditPage {
  results: MaskAudit[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** A share of masks. */
export interface MaskAuditShare {
  value: number | null;
  low: number | null;
  high: number | null;
  /** Masks to judge until the interval is ± 3 %. */
  more: number | null;
  /** The same in images. */
  more_images: number | null;
}
/** What came of taking corrections over. */
export interface MaskAuditTaken {
  taken: number;
  left: MaskAuditLeft[];
}
/** What a lead asks for. */
export interface MaskAuditWriteRequest {
  /** Masks to draw. */
  size: number;
  /** Who corrects them; each gets a job. */
  people: string[];
  /** Each label gets its share of the sample. */
  by_label?: boolean;
  /** The same one draws the same masks while they stay. */
  seed?: number;
}
/** Which images: all that match every part. */
export interface MatchingWriteRequest {
  state?: ImageStateEnum;
  review?: ReviewEnum;
  /** Part of folder/name. */
  search?: string;
  /** In jobs of this person; “pool”: in the pool; “nobody”: in no job. */
  assignee?: string;
  /** On at least one object; “none”: at least one object without a label. */
  with_label?: string;
  /** “none”: without any tag. */
  tag?: string;
  /** Added on this day (UTC) or later. */
  added_from?: string;
  /** Added on this day (UTC) or earlier. */
  added_to?: string;
  min_objects?: number;
  max_objects?: number;
  /** NAME:VALUE, as the data set's page links. */
  only?: string;
}
/** The masks there are to learn from, and whether they are enough. */
export interface Material {
  source: MaterialSourceEnum;
  masks: number;
  images: number;
  groups: number;
  enough: boolean;
  sentence: string;
}
export type MaterialSourceEnum = 'accepted' | 'done';
/** Oneself. */
export interface Me {
  id: string;
  username: string;
  name: string;
  email: string;
  is_admin: boolean;
  preferences: Record<string, unknown>;
}
/** A number with its 95 % interval (bootstrap over images); null where there is too little to say. */
export interface Measure {
  value: number | null;
  low: number | null;
  high: number | null;
}
/** Somebody's role in a project. */
export interface Member {
  id: string;
  user: Person;
  username: string;
  /** The highest of their own and of their teams'. * `owner` - Owner * `manager` - Manager * `reviewer` - Reviewer * `annotator` - Annotator * `viewer` - Viewer */
  role: RoleEnum;
  /** null: here through teams alone. * `owner` - Owner * `manager` - Manager * `reviewer` - Reviewer * `annotator` - Annotator * `viewer` - Viewer */
  own_role: RoleEnum | NullEnum;
  teams: MemberTeam[];
  created: string;
}
export interface MemberPage {
  results: Member[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** A team through which somebody is in a project, and the role it gives there. */
export interface MemberTeam {
  name: string;
  role: RoleEnum;
}
/** A new member. */
export interface MemberWriteRequest {
  /** User name or e-mail address. */
  user: string;
  role: RoleEnum;
}
/** Somebody whom a comment mentions. */
export interface Mention {
  id: string;
  name: string;
  username: string;
}
export type MergeHowEnum = 'vote' | 'person' | 'hand';
export type MergeManyHowEnum = 'vote' | 'person';
/** Images to merge by vote, or taking one person's work. */
export interface MergeManyWriteRequest {
  images: string[];
  how: MergeManyHowEnum;
  person?: string;
}
/** What a merge would change. */
export interface MergeSeen {
  /** Live objects that carry the label. */
  objects: number;
}
/** What undoing a merge has changed. */
export interface MergeUndone {
  /** The label that is back. */
  restored: Label;
  /** Live objects that have it again. */
  objects: number;
  /** Live objects that were named anew since, and keep that. */
  kept: number;
}
/** Where the objects go. */
export interface MergeWriteRequest {
  /** Another label of the same project. */
  into: string;
}
/** What a merge has changed. */
export interface Merged {
  /** Names the merge to whoever undoes it. */
  id: string;
  /** Live objects that have the other label now. */
  objects: number;
  /** The label that stays. */
  into: Label;
}
/** How the copies were merged. */
export interface MergedCopies {
  how: MergeHowEnum;
  actor: Person | null;
  created: string;
}
/** What came of it. */
export interface MergedMany {
  merged: string[];
  left: Left[];
}
export type ModeEnum = 'off' | 'all' | 'share' | 'risk';
/** A model version; `files` maps names to immutable addresses. */
export interface Model {
  id: string;
  name: string;
  version: string;
  family: string;
  sha256: string;
  encoder_sha256: string;
  licence: string;
  notice: string;
  state: ModelStateEnum;
  /** What it is asked with. * `clicks` - Clicks * `words` - Words */
  prompts: PromptsEnum;
  builtin: boolean;
  /** Add up the package's files. */
  bytes: number;
  created: string;
}
/** A model version with what a decoder needs. */
export interface ModelDetail {
  id: string;
  name: string;
  version: string;
  family: string;
  sha256: string;
  encoder_sha256: string;
  licence: string;
  notice: string;
  state: ModelStateEnum;
  /** What it is asked with. * `clicks` - Clicks * `words` - Words */
  prompts: PromptsEnum;
  builtin: boolean;
  /** Add up the package's files. */
  bytes: number;
  created: string;
  manifest: Record<string, unknown>;
  /** Return file name → address. */
  files: Record<string, string>;
}
export interface ModelPage {
  results: Model[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
export type ModelStateEnum = 'pending' | 'ready' | 'failed';
/** The version in use now, and the run after which the asked one is (null: it is already). */
export interface ModelSwitch {
  model_version: string | null;
  run: Run | null;
}
/** A package as ZIP, or a checkpoint with what it cannot tell itself. */
export interface ModelUploadRequest {
  file: string;
  name?: string;
  version?: string;
  licence?: string;
  notice?: string;
  /** SAM 3's own licence was read and is accepted. */
  accept_licence?: boolean;
}
/** What one person did to an image without a long pause. */
export interface Moment {
  /** The image's count of changes with the first of them. */
  first: number;
  /** And with the last one: what to put the image back to. */
  seq: number;
  actor: Person | null;
  since: string;
  until: string;
  /** Objects were put back to what they had been. */
  put_back: boolean;
  created: number;
  changed: number;
  deleted: number;
  restored: number;
}
/** The life of an image, the newest first. */
export interface Moments {
  results: Moment[];
  /** The image's count of changes now. */
  seq: number;
  /** There is more: ask again with ?before= the last one's `first`. */
  more: boolean;
}
/** One object that would change. */
export interface Moved {
  id: string;
  /** added: it comes back; removed: it goes. * `added` - Added * `removed` - Removed * `changed` - Changed */
  change: ChangeEnum;
  /** It would have, or has where it goes. */
  label: string | null;
  /** What of it differs. */
  fields: string[];
  /** Of both masks, where the mask differs. */
  iou: number | null;
}
/** An invitation just made, with its link. */
export interface NewInvitation {
  id: string;
  role: RoleEnum;
  /** How many people it lets in. */
  people: number;
  /** How many it let in so far. */
  used: number;
  created_by: Person;
  created: string;
  expires: string;
  /** The link's page on this server. */
  path: string;
}
/** A key just made, with the key. */
export interface NewToken {
  id: string;
  name: string;
  hint: string;
  created: string;
  last_used: string | null;
  scope: ScopeEnum;
  /** null: never; only for keys of earlier versions. */
  expires: string | null;
  /** The only project that it opens; null: all. */
  project: TokenProject | null;
  key: string;
}
/** An image to go on with. */
export interface NextImage {
  image: string | null;
}
/** The work to go on with; both null when there is none. */
export interface NextJob {
  job: Job | null;
  image: string | null;
}
/** What comes next for a person. */
export interface NextPair {
  /** Null: they have rated all that they may. */
  pair: RatedPair | null;
  done: number;
  total: number;
}
/** The image one has now; null when none waits for this person. */
export interface NextReview {
  image: string | null;
}
/** By which order the next image is given. */
export interface NextReviewWriteRequest {
  order?: OrderEnum;
}
/** Something that concerns the person who asks. */
export interface Notice {
  id: string;
  kind: string;
  /** What happened, as a sentence. */
  text: string;
  /** What somebody wrote with it; may be blank. */
  comment: string;
  /** The page it leads to. */
  url: string;
  project: string | null;
  image: string | null;
  actor: Person | null;
  created: string;
  read: string | null;
}
export interface NoticePage {
  results: Notice[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
export type NullEnum = null;
/** A label. */
export interface NumbersLabel {
  id: string;
  name: string;
  color: string;
}
/** One operation of a bulk request, without its data. */
export interface OperationWriteRequest {
  key: string;
  op: ActionEnum;
  id: string;
  revision?: number;
  data?: AnnotationFieldsRequest;
}
export type OrderEnum = 'oldest' | 'risk';
/** Under which licence a project's images stand, and where they come from. */
export interface Origin {
  licence: string;
  sources: string;
}
export type OutlineEnum = 'box' | 'ellipse';
/** An image that several people were given. */
export interface OverlapImage {
  id: string;
  name: string;
  folder: string;
  copies: CopyState[];
  agreed: Agreed | null;
  merged: MergedCopies | null;
}
export interface OverlapImagePage {
  results: OverlapImage[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** Two people. */
export interface PairAgreement {
  images: number;
  /** Different ones, whoever made them. */
  objects: number;
  /** F1 of one person with another at an IoU of one half, whatever the labels. */
  found: Measure;
  /** Mean, of two masks of one object. */
  iou: Measure;
  /** Mean (Cheng et al. 2021: a band as wide as 2 % of the diagonal). */
  boundary_iou: Measure;
  /** Krippendorff's alpha of the labels, nominal. */
  alpha: Measure;
  people: Person[];
}
/** An answer as COCO run lengths; the image's longest side is 1,024 pixels at most here. */
export interface PairMask {
  size: [number, number];
  counts: string;
}
/** What a person gives both answers. */
export interface PairScoreWriteRequest {
  left: number;
  right: number;
}
export type PartEnum = 'train' | 'val' | 'test';
/** How many images people put into each part. */
export interface Parts {
  train: number;
  val: number;
  test: number;
}
/** What an administrator may change. */
export interface PatchedAccountWriteRequest {
  is_active?: boolean;
}
/** Changed fields, and the revision they were changed on. */
export interface PatchedAnnotationUpdateRequest {
  label?: string | null;
  rle?: {
    /** [height, width] */
    size: [number, number];
    counts: string | number[];
  };
  attributes?: Record<string, string | number | boolean>;
  stage?: StageEnum;
  status?: StatusEnum;
  prompts?: object[];
  shape?: {
    type: 'polygon';
    rings: unknown[];
  } | null;
  model_version?: string | null;
  predicted_iou?: number | null;
  stability_score?: number | null;
  seconds?: number;
  clicks?: number;
  z_order?: number;
  locked?: boolean;
  hidden?: boolean;
  revision?: number;
}
/** How much gold is hidden. */
export interface PatchedGoldRuleWriteRequest {
  every?: number;
}
/** What one may set on an image. */
export interface PatchedImageWriteRequest {
  state?: ImageStateEnum;
}
/** What one may change of a job. */
export interface PatchedJobWriteRequest {
  name?: string;
  priority?: PriorityEnum;
  due?: string | null;
  paused?: boolean;
  /** null: into the pool. */
  assignee?: string | null;
}
/** The same change for many jobs. */
export interface PatchedJobsWriteRequest {
  jobs?: string[];
  name?: string;
  priority?: PriorityEnum;
  due?: string | null;
  paused?: boolean;
  /** null: into the pool. */
  assignee?: string | null;
}
/** What one may set on a label. */
export interface PatchedLabelWriteRequest {
  name?: string;
  color?: string;
  order?: number;
  attributes?: AttributeSpecRequest[];
}
/** What one may change about oneself. */
export interface PatchedMeWriteRequest {
  preferences?: Record<string, unknown>;
}
/** Under which licence a project's images stand, and where they come from. */
export interface PatchedOriginRequest {
  licence?: string;
  sources?: string;
}
/** Faces from this confidence on are covered in every new picture. */
export interface PatchedPrivacyRuleWriteRequest {
  active?: boolean;
  threshold?: number;
  style?: StyleEnum;
  outline?: OutlineEnum;
  keep_originals?: boolean;
}
/** What one may set on a project. */
export interface PatchedProjectWriteRequest {
  name?: string;
  description?: string;
  guidelines?: string;
  annotators_see?: AnnotatorsSeeEnum;
  person_numbers?: PersonNumbersEnum;
}
/** Which ones were read; without any named: all. */
export interface PatchedReadWriteRequest {
  notices?: string[];
}
/** After so many newly accepted masks; hours in UTC, the night may go over midnight. */
export interface PatchedRetrainRuleWriteRequest {
  active?: boolean;
  after?: number;
  at_night?: boolean;
  night_from?: number;
  night_to?: number;
  promote?: boolean;
}
/** Another role for a member. */
export interface PatchedRoleWriteRequest {
  role?: RoleEnum;
}
/** Another rule. */
export interface PatchedRuleWriteRequest {
  mode?: ModeEnum;
  share?: number;
  own_work?: boolean;
}
/** Whether a thread is settled. */
export interface PatchedSettleWriteRequest {
  resolved?: boolean;
}
/** What may be changed about a snapshot: what people call it. */
export interface PatchedSnapshotChangeRequest {
  name?: string;
  note?: string;
}
/** What one may change of a tag. */
export interface PatchedTagWriteRequest {
  name?: string;
}
/** Another role. */
export interface PatchedTeamRoleWriteRequest {
  role?: RoleEnum;
}
/** A team's name, and who leads it (somebody in it). */
export interface PatchedTeamWriteRequest {
  name?: string;
  lead?: string;
}
/** Address and events. */
export interface PatchedWebhookWriteRequest {
  url?: string;
  events?: EventsEnum[];
  active?: boolean;
}
/** Somebody, as others see them. */
export interface Person {
  id: string;
  name: string;
}
/** One person; null: somebody who is gone. */
export interface PersonNumbers {
  /** Masks. */
  made: number;
  /** Masks that came with active time of their own. */
  timed: number;
  /** Masks deleted, less those restored. */
  deleted: number;
  /** Active time, corrections included. */
  seconds: number;
  clicks: number;
  /** Of the timed ones. */
  seconds_per_mask: number | null;
  /** Of the timed ones. */
  clicks_per_mask: number | null;
  /** Images handed in for review. */
  submitted: number;
  /** Images with their first decision. */
  judged: number;
  /** Of those: accepted at once. */
  passed: number;
  passed_share: number | null;
  /** Returns. */
  returned: number;
  person: Person | null;
  /** Images brought to done. */
  images: number;
  /** F1 with others on the same images, of all they did, whatever the period. */
  agreement: number | null;
  /** Share of right objects on gold, whatever the period. */
  gold: number | null;
  /** Its 95 % interval. */
  gold_low: number | null;
  gold_high: number | null;
}
export type PersonNumbersEnum = 'members' | 'managers';
/** One person's jobs; without a person: the pool. */
export interface PersonProgress {
  user: Person | null;
  jobs: number;
  images: number;
  done: number;
}
/** One kind of object on one image: also by examples of it, and of what is not meant: boxes, or ids of the image's objects, whose boxes are taken. */
export interface PhraseOnImageWriteRequest {
  /** A short noun phrase; up to 200 characters. */
  words?: string;
  label?: string | null;
  boxes?: [number, number, number, number][];
  unlike?: [number, number, number, number][];
  objects?: string[];
  unlike_objects?: string[];
}
/** One kind of object: words, the label that what is found gets, or a label whose name are the words. */
export interface PhraseWriteRequest {
  /** A short noun phrase; up to 200 characters. */
  words?: string;
  label?: string | null;
}
/** How many images were put, and how many are in each part now. */
export interface Places {
  train: number;
  val: number;
  test: number;
  placed: number;
}
/** Images to put into a part: named one by one, or all whose folder/name contains a text. */
export interface PlacesWriteRequest {
  /** Blank: into none by hand. * `train` - Train * `val` - Val * `test` - Test */
  part: PartEnum | BlankEnum;
  images?: string[];
  search?: string;
}
/** A place in image pixels, from the image's top left corner: of the object (label 1), or not of it (0). */
export interface PointWriteRequest {
  x: number;
  y: number;
  label?: number;
}
/** Where an object is on another image of the project. */
export interface PointedThereWriteRequest {
  points?: PointWriteRequest[];
  box?: [number, number, number, number] | null;
  image: string;
}
/** Everyone who has the image open, oneself included. */
export interface Presence {
  people: Tab[];
}
/** A tab's own name, the same as long as it is open. */
export interface PresenceWriteRequest {
  client: string;
}
/** Everything one image gives, before thresholds; `image` is null while nothing was searched for a preview. */
export interface Preview {
  image: PreviewImage | null;
  params?: Record<string, string | number>;
  size?: [number, number];
  candidates?: PreviewCandidate[];
}
/** A mask before thresholds, in image pixels but for `rle`, which has the preview's size. Parts are [pixels, x0, y0, x1, y1], largest first; `hole` counts the smallest hole's pixels. */
export interface PreviewCandidate {
  iou: number;
  stability: number;
  box: [number, number, number, number];
  area: number;
  parts: [number, number, number, number, number][];
  hole: number | null;
  rle: {
    /** [height, width] */
    size: [number, number];
    counts: string;
  };
}
/** The image to show masks on. */
export interface PreviewImage {
  id: string;
  name: string;
  width: number;
  height: number;
  urls: ImageUrls;
}
/** Parameters that differ from the project's: the grid, which the sliders do not change. */
export interface PreviewWriteRequest {
  params?: Record<string, unknown>;
}
export type PriorityEnum = 'low' | 'normal' | 'high' | 'urgent';
/** What happens to pictures before they are stored. `waiting` images were not searched at this threshold yet; `originals` are kept uncovered. */
export interface PrivacyRule {
  active: boolean;
  threshold: number;
  style: StyleEnum;
  outline: OutlineEnum;
  keep_originals: boolean;
  waiting: number;
  originals: number;
}
/** One thing that could not be taken over. */
export interface Problem {
  file: string;
  item: string;
  reason: string;
}
/** Everything that could not be taken over, or the first of it. */
export interface Problems {
  count: number;
  results: Problem[];
}
/** How far a project is. */
export interface Progress {
  images: number;
  done: number;
  /** Images that are in a job. */
  in_jobs: number;
  people: PersonProgress[];
}
/** A project, as one of its members sees it. */
export interface Project {
  id: string;
  name: string;
  description: string;
  guidelines: string;
  /** All images, or those of their own jobs. * `all` - All * `own` - Own */
  annotators_see: AnnotatorsSeeEnum;
  /** Who sees how much single people did. * `members` - Members * `managers` - Managers */
  person_numbers: PersonNumbersEnum;
  created: string;
  labels: Label[];
  my_role: RoleEnum;
  counts: Counts;
  model: ProjectModel | null;
}
/** A new project, with its first labels. */
export interface ProjectCreateRequest {
  name: string;
  description?: string;
  guidelines?: string;
  annotators_see?: AnnotatorsSeeEnum;
  person_numbers?: PersonNumbersEnum;
  labels?: LabelWriteRequest[];
}
/** The model version a project uses. */
export interface ProjectModel {
  id: string;
  name: string;
  version: string;
  encoder_sha256: string;
}
export interface ProjectPage {
  results: Project[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** `knowing`: the person has seen that the version is not better with confidence, and wants it all the same. */
export interface PromoteWriteRequest {
  knowing?: boolean;
}
/** One promotion: the work with the version before, and with the one after. */
export interface Promotion {
  version: string;
  replaced: string;
  created: string;
  before: Work;
  after: Work;
}
/** An object that nobody drew: where it is on this image, and on others before or behind it, which takes a model that remembers images. What is found proposes its label, and has its track: the project's next when left out, or that of who pointed at the same places before. */
export interface PromptWriteRequest {
  points?: PointWriteRequest[];
  box?: [number, number, number, number] | null;
  label?: string | null;
  track?: number | null;
  also?: PointedThereWriteRequest[];
}
export type PromptsEnum = 'clicks' | 'words';
/** Which objects (all, when neither they nor prompts are given), along how many images (to the end, when left out), and which way. Prompts are objects that are only pointed at; they are suggested on this image, too. */
export interface PropagateWriteRequest {
  objects?: string[] | null;
  prompts?: PromptWriteRequest[];
  count?: number | null;
  backwards?: boolean;
}
/** The label that similar accepted masks have, and its share of their vote. */
export interface Proposal {
  label: string;
  probability: number;
}
/** A published checkpoint; `installed` is the model version made of it. */
export interface Published {
  name: string;
  title: string;
  family: string;
  licence: string;
  url: string;
  sha256: string;
  bytes: number;
  installed?: string | null;
}
export interface PublishedList {
  results: Published[];
}
/** Which checkpoint to fetch. */
export interface PullWriteRequest {
  name: string;
}
/** What an act changes, or has changed. */
export interface PutBackOutcome {
  /** Objects that come back. */
  added: number;
  /** Objects that become what they were. */
  changed: number;
  /** Objects that go. */
  removed: number;
  /** Images on which something changes. */
  images: number;
  /** Of those, accepted ones, which go back to review. */
  accepted: number;
  /** Images in the bin, which stay as they are. */
  in_bin: number;
  /** Objects somebody has worked on since: that stays. */
  kept: number;
  /** Objects whose label of that time is gone. */
  unlabelled: number;
  /** The first 200 images with something that is kept. */
  listed: LeftAlone[];
}
/** What to put an image back to. */
export interface PutBackWriteRequest {
  /** The image's count of changes then. */
  seq: number;
  /** The count you looked at. */
  seen: number;
}
export type QueueEnum = 'default' | 'gpu';
/** An image in the queue. */
export interface QueueImage {
  id: string;
  name: string;
  folder: string;
  thumb: string;
}
/** An image that waits for a review. */
export interface QueueRow {
  image: QueueImage;
  submitted_by: Person | null;
  submitted_at: string;
  changed_after: boolean;
  /** It was decided on before. */
  again: boolean;
  risk: number;
  reasons: Reason[];
  held_by: Person | null;
  /** One's own work, which another reviewer decides on. */
  own: boolean;
}
export interface QueueRowPage {
  results: QueueRow[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** Two answers to one click. Which model gave which is not said. */
export interface RatedPair {
  id: string;
  /** Address of the image. */
  picture: string;
  /** Of the click, as a share of the width. */
  x: number;
  /** And of the height. */
  y: number;
  left: PairMask;
  right: PairMask;
}
/** Two models compared by people. */
export interface Rating {
  id: string;
  first_name: string;
  second_name: string;
  seed: number;
  created: string;
  created_by: Person | null;
}
/** The same with its numbers. */
export interface RatingDetail {
  id: string;
  first_name: string;
  second_name: string;
  seed: number;
  created: string;
  created_by: Person | null;
  numbers: RatingNumbers;
}
/** A mean with its intervals (bootstrap over images); null where there is too little to say. */
export interface RatingMean {
  value: number | null;
  /** Of 95 %. */
  low: number | null;
  high: number | null;
  /** Of 99 %. */
  low_99: number | null;
  high_99: number | null;
}
/** What people gave. */
export interface RatingNumbers {
  pairs: number;
  /** Pairs that somebody rated. */
  rated: number;
  ratings: number;
  raters: number;
  first: RatingMean;
  second: RatingMean;
  /** Second less first, pair by pair. */
  difference: RatingMean;
  /** Pairs. */
  second_better: number;
  first_better: number;
  ties: number;
  /** Two-sided sign test over pairs without a tie. */
  sign_p: number | null;
  /** Two-sided paired t-test over pairs. */
  t_p: number | null;
}
export interface RatingPage {
  results: Rating[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** Which two models are compared. */
export interface RatingWriteRequest {
  first: string;
  second: string;
  /** Masks that are clicked on. */
  size?: number;
}
/** Why an image is worth a look. */
export interface Reason {
  code: string;
  text: string;
  /** The first of them. */
  objects: string[];
}
export type ReasonEnum = 'no_worker' | 'no_room' | 'behind' | 'not_sent';
/** What to encode: the whole image, or a region [x, y, w, h] of it in image pixels. */
export interface RegionWriteRequest {
  region?: [number, number, number, number] | null;
}
/** What the dry run found. */
export interface Report {
  format: string;
  title: string;
  images: FoundImages;
  annotations: FoundObjects;
  labels: FoundLabel[];
  lost: Loss[];
  problems: number;
}
/** What an import did: what it made; objects that were there, that were left out by choice, and that somebody deleted here before. */
export interface Result {
  made: CountsByKind;
  there: number;
  skipped: number;
  deleted: number;
  problems: number;
  lost: Loss[];
}
/** When retrainings start by themselves. */
export interface RetrainRule {
  active: boolean;
  after: number;
  at_night: boolean;
  night_from: number;
  night_to: number;
  promote: boolean;
}
/** How to retrain: minutes of training at most, and whether a version that is better with confidence is put to use at once. */
export interface RetrainWriteRequest {
  minutes?: number;
  promote?: boolean;
}
/** One finished retraining. `report` is what `sam_backend.tuning` measured: metrics of the old and the new version on images that neither learning nor the choice of weights has seen, each with a 95 % interval. */
export interface Retraining {
  id: string;
  run: string | null;
  parent: string | null;
  parent_name: string;
  version: string | null;
  version_name: string;
  verdict: VerdictEnum;
  /** The verdict in words. */
  sentence: string;
  report: Record<string, unknown>;
  masks: number;
  images: number;
  by_rule: boolean;
  swaps: Swap[];
  created_by: Person | null;
  created: string;
}
export interface RetrainingPage {
  results: Retraining[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** What one saw, and what is to be changed; not needed where a comment on the image says it. */
export interface ReturnWriteRequest {
  seq: number;
  text?: string;
}
/** The images that were returned to the person, the oldest first. */
export interface Returned {
  images: string[];
}
/** How an image's review stands, for the person who asks. */
export interface Review {
  image: string;
  review: ReviewEnum;
  /** The image's count of changes; say it when you decide. */
  seq: number;
  submitted_by: Person | null;
  submitted_at: string | null;
  submitted_seq: number;
  /** It was accepted, and changed afterwards. */
  changed_after: boolean;
  decided_by: Person | null;
  decided_at: string | null;
  risk: number;
  reasons: Reason[];
  held_by: Person | null;
  may_decide: boolean;
  /** Why one may not decide on it; blank when one may. */
  why_not: string;
  events: Event[];
}
export type ReviewEnum = 'none' | 'waiting' | 'returned' | 'accepted';
/** One change of an object. */
export interface Revision {
  revision: number;
  action: ActionEnum;
  actor: Person | null;
  created: string;
  changes: Record<string, unknown>;
}
/** The revision the client saw. */
export interface RevisionSeenRequest {
  revision: number;
}
/** Every change of an object, oldest first. */
export interface Revisions {
  results: Revision[];
}
export type RoleEnum = 'owner' | 'manager' | 'reviewer' | 'annotator' | 'viewer';
/** Which finished images are reviewed. */
export interface Rule {
  mode: ModeEnum;
  /** Per cent of the images: where the mode is `share` always the same ones, with `risk` the riskiest. */
  share: number;
  /** Whether people may review what they made themselves. */
  own_work: boolean;
}
/** A run, read only. */
export interface Run {
  id: string;
  kind: string;
  project: string | null;
  subject: string | null;
  state: RunStateEnum;
  progress: number;
  message: string;
  error: string;
  params: Record<string, unknown>;
  result: Record<string, unknown>;
  created: string;
  started: string | null;
  finished: string | null;
  waits: Waits | null;
}
/** A run with its log. */
export interface RunDetail {
  id: string;
  kind: string;
  project: string | null;
  subject: string | null;
  state: RunStateEnum;
  progress: number;
  message: string;
  error: string;
  params: Record<string, unknown>;
  result: Record<string, unknown>;
  created: string;
  started: string | null;
  finished: string | null;
  waits: Waits | null;
  log: string;
}
export interface RunPage {
  results: Run[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
export type RunStateEnum = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
/** Suggestions drawn at random. */
export interface Sample {
  results: Suggestion[];
}
/** A filter under a name. */
export interface SavedFilter {
  id: string;
  name: string;
  query: StoredQuery;
}
export interface SavedFilterPage {
  results: SavedFilter[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** A filter to keep. */
export interface SavedFilterWriteRequest {
  name: string;
  query: StoredQueryRequest;
}
export type ScopeEnum = 'read' | 'write';
/** The last search of an image. */
export interface Search {
  run: string | null;
  /** Null: it came in with a data set. */
  model_version: string | null;
  params: Record<string, unknown>;
  found: number;
  kept: number;
  seconds: number;
  problem: string;
  complete: boolean;
  created: string;
}
/** Which images to search (all, when left out; `new`: those no search has got through yet), and parameters that differ from the project's. */
export interface SearchWriteRequest {
  images?: string[] | null;
  new?: boolean;
  params?: Record<string, unknown>;
}
/** What one saw when deciding. */
export interface SeenWriteRequest {
  seq: number;
}
export type SegmentationEnum = 'rle' | 'uncompressed' | 'auto' | 'polygons';
/** Which images, and which objects on them; what is left out chooses all. */
export interface SelectionWriteRequest {
  /** Images that a review accepted. Left out: so once the project's images are reviewed. */
  accepted_only?: boolean | null;
  states?: ImageStateEnum[];
  jobs?: string[];
  /** Who decided last on the image. */
  reviewers?: string[];
  /** Images with any of these tags. */
  tags?: string[];
  statuses?: StatusEnum[];
  stages?: StageEnum[];
  labels?: string[];
  /** Objects without a label, too. */
  unlabelled?: boolean;
  /** The first day on which objects were made (UTC). */
  made_from?: string;
  /** And the last. */
  made_until?: string;
  /** Images on which nothing was chosen, too. */
  empty_images?: boolean;
  /** Also what nobody has judged. */
  suggestions?: boolean;
}
/** How the installation is. `parts` says of each part "ok", or what is wrong. */
export interface Server {
  at: string;
  ready: boolean;
  parts: Record<string, string>;
  queues: Line[];
  workers: Worker[];
  disks: Disk[];
  connections: Connections | null;
  upkeep: Upkeep[];
  versions: Record<string, string>;
  failed: FailedRun[];
  failed_count: number;
}
/** A place where one is signed in. */
export interface Session {
  id: string;
  /** Browser and system, as far as known. */
  name: string;
  address: string;
  created: string;
  /** When it was used last, within some minutes. */
  seen: string;
  /** It is the one that asks. */
  here: boolean;
}
export interface SessionList {
  results: Session[];
}
/** Per cent by part. */
export interface SharesWriteRequest {
  train?: number;
  val?: number;
  test?: number;
}
/** An object at one time. */
export interface Side {
  rle: {
    /** [height, width] */
    size: [number, number];
    counts: string;
  };
  bbox: [number, number, number, number];
  area: number;
  label: string | null;
  attributes: Record<string, string | number | boolean>;
}
export type SinceEnum = 'submission' | 'decision';
/** A frozen state. */
export interface Snapshot {
  id: string;
  project: string;
  /** Blank: an export made it in passing. */
  name: string;
  note: string;
  sha256: string;
  bytes: number;
  images: number;
  annotations: number;
  /** What was chosen where it is not all. */
  selection: Record<string, unknown>;
  /** Objects by label; parts, groups and labels that a part lacks. */
  report: Record<string, unknown>;
  /** Exports made of it. */
  files: number;
  created_by: Person | null;
  created: string;
}
export interface SnapshotPage {
  results: Snapshot[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** What to freeze. */
export interface SnapshotWriteRequest {
  name: string;
  note?: string;
  selection?: SelectionWriteRequest;
  split?: DivisionWriteRequest | null;
}
export type SortEnum = 'name' | 'newest' | 'oldest' | 'most' | 'fewest';
/** What came of it. */
export interface Split {
  results: Job[];
  /** In the new jobs. */
  images: number;
  /** Left out, for they are in a job already. */
  in_jobs: number;
  /** Left out, for they are done. */
  done: number;
}
/** Which images, how many of them, in how many jobs, and whose. Images in jobs, or done, are left out. */
export interface SplitWriteRequest {
  /** These, not `matching`. */
  images?: string[];
  matching?: MatchingWriteRequest;
  /** So many of them, drawn at random. */
  sample?: number;
  /** Take them out of the jobs they are in; those that are done stay there. */
  take?: boolean;
  /** So many jobs, or `size`. */
  jobs?: number;
  /** So many images in each job, or `jobs`. */
  size?: number;
  /** In turn; none: into the pool. */
  assignees?: string[];
  /** Each image to so many people, who do not see each other's work. */
  overlap?: number;
  name?: string;
  priority?: PriorityEnum;
  due?: string | null;
}
export type StageEnum = 'assisted_manual' | 'semi_automatic' | 'fully_automatic';
/** Where the project's images stood at the end of a day. */
export interface Standings {
  day: string;
  images: number;
  new: number;
  in_progress: number;
  /** Done and not accepted by a review. */
  done: number;
  accepted: number;
}
/** What to make of the objects, and of each label by its name in the file; labels that are not named here become what the dry run guessed. */
export interface StartWriteRequest {
  become?: BecomeEnum;
  labels?: Record<string, ChoiceWriteRequest>;
}
export type StatusEnum = 'open' | 'approved' | 'rejected';
/** The words of the list's address. */
export interface StoredQuery {
  state?: ImageStateEnum;
  review?: ReviewEnum;
  /** Part of folder/name. */
  search?: string;
  /** In jobs of this person; “pool”: in the pool; “nobody”: in no job. */
  assignee?: string;
  /** On at least one object; “none”: at least one object without a label. */
  with_label?: string;
  /** “none”: without any tag. */
  tag?: string;
  /** Added on this day (UTC) or later. */
  added_from?: string;
  /** Added on this day (UTC) or earlier. */
  added_to?: string;
  min_objects?: number;
  max_objects?: number;
  /** NAME:VALUE, as the data set's page links. */
  only?: string;
  sort?: SortEnum;
}
/** The words of the list's address. */
export interface StoredQueryRequest {
  state?: ImageStateEnum;
  review?: ReviewEnum;
  /** Part of folder/name. */
  search?: string;
  /** In jobs of this person; “pool”: in the pool; “nobody”: in no job. */
  assignee?: string;
  /** On at least one object; “none”: at least one object without a label. */
  with_label?: string;
  /** “none”: without any tag. */
  tag?: string;
  /** Added on this day (UTC) or later. */
  added_from?: string;
  /** Added on this day (UTC) or earlier. */
  added_to?: string;
  min_objects?: number;
  max_objects?: number;
  /** NAME:VALUE, as the data set's page links. */
  only?: string;
  sort?: SortEnum;
}
export type StyleEnum = 'blur' | 'solid';
/** A proposed mask. */
export interface Suggestion {
  id: string;
  image: string;
  rank: number;
  parent: string | null;
  rle: {
    /** [height, width] */
    size: [number, number];
    counts: string;
  };
  bbox: [number, number, number, number];
  area: number;
  predicted_iou: number;
  stability_score: number;
  point: [number, number];
  crop_box: [number, number, number, number];
  state: SuggestionStateEnum;
  annotation: string | null;
  /** Null: it came in with a data set. */
  model_version: string | null;
  run: string | null;
  carried: Carried | null;
  proposal?: Proposal | null;
}
export type SuggestionStateEnum = 'pending' | 'accepted' | 'rejected';
/** What an editor shows: best first. `covered` counts those that an accepted object has made superfluous. */
export interface Suggestions {
  results: Suggestion[];
  covered: number;
  prefill_above: number;
  search: Search | null;
}
/** A project's model was changed for a retrained one, or back (`back`). */
export interface Swap {
  version: string | null;
  version_name: string;
  replaced: string | null;
  replaced_name: string;
  back: boolean;
  knowing: boolean;
  by: Person | null;
  created: string;
}
/** Somebody who has the image open. */
export interface Tab {
  user: string;
  name: string;
  client: string;
}
/** A tag. */
export interface Tag {
  id: string;
  name: string;
  /** That one sees. */
  images: number;
}
export interface TagPage {
  results: Tag[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** What came of it. */
export interface Tagged {
  /** Images that got a tag. */
  added: string[];
  /** Images that lost one. */
  removed: string[];
}
export type TaskEnum = 'point' | 'edges' | 'proposals' | 'instances';
/** A team with its people. */
export interface Team {
  id: string;
  name: string;
  lead: Person | null;
  people: TeamPerson[];
  /** In how many projects it has a role. */
  projects: number;
  /** One leads it, or is an administrator. */
  may_change: boolean;
}
/** A new team. */
export interface TeamCreateRequest {
  name: string;
}
export interface TeamList {
  results: Team[];
}
/** Somebody in a team. */
export interface TeamPerson {
  id: string;
  name: string;
  username: string;
}
/** Who comes into a team. */
export interface TeamPersonWriteRequest {
  /** User name or e-mail address. */
  user: string;
}
/** A team's role in a project. */
export interface TeamRole {
  id: string;
  team: string;
  name: string;
  people: number;
  role: RoleEnum;
}
/** A team and its role. */
export interface TeamRoleCreateRequest {
  team: string;
  role: RoleEnum;
}
export interface TeamRoleList {
  results: TeamRole[];
}
/** A talk about an image, a place in it (x, y in image pixels) or an object of it. */
export interface Thread {
  id: string;
  image: string;
  annotation: string | null;
  annotation_deleted: boolean;
  x: number | null;
  y: number | null;
  created: string;
  resolved_by: Person | null;
  resolved_at: string | null;
  comments: Comment[];
}
export interface ThreadList {
  results: Thread[];
}
/** Words, and what they are about: a place, an object, or (without both) the image. */
export interface ThreadWriteRequest {
  text: string;
  x?: number;
  y?: number;
  annotation?: string;
}
/** Images in order, the place of the one that was asked about, and the tracks that are on any of them. */
export interface Timeline {
  images: TrackImage[];
  here: number;
  tracks: Track[];
}
export type ToEnum = 'label' | 'new' | 'none' | 'skip';
/** A key, without the key. */
export interface Token {
  id: string;
  name: string;
  hint: string;
  created: string;
  last_used: string | null;
  scope: ScopeEnum;
  /** null: never; only for keys of earlier versions. */
  expires: string | null;
  /** The only project that it opens; null: all. */
  project: TokenProject | null;
}
export interface TokenPage {
  results: Token[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** The only project that a key opens. */
export interface TokenProject {
  id: string;
  name: string;
}
/** What a new key needs: how many days it works, whether it may only read, and whether it opens one project only. */
export interface TokenWriteRequest {
  name: string;
  days?: number;
  scope?: ScopeEnum;
  project?: string | null;
}
/** The same object along images. */
export interface Track {
  track: number;
  label: string | null;
  cells: TrackCell[];
}
/** A track on one image; `at` is its place in the timeline's images. */
export interface TrackCell {
  at: number;
  /** object, suggested or lost */
  kind: string;
  confidence: number | null;
  reason: string;
}
/** An image of a timeline. */
export interface TrackImage {
  id: string;
  name: string;
}
/** Something that happened to an account or at its door. */
export interface Trail {
  id: string;
  created: string;
  event: TrailEventEnum;
  text: string;
  /** Whose account; null: nobody is called what was typed. */
  user: Who | null;
  /** Who did it, where that is somebody else. */
  actor: Who | null;
  address: string;
  /** Return browser and system, as far as known. */
  browser: string;
  /** A token's name. */
  about: string;
}
export type TrailEventEnum = 'password' | 'link' | 'sso' | 'invited' | 'signed_up' | 'reset' | 'wrong' | 'refused' | 'signed_out' | 'new_password' | 'key_made' | 'key_deleted' | 'wrong_code' | 'step_on' | 'step_off' | 'recovery' | 'new_codes' | 'passkey_added' | 'passkey_removed' | 'connected' | 'disconnected' | 'off' | 'on';
export interface TrailPage {
  results: Trail[];
  /** Address of the next page. */
  next: string | null;
  /** Address of the page before. */
  previous: string | null;
}
/** What an undo did; the first hundred things it kept are listed. */
export interface Undone {
  removed: CountsByKind;
  kept: Kept[];
  listed: KeptThing[];
}
/** How many were not read. */
export interface Unread {
  unread: number;
}
/** How the last backup, or the last look at all rows and files, ended. `worry` says what to do about it. */
export interface Upkeep {
  kind: UpkeepKindEnum;
  ended: string | null;
  well: boolean;
  said: string;
  host: string;
  succeeded: string | null;
  worry: string;
}
export type UpkeepKindEnum = 'backup' | 'verify';
/** The model version a project shall use. */
export interface UseModelRequest {
  model_version: string;
}
export type VerdictEnum = 'better' | 'unsure' | 'worse' | 'none';
/** A video, and which of its frames are wanted: `rate` per second, or every `every`-th one; from `start` to before `end`, in seconds; `folder` is where it lay in the folder that was added. */
export interface VideoUploadRequest {
  file: string;
  folder?: string;
  rate?: number;
  every?: number;
  start?: number;
  end?: number;
}
/** Why a queued run waits. `ahead` are the runs that go first, `running` the kinds of those that are being done. */
export interface Waits {
  reason: ReasonEnum;
  message: string;
  ahead: number;
  running: string[];
}
/** An address that is told what happens. */
export interface Webhook {
  id: string;
  url: string;
  events: EventsEnum[];
  active: boolean;
  created: string;
}
export interface WebhookList {
  results: Webhook[];
}
/** With the secret, which is shown only when it is new. */
export interface WebhookWithSecret {
  id: string;
  url: string;
  events: EventsEnum[];
  active: boolean;
  created: string;
  secret: string;
}
/** Address and events. */
export interface WebhookWriteRequest {
  url: string;
  events: EventsEnum[];
  active?: boolean;
}
/** Images of which two copies were done in a week. */
export interface WeekAgreement {
  images: number;
  /** Different ones, whoever made them. */
  objects: number;
  /** F1 of one person with another at an IoU of one half, whatever the labels. */
  found: Measure;
  /** Mean, of two masks of one object. */
  iou: Measure;
  /** Mean (Cheng et al. 2021: a band as wide as 2 % of the diagonal). */
  boundary_iou: Measure;
  /** Krippendorff's alpha of the labels, nominal. */
  alpha: Measure;
  /** Its Monday. */
  week: string;
}
export type WhatEnum = 'image' | 'person';
/** Somebody, by name. */
export interface Who {
  id: string;
  name: string;
  username: string;
}
/** Phrases, and which images to ask (all, when left out). */
export interface WordsWriteRequest {
  /** Of the score; the model's own if left out. */
  threshold?: number | null;
  /** Of masks that overlap with a greater IoU the best is left; none is left out without it. */
  nms?: number | null;
  /** The newest that is asked in words. */
  model?: string | null;
  phrases: PhraseWriteRequest[];
  images?: string[] | null;
}
/** Live masks that people made by clicks with one version. */
export interface Work {
  masks: number;
  seconds_per_mask: number | null;
  clicks_per_mask: number | null;
}
/** What undoing a person's work would change, on some of the images; all looks together are the whole. */
export interface WorkLook {
  /** Objects that come back. */
  added: number;
  /** Objects that become what they were. */
  changed: number;
  /** Objects that go. */
  removed: number;
  /** Images on which something changes. */
  images: number;
  /** Of those, accepted ones, which go back to review. */
  accepted: number;
  /** Images in the bin, which stay as they are. */
  in_bin: number;
  /** Objects somebody has worked on since: that stays. */
  kept: number;
  /** Objects whose label of that time is gone. */
  unlabelled: number;
  /** The first 200 images with something that is kept. */
  listed: LeftAlone[];
  /** Where the next look begins (after); null: that was all. */
  more: string | null;
}
/** Whose work of which time. */
export interface WorkWriteRequest {
  person: string;
  /** The beginning, included. */
  since: string;
  /** The end, not included. */
  until: string;
}
/** A worker process, the name of its machine, and when it last gave a sign of life. */
export interface Worker {
  id: string;
  host: string;
  queues: string[];
  seen: string;
}
/** What each address takes and answers; `{}` stands for an id. */
export interface Endpoints {
  'annotations/{}/': {
    get: { body: undefined; answer: Annotation };
    patch: { body: PatchedAnnotationUpdateRequest; answer: Annotation };
    delete: { body: undefined; answer: null };
  };
  'annotations/{}/restore/': {
    post: { body: RevisionSeenRequest; answer: Annotation };
  };
  'annotations/{}/revisions/': {
    get: { body: undefined; answer: Revisions };
  };
  'audits/{}/': {
    get: { body: undefined; answer: MaskAuditDetail };
    delete: { body: undefined; answer: null };
  };
  'audits/{}/close/': {
    post: { body: undefined; answer: MaskAuditDetail };
  };
  'audits/{}/csv/': {
    get: { body: undefined; answer: unknown };
  };
  'audits/{}/take/': {
    post: { body: undefined; answer: MaskAuditTaken };
  };
  'comments/{}/': {
    delete: { body: undefined; answer: null };
  };
  'comparisons/{}/': {
    get: { body: undefined; answer: Comparison };
    delete: { body: undefined; answer: null };
  };
  'comparisons/{}/images/': {
    get: { body: undefined; answer: ImageDifferencePage };
  };
  'covered/{}/take-back/': {
    post: { body: undefined; answer: null };
  };
  'evaluations/{}/': {
    get: { body: undefined; answer: Evaluation };
    delete: { body: undefined; answer: null };
  };
  'experiments/{}/': {
    get: { body: undefined; answer: Experiment };
    delete: { body: undefined; answer: null };
  };
  'experiments/{}/csv/': {
    get: { body: undefined; answer: unknown };
  };
  'exports/{}/': {
    delete: { body: undefined; answer: null };
  };
  'exports/{}/download/': {
    get: { body: undefined; answer: unknown };
  };
  'filters/{}/': {
    delete: { body: undefined; answer: null };
  };
  'history/{}/undo/': {
    post: { body: undefined; answer: Act };
  };
  'images/{}/': {
    get: { body: undefined; answer: Image };
    patch: { body: PatchedImageWriteRequest; answer: Image };
    delete: { body: undefined; answer: null };
  };
  'images/{}/annotations/': {
    get: { body: undefined; answer: Annotations };
    post: { body: AnnotationCreateRequest; answer: Annotation };
  };
  'images/{}/annotations/bulk/': {
    post: { body: BulkWriteRequest; answer: BulkResults };
  };
  'images/{}/automask/': {
    post: { body: ImageSearchWriteRequest; answer: Run };
  };
  'images/{}/automask/preview/': {
    post: { body: PreviewWriteRequest; answer: Run };
  };
  'images/{}/covered/': {
    post: { body: CoveredWriteRequest; answer: Covered };
  };
  'images/{}/embed/': {
    post: { body: RegionWriteRequest; answer: Run };
  };
  'images/{}/history/': {
    get: { body: undefined; answer: Moments };
  };
  'images/{}/history/look/': {
    get: { body: undefined; answer: Look };
  };
  'images/{}/history/restore/': {
    post: { body: PutBackWriteRequest; answer: Act };
  };
  'images/{}/merge/': {
    post: { body: CopiesMergeWriteRequest; answer: MergedCopies };
    delete: { body: undefined; answer: null };
  };
  'images/{}/presence/': {
    post: { body: PresenceWriteRequest; answer: Presence };
  };
  'images/{}/propagate/': {
    post: { body: PropagateWriteRequest; answer: Run };
  };
  'images/{}/restore/': {
    post: { body: undefined; answer: Image };
  };
  'images/{}/review/': {
    get: { body: undefined; answer: Review };
  };
  'images/{}/review/accept/': {
    post: { body: SeenWriteRequest; answer: Review };
  };
  'images/{}/review/claim/': {
    post: { body: undefined; answer: Review };
    delete: { body: undefined; answer: null };
  };
  'images/{}/review/difference/': {
    get: { body: undefined; answer: Differences };
  };
  'images/{}/review/reopen/': {
    post: { body: undefined; answer: Review };
  };
  'images/{}/review/return/': {
    post: { body: ReturnWriteRequest; answer: Review };
  };
  'images/{}/suggestions/': {
    get: { body: undefined; answer: Suggestions };
  };
  'images/{}/suggestions/bulk/': {
    post: { body: DecisionsWriteRequest; answer: DecisionResults };
  };
  'images/{}/threads/': {
    get: { body: undefined; answer: ThreadList };
    post: { body: ThreadWriteRequest; answer: Thread };
  };
  'images/{}/tracks/': {
    get: { body: undefined; answer: Timeline };
  };
  'images/{}/unfinished/': {
    get: { body: undefined; answer: NextImage };
  };
  'images/{}/words/': {
    post: { body: ImageWordsWriteRequest; answer: Run };
  };
  'imports/{}/': {
    get: { body: undefined; answer: Import };
    delete: { body: undefined; answer: null };
  };
  'imports/{}/check/': {
    post: { body: CheckWriteRequest; answer: Import };
  };
  'imports/{}/list/': {
    post: { body: undefined; answer: Import };
  };
  'imports/{}/problems/': {
    get: { body: undefined; answer: Problems };
  };
  'imports/{}/start/': {
    post: { body: StartWriteRequest; answer: Import };
  };
  'imports/{}/undo/': {
    post: { body: undefined; answer: Import };
  };
  'invitations/{}/': {
    delete: { body: undefined; answer: null };
  };
  'jobs/{}/': {
    get: { body: undefined; answer: Job };
    patch: { body: PatchedJobWriteRequest; answer: Job };
    delete: { body: undefined; answer: null };
  };
  'jobs/{}/give-back/': {
    post: { body: undefined; answer: null };
  };
  'jobs/{}/images/': {
    get: { body: undefined; answer: ImageIndexPage };
  };
  'jobs/{}/unfinished/{}/': {
    get: { body: undefined; answer: NextImage };
  };
  'label-merges/{}/undo/': {
    post: { body: undefined; answer: MergeUndone };
  };
  'labels/{}/': {
    patch: { body: PatchedLabelWriteRequest; answer: Label };
    delete: { body: undefined; answer: null };
  };
  'labels/{}/merge/': {
    get: { body: undefined; answer: MergeSeen };
    post: { body: MergeWriteRequest; answer: Merged };
  };
  'me/': {
    get: { body: undefined; answer: Me };
    patch: { body: PatchedMeWriteRequest; answer: Me };
  };
  'me/notices/': {
    get: { body: undefined; answer: NoticePage };
    patch: { body: PatchedReadWriteRequest; answer: Unread };
  };
  'me/notices/unread/': {
    get: { body: undefined; answer: Unread };
  };
  'me/sessions/': {
    get: { body: undefined; answer: SessionList };
    delete: { body: undefined; answer: null };
  };
  'me/sessions/{}/': {
    delete: { body: undefined; answer: null };
  };
  'me/trail/': {
    get: { body: undefined; answer: TrailPage };
  };
  'members/{}/': {
    patch: { body: PatchedRoleWriteRequest; answer: Member };
    delete: { body: undefined; answer: null };
  };
  'models/': {
    get: { body: undefined; answer: ModelPage };
  };
  'models/library/': {
    get: { body: undefined; answer: PublishedList };
  };
  'models/pull/': {
    post: { body: PullWriteRequest; answer: Run };
  };
  'models/upload/': {
    post: { body: FormData; answer: Run };
  };
  'models/{}/': {
    get: { body: undefined; answer: ModelDetail };
    delete: { body: undefined; answer: null };
  };
  'people/': {
    get: { body: undefined; answer: AccountPage };
  };
  'people/trail/': {
    get: { body: undefined; answer: TrailPage };
  };
  'people/{}/': {
    patch: { body: PatchedAccountWriteRequest; answer: Account };
  };
  'projects/': {
    get: { body: undefined; answer: ProjectPage };
    post: { body: ProjectCreateRequest; answer: Project };
  };
  'projects/{}/': {
    get: { body: undefined; answer: Project };
    patch: { body: PatchedProjectWriteRequest; answer: Project };
    delete: { body: undefined; answer: null };
  };
  'projects/{}/agreement/': {
    get: { body: undefined; answer: Agreement };
  };
  'projects/{}/agreement/csv/': {
    get: { body: undefined; answer: unknown };
  };
  'projects/{}/agreement/images/': {
    get: { body: undefined; answer: OverlapImagePage };
  };
  'projects/{}/agreement/merge/': {
    post: { body: MergeManyWriteRequest; answer: MergedMany };
  };
  'projects/{}/audit/': {
    get: { body: undefined; answer: Audit };
  };
  'projects/{}/audits/': {
    get: { body: undefined; answer: MaskAuditPage };
    post: { body: MaskAuditWriteRequest; answer: MaskAuditDetail };
  };
  'projects/{}/automask/': {
    get: { body: undefined; answer: AutomaskSettings };
    post: { body: SearchWriteRequest; answer: Run };
    patch: { body: Record<string, unknown>; answer: AutomaskSettings };
  };
  'projects/{}/automask/preview/': {
    get: { body: undefined; answer: Preview };
  };
  'projects/{}/bin/': {
    get: { body: undefined; answer: BinnedImagePage };
    delete: { body: undefined; answer: null };
  };
  'projects/{}/boxes/': {
    post: { body: BoxesWriteRequest; answer: Run };
  };
  'projects/{}/comparisons/': {
    post: { body: ComparisonWriteRequest; answer: Run };
  };
  'projects/{}/dashboard/': {
    get: { body: undefined; answer: Dashboard };
  };
  'projects/{}/dashboard/csv/': {
    get: { body: undefined; answer: unknown };
  };
  'projects/{}/evaluations/': {
    get: { body: undefined; answer: EvaluationPage };
    post: { body: EvaluateWriteRequest; answer: Run };
  };
  'projects/{}/experiments/': {
    get: { body: undefined; answer: ExperimentPage };
    post: { body: ExperimentWriteRequest; answer: Run };
  };
  'projects/{}/exports/': {
    get: { body: undefined; answer: ArchivePage };
    post: { body: ExportWriteRequest; answer: Run };
  };
  'projects/{}/figures/': {
    get: { body: undefined; answer: Figures };
    post: { body: undefined; answer: Run };
  };
  'projects/{}/figures/csv/': {
    get: { body: undefined; answer: unknown };
  };
  'projects/{}/filters/': {
    get: { body: undefined; answer: SavedFilterPage };
    post: { body: SavedFilterWriteRequest; answer: SavedFilter };
  };
  'projects/{}/gold/': {
    get: { body: undefined; answer: Gold };
    post: { body: GoldMarkWriteRequest; answer: GoldMarked };
    patch: { body: PatchedGoldRuleWriteRequest; answer: Gold };
  };
  'projects/{}/guidelines/': {
    get: { body: undefined; answer: Guidelines };
  };
  'projects/{}/history/': {
    get: { body: undefined; answer: ActPage };
    post: { body: WorkWriteRequest; answer: Act };
  };
  'projects/{}/history/look/': {
    get: { body: undefined; answer: WorkLook };
  };
  'projects/{}/images/': {
    get: { body: undefined; answer: ImagePage };
    post: { body: FormData; answer: Image };
  };
  'projects/{}/images/delete/': {
    post: { body: ImagesNamedRequest; answer: Changed };
  };
  'projects/{}/images/ids/': {
    get: { body: undefined; answer: ImageIds };
  };
  'projects/{}/images/index/': {
    get: { body: undefined; answer: ImageIndexPage };
  };
  'projects/{}/images/mark/': {
    post: { body: ImagesMarkRequest; answer: Marked };
  };
  'projects/{}/images/restore/': {
    post: { body: ImagesNamedRequest; answer: Changed };
  };
  'projects/{}/images/tag/': {
    post: { body: ImagesTagRequest; answer: Tagged };
  };
  'projects/{}/imports/': {
    get: { body: undefined; answer: ImportPage };
    post: { body: ImportWriteRequest; answer: Import };
  };
  'projects/{}/invitations/': {
    get: { body: undefined; answer: InvitationList };
    post: { body: InvitationWriteRequest; answer: NewInvitation };
  };
  'projects/{}/jobs/': {
    get: { body: undefined; answer: JobPage };
    post: { body: SplitWriteRequest; answer: Split };
    patch: { body: PatchedJobsWriteRequest; answer: null };
  };
  'projects/{}/jobs/delete/': {
    post: { body: JobsNamedRequest; answer: null };
  };
  'projects/{}/jobs/next/': {
    post: { body: undefined; answer: NextJob };
  };
  'projects/{}/jobs/progress/': {
    get: { body: undefined; answer: Progress };
  };
  'projects/{}/labels/': {
    get: { body: undefined; answer: LabelPage };
    post: { body: LabelWriteRequest; answer: Label };
  };
  'projects/{}/log/': {
    get: { body: undefined; answer: EntryPage };
  };
  'projects/{}/members/': {
    get: { body: undefined; answer: MemberPage };
    post: { body: MemberWriteRequest; answer: Member };
  };
  'projects/{}/model/': {
    put: { body: UseModelRequest; answer: ModelSwitch };
  };
  'projects/{}/origin/': {
    get: { body: undefined; answer: Origin };
    patch: { body: PatchedOriginRequest; answer: Origin };
  };
  'projects/{}/parts/': {
    get: { body: undefined; answer: Parts };
    post: { body: PlacesWriteRequest; answer: Places };
  };
  'projects/{}/privacy/': {
    get: { body: undefined; answer: PrivacyRule };
    patch: { body: PatchedPrivacyRuleWriteRequest; answer: PrivacyRule };
  };
  'projects/{}/privacy/images/': {
    get: { body: undefined; answer: LookedAtPage };
  };
  'projects/{}/privacy/originals/': {
    delete: { body: undefined; answer: null };
  };
  'projects/{}/privacy/search/': {
    post: { body: undefined; answer: Run };
  };
  'projects/{}/ratings/': {
    get: { body: undefined; answer: RatingPage };
    post: { body: RatingWriteRequest; answer: Run };
  };
  'projects/{}/retrainings/': {
    get: { body: undefined; answer: RetrainingPage };
    post: { body: RetrainWriteRequest; answer: Run };
  };
  'projects/{}/retrainings/effect/': {
    get: { body: undefined; answer: Effect };
  };
  'projects/{}/retrainings/material/': {
    get: { body: undefined; answer: Material };
  };
  'projects/{}/retrainings/roll-back/': {
    post: { body: undefined; answer: Swap };
  };
  'projects/{}/retrainings/rule/': {
    get: { body: undefined; answer: RetrainRule };
    patch: { body: PatchedRetrainRuleWriteRequest; answer: RetrainRule };
  };
  'projects/{}/reviews/': {
    get: { body: undefined; answer: QueueRowPage };
  };
  'projects/{}/reviews/next/': {
    post: { body: NextReviewWriteRequest; answer: NextReview };
  };
  'projects/{}/reviews/returned/': {
    get: { body: undefined; answer: Returned };
  };
  'projects/{}/reviews/rule/': {
    get: { body: undefined; answer: Rule };
    patch: { body: PatchedRuleWriteRequest; answer: Rule };
  };
  'projects/{}/runs/events/': {
    get: { body: undefined; answer: unknown };
  };
  'projects/{}/snapshots/': {
    get: { body: undefined; answer: SnapshotPage };
    post: { body: SnapshotWriteRequest; answer: Run };
  };
  'projects/{}/stages/': {
    get: { body: undefined; answer: Record<string, unknown> };
  };
  'projects/{}/stages/csv/': {
    get: { body: undefined; answer: unknown };
  };
  'projects/{}/suggestions/sample/': {
    get: { body: undefined; answer: Sample };
  };
  'projects/{}/tags/': {
    get: { body: undefined; answer: TagPage };
  };
  'projects/{}/teams/': {
    get: { body: undefined; answer: TeamRoleList };
    post: { body: TeamRoleCreateRequest; answer: TeamRole };
  };
  'projects/{}/videos/': {
    post: { body: FormData; answer: Run };
  };
  'projects/{}/webhooks/': {
    get: { body: undefined; answer: WebhookList };
    post: { body: WebhookWriteRequest; answer: WebhookWithSecret };
  };
  'projects/{}/words/': {
    post: { body: WordsWriteRequest; answer: Run };
  };
  'rated-pairs/{}/': {
    post: { body: PairScoreWriteRequest; answer: NextPair };
  };
  'ratings/{}/': {
    get: { body: undefined; answer: RatingDetail };
    delete: { body: undefined; answer: null };
  };
  'ratings/{}/csv/': {
    get: { body: undefined; answer: unknown };
  };
  'ratings/{}/next/': {
    get: { body: undefined; answer: NextPair };
  };
  'retrainings/{}/': {
    get: { body: undefined; answer: Retraining };
  };
  'retrainings/{}/promote/': {
    post: { body: PromoteWriteRequest; answer: Swap };
  };
  'runs/': {
    get: { body: undefined; answer: RunPage };
  };
  'runs/{}/': {
    get: { body: undefined; answer: RunDetail };
  };
  'runs/{}/boxes/': {
    get: { body: undefined; answer: BoxMask[] };
  };
  'runs/{}/cancel/': {
    post: { body: undefined; answer: Run };
  };
  'runs/{}/retry/': {
    post: { body: undefined; answer: Run };
  };
  'server/': {
    get: { body: undefined; answer: Server };
  };
  'snapshots/{}/': {
    get: { body: undefined; answer: Snapshot };
    patch: { body: PatchedSnapshotChangeRequest; answer: Snapshot };
    delete: { body: undefined; answer: null };
  };
  'suggestions/{}/accept/': {
    post: { body: AcceptWriteRequest; answer: Decided };
  };
  'suggestions/{}/reject/': {
    post: { body: undefined; answer: Decided };
  };
  'suggestions/{}/reopen/': {
    post: { body: undefined; answer: Decided };
  };
  'tags/{}/': {
    patch: { body: PatchedTagWriteRequest; answer: null };
    delete: { body: undefined; answer: null };
  };
  'team-roles/{}/': {
    patch: { body: PatchedTeamRoleWriteRequest; answer: TeamRole };
    delete: { body: undefined; answer: null };
  };
  'teams/': {
    get: { body: undefined; answer: TeamList };
    post: { body: TeamCreateRequest; answer: Team };
  };
  'teams/{}/': {
    get: { body: undefined; answer: Team };
    patch: { body: PatchedTeamWriteRequest; answer: Team };
    delete: { body: undefined; answer: null };
  };
  'teams/{}/people/': {
    post: { body: TeamPersonWriteRequest; answer: Team };
  };
  'teams/{}/people/{}/': {
    delete: { body: undefined; answer: null };
  };
  'threads/{}/': {
    patch: { body: PatchedSettleWriteRequest; answer: Thread };
  };
  'threads/{}/comments/': {
    post: { body: CommentWriteRequest; answer: Thread };
  };
  'tokens/': {
    get: { body: undefined; answer: TokenPage };
    post: { body: TokenWriteRequest; answer: NewToken };
  };
  'tokens/{}/': {
    delete: { body: undefined; answer: null };
  };
  'webhooks/{}/': {
    patch: { body: PatchedWebhookWriteRequest; answer: Webhook };
    delete: { body: undefined; answer: null };
  };
  'webhooks/{}/deliveries/': {
    get: { body: undefined; answer: DeliveryPage };
  };
  'webhooks/{}/secret/': {
    post: { body: undefined; answer: WebhookWithSecret };
  };
  'webhooks/{}/test/': {
    post: { body: undefined; answer: Delivery };
  };
  'work/': {
    get: { body: undefined; answer: JobPage };
  };
}
