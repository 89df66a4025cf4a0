/** Composition root of the editor: builds the parts, wires them, opens the image. */

/** @import { EditorConfig } from './types.js' */
/** @import { Editor } from './editor.js' */
import { createClient } from './api/client.js';
import { createEndpoints } from './api/endpoints.js';
import { fetchRest } from './core/later.js';
import { createSegmenter } from './sam/segmenter.js';
import { History } from './state/history.js';
import { createStore } from './state/store.js';
import { Suggestions } from './state/suggestions.js';
import { createBrowserOutbox } from './sync/browser_outbox.js';
import { LiveImage } from './sync/live.js';
import { createNoSegmenter } from './tools/no_segmenter.js';
import { ImageOpener } from './tools/open_image.js';
import { createSession } from './tools/session.js';
import { buildApp } from './ui/app.js';
import { h, useIcons } from './ui/dom.js';
import { linkSuggestions } from './ui/link_suggestions.js';
import { createNavigator } from './ui/navigator.js';
import { Stage } from './view/stage.js';

const root = /** @type {HTMLElement} */ (document.getElementById('app'));
const config = /** @type {EditorConfig} */ (JSON.parse(document.getElementById('editor-config')?.textContent ?? 'null'));

async function start() {
  // Without icons the buttons still have their names.
  useIcons(config.urls.icons).catch(() => undefined);
  const client = createClient({ base: config.api, person: config.user.id });
  const endpoints = createEndpoints(client);
  const segmenter = config.model
    ? createSegmenter({ urls: config.urls, model: config.model, user: config.user.id, loadImage: endpoints.image, requestEmbedding: endpoints.embed })
    : createNoSegmenter();
  segmenter.prefetch([]);  // starts the decoder's worker: its runtime compiles while page and photo arrive
  const session = createSession(config);
  const stage = new Stage(h('main', { class: 'stage', tabindex: '0', 'aria-label': 'Photo with its masks' }));
  const store = createStore();
  const history = new History(store, (message) => editor.notify({ message, kind: 'warning' }));
  const { outbox, durable } = await createBrowserOutbox({ user: config.user.id, send: endpoints.bulk });
  const live = new LiveImage({ endpoints, store, outbox, user: config.user });
  const suggestions = new Suggestions({ list: endpoints.suggestions, decide: endpoints.decide }, (objects) => {
    live.applyRemote(objects);
    void live.poll().catch(() => undefined);
  });
  const image = new ImageOpener({ config, api: endpoints, stage, store, segmenter, live });
  const navigator = createNavigator({
    image, address: config.urls.editor, setState: endpoints.setImageState, save: () => outbox.flush(), editor: () => editor,
  });
  /** @type {Editor} */
  const editor = buildApp(root, {
    config, session, stage, image, store, segmenter, suggestions, outbox, history, navigator, live,
    perform: (change, name) => { history.commit(change, name); },
    regions: endpoints, search: endpoints, savePreferences: (preferences) => endpoints.savePreferences(preferences),
  });
  image.on(() => { if (image.phase === 'loading') history.clear(); });
  linkSuggestions(editor);
  if (!durable) editor.notify({ message: 'This browser keeps nothing on disk for this page, so unsent changes are lost when the tab closes. Leave it open until it says saved.', kind: 'warning', sticky: true });
  window.history.replaceState({ image: config.image }, '');
  void image.loadIndex().catch((error) => editor.notify({ message: `The list of images could not be loaded. ${error.message}`, kind: 'error' }));
  await image.open(config.image);
  await image.prepared;
  performance.mark('maskwright-ready');  // what was fetched up to here counts in the page's budget of bytes
  await fetchRest();
  performance.mark('maskwright-complete');
}

start().catch((error) => {
  root.replaceChildren(h('div', { class: 'editor-boot', role: 'alert' }, h('p', {}, `The editor could not start. ${error instanceof Error ? error.message : ''} Reload the page; unsent work is kept.`)));
  throw error;
});
