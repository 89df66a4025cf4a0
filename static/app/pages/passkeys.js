/** Forms that a passkey fills in: one is made, or signs what the page was told to ask, and its answer is sent along. */
import { find } from './dom.js';

const TOO_OLD = 'This browser knows no passkeys, or only an older way of them: take a newer browser, or type a code.';
const NOT_SAFE = 'Passkeys need an address that begins with https (or localhost). Here, type a code.';

/** @param {unknown} error */
function sentence(error) {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError')
    return 'Nothing came of it: it was called off, it took too long, or there is no such passkey here.';
  if (name === 'InvalidStateError') return 'This device has a passkey for your account already.';
  if (name === 'SecurityError') return 'The browser keeps no passkeys for this address.';
  return 'The passkey did not work. Try again, or another one.';
}

/** Why this browser has none; "" when it has. */
function trouble() {
  if (!window.isSecureContext) return NOT_SAFE;
  const known = window.PublicKeyCredential;
  return known && 'parseCreationOptionsFromJSON' in known && 'toJSON' in known.prototype ? '' : TOO_OLD;
}

/** @param {boolean} make or sign @param {any} options as the server states them */
function asked(make, options) {
  return make
    ? navigator.credentials.create({
        publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
      })
    : navigator.credentials.get({
        publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
      });
}

/** @param {HTMLFormElement} form */
function listen(form) {
  const button = find('button', HTMLButtonElement, form);
  const said = find('.error', HTMLElement, form);
  /** @param {string} text */
  const say = (text) => {
    said.textContent = text;
    said.hidden = !text;
  };
  const missing = trouble();
  say(missing);
  button.disabled = missing !== '';
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (missing || button.disabled) return;
    say('');
    button.disabled = true;
    try {
      const { passkey, options } = form.dataset;
      const found = await asked(passkey === 'make', JSON.parse(options ?? '{}'));
      if (!(found instanceof PublicKeyCredential)) throw new TypeError('no credential');
      find('[name="credential"]', HTMLInputElement, form).value = JSON.stringify(found.toJSON());
      form.submit();
    } catch (error) {
      say(sentence(error));
      button.disabled = false;
    }
  });
}

for (const form of document.querySelectorAll('form[data-passkey]')) if (form instanceof HTMLFormElement) listen(form);
