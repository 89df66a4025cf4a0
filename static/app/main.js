/** Composition root of the editor: builds the parts, wires them, opens the image. */

/** @import { EditorConfig } from './types.js' */
/** @import { Editor } from './editor.js' */
/** @import { SturdyStorage } from './sync/sturdy_storage.js' */
import { createClient } from './api/client.js';
import { createEndpoints } from './api/endpoints.js';
import { fetchRest, later } from './core/later.js';
import { createDecoder } from './sam/decoder.js';
import { History } from './state/history.js';
import { createStore } from './state/store.js';
import { Suggestions } from './state/suggestions.js';
import { createBrowserOutbox } from './sync/browser_outbox.js';
import { LiveImage } from './sync/live.js';
import { ImageOpener } from './tools/open_image.js';
import { createSession } from './tools/session.js';
import { buildApp } from './ui/app.js';
import { h, useIcons } from './ui/dom.js';
import { createNavigator } from './ui/navigator.js';
import { Stage } from './view/stage.js';

const root = /** @type {HTMLElement} */ (document.getElementById('app'));
const config = /** @type {EditorConfig} */ (
  JSON.parse(document.getElementById('editor-config')?.textContent ?? 'null')
);

const saving = later(() => import('./ui/saving.js'));

/** Unsent work that a closed tab would lose is told of from the first time on. @param {Editor} editor @param {SturdyStorage} storage */
function watchRisk(editor, storage) {
  const look = () => {
    if (!storage.trouble && !storage.onlyInMemory) return;
    stop();
    saving().then(
      ({ announceRisk }) => announceRisk(editor, storage),
      () => watchRisk(editor, storage),
    );
  };
  const stop = editor.outbox.onState(look);
  look();
}

async function start() {
  // Without icons the buttons still have their names.
  useIcons(config.urls.icons).catch(() => undefined);
  const client = createClient({ base: config.api, person: config.user.id });
  const endpoints = createEndpoints(client);
  const decoder = config.model
    ? createDecoder({
        urls: config.urls,
        model: config.model,
        user: config.user.id,
        loadImage: endpoints.image,
        requestEmbedding: endpoints.embed,
      })
    : (await import('./tools/no_decoder.js')).createNoDecoder();
  decoder.prefetch([]); // its runtime compiles while page and photo arrive
  const session = createSession(config);
  const stage = new Stage(h('main', { class: 'stage', tabindex: '0', 'aria-label': 'Photo with its masks' }));
  const store = createStore();
  const history = new History(store, (message) => editor.notify({ message, kind: 'warning' }));
  const { outbox, storage } = await createBrowserOutbox({ user: config.user.id, send: endpoints.bulk });
  const live = new LiveImage({ endpoints, store, outbox, user: config.user });
  const suggestions = new Suggestions({ list: endpoints.suggestions, decide: endpoints.decide }, (objects) => {
    live.applyRemote(objects);
    void live.poll().catch(() => undefined);
  });
  const image = new ImageOpener({
    config,
    api: endpoints,
    stage,
    store,
    decoder,
    live,
    unlisted: ({ message }) =>
      void editor.notify({ message: `The list of images could not be loaded. ${message}`, kind: 'error' }),
  });
  async function save() {
    await outbox.idle(); // what was just made is on its way into the line
    await outbox.flush();
  }
  const navigator = createNavigator({
    image,
    address: config.urls.editor,
    setState: endpoints.setImageState,
    unfinished: (id) => endpoints.unfinished(id, config.job?.id),
    save,
    editor: () => editor,
  });
  const followSuggestions = later(async () => {
    (await import('./ui/link_suggestions.js')).linkSuggestions(editor);
  });
  later(async () => (await import('./ui/project_news.js')).followProject(editor, client, live));
  const review = later(async () =>
    (await import('./ui/review/link.js')).linkReview(editor, { client, image, live, navigator, save }),
  );
  /** @type {Editor} */
  const editor = buildApp(root, {
    config,
    session,
    stage,
    image,
    store,
    decoder,
    suggestions,
    outbox,
    history,
    navigator,
    live,
    perform: (change, name) => {
      history.commit(change, name);
    },
    regions: endpoints,
    search: endpoints,
    review,
    savePreferences: (preferences) => endpoints.savePreferences(preferences),
  });
  image.on(() => {
    if (image.phase === 'loading') history.clear();
  });
  watchRisk(editor, storage);
  window.history.replaceState({ image: config.image }, '');
  await image.open(config.image);
  await image.prepared;
  performance.mark('maskwright-ready'); // the page's budget of bytes ends here
  followSuggestions().catch(() => undefined); // tried again with the rest
  await fetchRest();
  performance.mark('maskwright-complete');
}

start().catch((error) => {
  root.replaceChildren(
    h(
      'div',
      { class: 'editor-boot', role: 'alert' },
      h(
        'p',
        {},
        `The editor could not start. ${error instanceof Error ? error.message : ''} Reload the page; unsent work is kept.`,
      ),
    ),
  );
  throw error;
});
