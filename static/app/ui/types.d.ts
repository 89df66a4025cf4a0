/** What the parts of the editor's interface are given. */

import type { Client } from '../api/typed.d.ts';
import type { Endpoints } from '../api/endpoints.js';
import type { Change, Command, OpenImage, Session } from '../editor.d.ts';
import type { Suggestions } from '../state/suggestions.js';
import type { LiveImage } from '../sync/live.js';
import type { Decoder, EditorConfig, Outbox, Store, Uuid } from '../types.d.ts';
import type { ImageOpener } from '../tools/open_image.js';
import type { Stage } from '../view/stage.js';

/** What the page is built from (app.js). */
export interface AppParts {
  config: EditorConfig;
  session: Session;
  stage: Stage;
  image: OpenImage & { retryEmbedding(): Promise<unknown> };
  store: Store;
  decoder: Decoder;
  suggestions: Suggestions;
  outbox: Outbox;
  history: CommandParts['history'];
  navigator: CommandParts['navigator'] & { reload(): void; leave(event: MouseEvent): void };
  perform(change: Change, name: string): void;
  regions: CommandParts['regions'];
  search: CommandParts['search'];
  review: CommandParts['review'];
  live: Pick<LiveImage, 'people' | 'onPeople'>;
  savePreferences(preferences: Record<string, unknown>): Promise<unknown>;
}

/** What commands need beside the editor. */
export interface CommandParts {
  history: { undo(): unknown; redo(): unknown; readonly undoName: string | null; readonly redoName: string | null };
  regions: Pick<Endpoints, 'embed' | 'run'>;
  search: Pick<Endpoints, 'searchImage' | 'run' | 'carryAlong' | 'cancelRun' | 'tracks'>;
  navigator: {
    go(step: number): void;
    unfinished(): void;
    submit(): void;
    /** The open image is no longer done. */
    reopen(): void;
    openNextReady(): Promise<unknown>;
    open(id: Uuid): unknown;
  };
  /** The review's code, fetched when it is first wanted. */
  review(): Promise<{ actions: Actions }>;
  dialogs: {
    show(
      name:
        | 'palette'
        | 'help'
        | 'display'
        | 'guidelines'
        | 'menu'
        | 'cleanup'
        | 'carry'
        | 'keys'
        | 'conflicts'
        | 'signIn',
    ): void;
  };
}

/** What reviews need beside the editor (review/link.js). */
export interface ReviewParts {
  client: Client;
  image: ImageOpener;
  live: Pick<LiveImage, 'poll' | 'seq'>;
  navigator: Pick<CommandParts['navigator'], 'open'>;
  /** sends what is unsent */
  save(): Promise<void>;
}

export type Action = Pick<Command, 'run' | 'enabled' | 'pressed'>;
/** By the command's id; a bare function may always run. */
export type Actions = Record<string, Action | Action['run']>;
