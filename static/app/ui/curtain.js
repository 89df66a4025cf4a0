/** What covers the photo while it cannot be shown: loading, or the reason why not and the way out. */

/** @import { DecoderStatus } from '../types.js' */
/** @import { Editor } from '../editor.js' */
import { h, icon } from './dom.js';
import { readiness } from './statusbar.js';

/**
 * @param {Editor} editor
 * @param {{ reload(): void, retry(): void }} actions
 */
export function createCurtain(editor, { reload, retry }) {
  const element = h('div', { class: 'curtain', 'data-floating': true });
  const banner = h('div', { class: 'stage-banner', role: 'status', 'data-floating': true, hidden: true });

  function update() {
    const { phase, message } = editor.image;
    element.hidden = phase === 'ready';
    if (phase === 'loading')
      element.replaceChildren(
        h(
          'div',
          { class: 'curtain-card' },
          icon('loader-circle', 'icon icon-large spinner'),
          h('p', {}, 'Opening the photo…'),
        ),
      );
    if (phase === 'failed') {
      element.replaceChildren(
        h(
          'div',
          { class: 'curtain-card', role: 'alert' },
          icon('image-off', 'icon icon-large'),
          h('h2', {}, 'The photo could not be opened'),
          h('p', {}, message),
          h('button', { type: 'button', class: 'button button-primary', onclick: reload }, 'Try again'),
        ),
      );
    }
    showBanner();
  }

  function showBanner() {
    const { kind, detail, canRetry } = readiness(editor);
    const smart = editor.session.state.tool === 'smart';
    const words = bannerWords(editor, kind, detail);
    banner.hidden = (!smart && editor.canEdit) || editor.image.phase !== 'ready' || words === '';
    if (banner.hidden) return;
    banner.className = `stage-banner stage-banner-${kind}`;
    banner.replaceChildren(
      icon(kind === 'busy' ? 'loader-circle' : 'circle-alert', kind === 'busy' ? 'icon spinner' : 'icon'),
      h('span', {}, words),
      ...(canRetry ? [h('button', { type: 'button', class: 'button button-small', onclick: retry }, 'Try again')] : []),
    );
  }

  let { restarts } = editor.decoder.status;

  /** @param {DecoderStatus} status */
  function tellRestart(status) {
    if (status.restarts > restarts)
      editor.notify({
        message: 'The mask decoder had stopped and was started again. Nothing is lost.',
        kind: 'warning',
        sticky: true,
      });
    restarts = status.restarts;
  }

  editor.image.on(update);
  editor.decoder.onStatus(showBanner);
  editor.decoder.onStatus(tellRestart);
  editor.session.on((changed) => changed.has('tool') && showBanner());
  addEventListener('online', () => readiness(editor).canRetry && retry());
  update();
  return [element, banner];
}

/** @param {Editor} editor @param {string} kind @param {string} detail */
function bannerWords(editor, kind, detail) {
  if (!editor.canEdit) return 'You may look at this image but not change it.';
  if (!editor.config.model)
    return 'This project has no model, so clicks cannot become masks. A manager can choose one in the settings; the other tools work.';
  if (kind === 'error') return `Clicking is not available. ${detail}`;
  return kind === 'busy' && detail ? `${detail} You can draw meanwhile.` : detail;
}
