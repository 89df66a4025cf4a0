/** Sends a form as JSON and puts each complaint beside its field. */
import { ApiError } from '../api/errors.js';
import { toastError } from './toast.js';

/**
 * @param {HTMLFormElement} form @param {string} name
 * @returns {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement | null}
 */
function control(form, name) {
  const element = form.elements.namedItem(name);
  return element instanceof HTMLInputElement ||
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement
    ? element
    : null;
}

/**
 * The form as the server sent it, whatever was typed before this script ran or a reload of the browser put back.
 * @param {HTMLFormElement} form
 */
export function asLoaded(form) {
  const copy = /** @type {HTMLFormElement} */ (form.cloneNode(true));
  copy.reset();
  return copy;
}

/** @param {HTMLFormElement} form */
export function clearErrors(form) {
  for (const input of form.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
  for (const box of form.querySelectorAll('.error, [data-form-error]'))
    if (box instanceof HTMLElement) box.hidden = true;
}

/**
 * Shows a field's error (or, without such a field, the form's) and moves the focus there.
 * @param {HTMLFormElement} form @param {Record<string, string[]>} fields @param {string} message
 */
export function showErrors(form, fields, message) {
  let shown = false;
  for (const [name, problems] of Object.entries(fields)) {
    const input = control(form, name);
    const box = form.querySelector(`#${input?.id}-error`);
    if (!input?.id || !(box instanceof HTMLElement)) continue;
    input.setAttribute('aria-invalid', 'true');
    box.textContent = problems.join(' ');
    box.hidden = false;
    if (!shown) input.focus();
    shown = true;
  }
  const general = form.querySelector('[data-form-error]');
  if (shown) return;
  if (general instanceof HTMLElement) {
    general.textContent = message;
    general.hidden = false;
  } else toastError(message);
}

/**
 * Numbers outside what their fields allow, told before anything is sent.
 * @param {HTMLFormElement} form
 * @returns {Record<string, string[]>} by field
 */
function outOfRange(form) {
  const inputs = [...form.querySelectorAll('input[type="number"]')].filter(
    (input) => input instanceof HTMLInputElement,
  );
  return Object.fromEntries(
    inputs
      .filter(({ validity, name }) => name && !validity.valid)
      .map(({ name, min, max, step }) => {
        const kind = step && step !== '1' ? 'number' : 'whole number';
        return [
          name,
          [
            min && max
              ? `Type a ${kind} from ${min} to ${max}.`
              : `Type a ${kind}${min && ` from ${min}`}${max && ` up to ${max}`}.`,
          ],
        ];
      }),
  );
}

/**
 * @param {HTMLFormElement} form
 * @param {(values: Record<string, string>) => Promise<void>} send
 */
export function onSubmit(form, send) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    clearErrors(form);
    const wrong = outOfRange(form);
    if (Object.keys(wrong).length > 0) return showErrors(form, wrong, '');
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
    if (button) {
      button.disabled = true;
      button.setAttribute('aria-busy', 'true');
    }
    try {
      await send(Object.fromEntries([...new FormData(form)].map(([key, value]) => [key, String(value)])));
    } catch (error) {
      if (error instanceof ApiError) showErrors(form, error.fields, error.message);
      else throw error;
    } finally {
      if (button) {
        button.disabled = false;
        button.removeAttribute('aria-busy');
      }
    }
  });
}
