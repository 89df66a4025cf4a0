/** The button beside a secret that is shown once. */
import { find } from './dom.js';
import { toast } from './toast.js';

const button = document.querySelector('[data-copy]');
button?.addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(find('[data-secret]', HTMLElement).textContent ?? '');
    toast('Copied.', { kind: 'positive' });
  } catch {
    toast('The browser did not allow copying. Select the text and copy it by hand.', { kind: 'warning' });
  }
});
