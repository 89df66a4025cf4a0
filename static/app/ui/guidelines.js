/** The project's guidelines beside the photo, to be read while drawing. */

/** @import { Editor } from '../editor.js' */
import { createClient } from '../api/client.js';
import { h } from './dom.js';
import { popover } from './popover.js';

/** @param {Editor} editor */
export function createGuidelines(editor) {
  const { api, user, project } = editor.config;
  const text = h('div', { class: 'guidelines-text', tabindex: '0' });
  const element = popover(
    'Guidelines',
    {
      close,
      onkeydown(event) {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        close();
      },
      class: 'guidelines',
    },
    text,
  );

  function close() {
    element.hidden = true;
    editor.stage.host.focus({ preventScroll: true });
  }

  /** Read anew each time: a lead may have written meanwhile. The server has made it safe to show. */
  async function fill() {
    const client = createClient({ base: api, person: user.id });
    const { html } = await client.get(`projects/${project.id}/guidelines/`);
    const parsed = new DOMParser().parseFromString(html, 'text/html');
    for (const link of parsed.querySelectorAll('a')) Object.assign(link, { target: '_blank', rel: 'noopener' });
    if (html) text.replaceChildren(...parsed.body.childNodes);
    else text.replaceChildren(h('p', { class: 'muted' }, 'Nobody has written guidelines for this project yet.'));
  }

  return {
    element,
    show() {
      if (!element.hidden) return close();
      element.hidden = false;
      text.focus({ preventScroll: true });
      fill().catch((error) => text.replaceChildren(h('p', { role: 'alert' }, error.message)));
    },
  };
}
