/** A classic script at the head of a page: a button pressed, or a form sent, before the page's own scripts have run is
 *  kept and done once they have. Those are modules, which run after the page is shown; without this a quick hand's press
 *  is lost, or sends the form past the script. */
{
  /** @type {Set<HTMLButtonElement | HTMLFormElement>} */
  const kept = new Set();

  /** @param {Event} event */
  const keep = (event) => {
    if (!(event.target instanceof Element)) return;
    const pressed = event.type === 'submit' ? event.target : event.target.closest('button');
    if (!(pressed instanceof HTMLButtonElement || pressed instanceof HTMLFormElement)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    kept.add(pressed);
  };

  document.addEventListener('click', keep, true);
  document.addEventListener('submit', keep, true);
  // The browser fires this when all module scripts of the page have run.
  document.addEventListener('DOMContentLoaded', () => {
    document.removeEventListener('click', keep, true);
    document.removeEventListener('submit', keep, true);
    for (const pressed of kept) {
      if (pressed instanceof HTMLButtonElement) pressed.click();
      else pressed.requestSubmit();
    }
  });
}
