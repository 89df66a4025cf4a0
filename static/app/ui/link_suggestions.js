/** Suggestions follow the open image; the person hears once that there are some. */

/** @import { Editor } from '../editor.js' */

/** @param {Editor} editor */
export function linkSuggestions(editor) {
  const { image, suggestions, notify } = editor;
  // A link may name the suggestion to look at first.
  let wanted = /^#suggestion=([\w-]+)$/.exec(location.hash)?.[1];
  image.on(look);
  look();

  function look() {
    const id = image.info?.id;
    if (image.phase !== 'ready' || !id || id === suggestions.image) return;
    suggestions.load(id).then(
      () => {
        const count = suggestions.list.length;
        if (wanted && suggestions.get(wanted)) {
          editor.tools.arm('suggest');
          suggestions.choose(wanted);
          wanted = undefined;
          return;
        }
        if (count === 0 || image.info?.id !== id || editor.session.state.tool === 'suggest') return;
        notify({
          message: `${count} ${count === 1 ? 'suggestion' : 'suggestions'} on this photo, ${suggestions.confident().length} of them confident.`,
          action: { name: 'Judge (Y)', run: () => editor.tools.arm('suggest') },
        });
      },
      (error) => notify({ message: `The suggestions could not be loaded. ${error.message}`, kind: 'warning' }),
    );
  }
}
