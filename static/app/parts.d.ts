/** What parts of the editor are made of. Types that only a signature needs stand here, where they cost the page nothing. */

import type { Endpoints } from './api/endpoints.js';
import type { Change, Editor, OpenImage, Session } from './editor.d.ts';
import type { LiveImage } from './sync/live.js';
import type { DurableOutbox } from './sync/outbox.js';
import type { SturdyStorage } from './sync/sturdy_storage.js';
import type { ImageOpener } from './tools/open_image.js';
import type {
  Annotation,
  BulkOperation,
  BulkResult,
  Decoder,
  EditorConfig,
  ImageInfo,
  Person,
  Store,
  Uuid,
} from './types.d.ts';
import type { Stage } from './view/stage.js';

export interface ClientOptions {
  /** address of the API, e.g. "/api/v1/" */
  base: string;
  /** id of whom the page was made for; the server refuses it to whoever signs in here later */
  person?: string;
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  cookies?: () => string;
  sleep?: (ms: number) => Promise<void>;
}

export interface BrowserOutboxOptions {
  /** one queue a person */
  user: Uuid;
  send: (image: Uuid, operations: BulkOperation[]) => Promise<{ results: BulkResult[] }>;
  baseOf?: (id: Uuid) => Annotation | null;
}

export interface BrowserOutbox {
  outbox: DurableOutbox;
  /** says whether unsent work outlives the tab */
  storage: SturdyStorage;
}

export interface OpenerParts {
  config: EditorConfig;
  api: Pick<Endpoints, 'image' | 'annotations' | 'imageIndex' | 'embed'>;
  /** hears that the list of images could not be loaded */
  unlisted: (error: Error) => void;
  stage: Stage;
  store: Store;
  decoder: Decoder;
  /** puts unsent local changes on top of the server's rows */
  live: Pick<LiveImage, 'open' | 'follow' | 'close'>;
}

export interface LiveParts {
  endpoints: Pick<Endpoints, 'annotations' | 'presence'>;
  store: Store;
  outbox: DurableOutbox;
  user: Person;
  /** names this tab among a person's own */
  tab?: string;
}

export interface ObjectsParts {
  store: Store;
  session: Session;
  image: OpenImage;
  config: EditorConfig;
  /** applies a change as one gesture */
  perform: (change: Change, name: string) => void;
}

export interface NavigatorParts {
  image: ImageOpener;
  /** editor page of an image, with {image} as placeholder */
  address: string;
  setState: (id: Uuid, state: ImageInfo['state']) => Promise<Pick<ImageInfo, 'review'>>;
  /** the next image that is not done */
  unfinished: (id: Uuid) => Promise<{ image: Uuid | null }>;
  /** sends what is unsent */
  save: () => Promise<void>;
  editor: () => Editor;
}
