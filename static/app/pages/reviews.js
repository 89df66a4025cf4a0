/** The page of what waits for a review: "Next to review" takes one, and opens it. */
import { find, pageData } from './dom.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

const config = pageData('page-config');
const next = find('[data-next]', HTMLButtonElement);

next.addEventListener('click', async () => {
  next.disabled = true;
  try {
    const { image } = await client.post(`projects/${config.project}/reviews/next/`, { order: config.order });
    if (image) location.assign(`${config.urls.editor.replace('{image}', image)}#review`);
    else toast('Nothing waits for you any more: others have taken it, or decided on it.');
  } catch (error) {
    toastError(error);
  } finally {
    next.disabled = false;
  }
});
