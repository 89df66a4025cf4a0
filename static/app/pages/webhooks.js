/** The page of webhooks: add, switch, test, a new secret, delete; and what each was told. */
/** @import { Delivery, Webhook, WebhookWriteRequest } from '../api/schema.d.ts' */
import './copy.js';
import { refreshTimes } from './common.js';
import { find, h, icon, pageData } from './dom.js';
import { onSubmit } from './forms.js';
import { client } from './http.js';
import { toast, toastError } from './toast.js';

const config = pageData('page-config');
const path = /** @type {const} */ (`projects/${config.project}/webhooks/`);
const list = find('[data-hooks]', HTMLUListElement);
/** How often the log is looked at while a test is on its way, and for how long. */
const LOOK_MS = 1000;
const LOOKS = 30;

const STATES = {
  waiting: ['chip', 'Waiting'],
  delivered: ['chip chip-positive', 'Delivered'],
  failed: ['chip chip-negative', 'Failed'],
};

const NUMBERS = new Set(['Answer', 'Tries']);

/** @param {string} iso */
const time = (iso) => h('time', { datetime: iso }, iso);

/** @param {string} secret */
function showSecret(secret) {
  find('[data-secret]', HTMLElement).textContent = secret;
  const box = find('[data-secret-box]', HTMLElement);
  box.hidden = false;
  box.scrollIntoView({ block: 'center' });
}

/** @param {Delivery} delivery */
function deliveryRow(delivery) {
  const [look = 'chip', word = delivery.state] = STATES[delivery.state] ?? [];
  const says = h('span', { class: 'muted small' }, delivery.error);
  if (delivery.next_try && delivery.tries) says.append(' Next try: ', time(delivery.next_try), '.');
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, config.events[delivery.event] ?? delivery.event),
    h('td', {}, time(delivery.created)),
    h('td', {}, h('span', { class: look }, word), ' ', says),
    h('td', { class: 'number' }, delivery.status ? String(delivery.status) : '–'),
    h('td', { class: 'number' }, String(delivery.tries)),
    h('td', {}, sent(delivery)),
  );
}

/** @param {Delivery} delivery */
function sent({ body }) {
  return h('details', {}, h('summary', {}, 'What was sent'), h('pre', {}, JSON.stringify(body, null, 2)));
}

/** @param {Delivery[]} deliveries */
function logTable(deliveries) {
  if (!deliveries.length) return h('p', { class: 'muted' }, 'Nothing was sent yet.');
  const heads = ['Event', 'When', 'State', 'Answer', 'Tries', 'Content'];
  return h(
    'div',
    { class: 'table-scroll', tabindex: '0', role: 'group', 'aria-label': 'Deliveries' },
    h(
      'table',
      { class: 'table' },
      h(
        'thead',
        {},
        h('tr', {}, ...heads.map((head) => h('th', { scope: 'col', class: NUMBERS.has(head) ? 'number' : '' }, head))),
      ),
      h('tbody', {}, ...deliveries.map(deliveryRow)),
    ),
  );
}

/** @param {Webhook} hook */
function card(hook) {
  const log = h('div', { 'data-log': true });
  const details = h('details', {}, h('summary', {}, 'Deliveries'), log);
  const load = async () => {
    const { results } = await client.get(`webhooks/${hook.id}/deliveries/?limit=50`);
    log.replaceChildren(logTable(results));
    refreshTimes();
    return results;
  };
  details.addEventListener('toggle', () => {
    if (details.open) load().catch(toastError);
  });

  async function test() {
    const { id } = await client.post(`webhooks/${hook.id}/test/`, undefined);
    details.open = true;
    for (let look = 0; look < LOOKS; look += 1) {
      const found = (await load()).find((each) => each.id === id);
      if (found && found.state !== 'waiting') {
        const arrived = found.state === 'delivered';
        toast(arrived ? 'The test arrived.' : `The test did not arrive. ${found.error}`, {
          kind: arrived ? 'positive' : 'negative',
        });
        return;
      }
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
    toast('The test still waits for a worker. Its log says when it was sent.', { kind: 'warning' });
  }

  const active = h('input', { type: 'checkbox', checked: hook.active });
  active.addEventListener('change', () => {
    client.patch(`webhooks/${hook.id}/`, { active: active.checked }).catch((error) => {
      active.checked = !active.checked;
      toastError(error);
    });
  });
  const chips = hook.events.map((event) => h('span', { class: 'chip' }, config.events[event] ?? event));
  return h(
    'li',
    { class: 'card panel', 'data-hook': hook.id },
    h(
      'header',
      {},
      h('h2', { class: 'grow' }, hook.url),
      h('label', { class: 'check' }, active, h('span', {}, 'Active')),
    ),
    h('p', { class: 'row' }, ...chips),
    h('div', { class: 'row' }, ...buttons(hook, test)),
    details,
  );
}

/** @param {Webhook} hook @param {() => Promise<void>} test */
function buttons(hook, test) {
  return [
    button('send', 'Send a test', test),
    button('key-round', 'New secret', async () => {
      showSecret((await client.post(`webhooks/${hook.id}/secret/`, undefined)).secret);
      toast('From now on deliveries are signed with the new secret.');
    }),
    button(
      'trash-2',
      'Delete',
      async () => {
        await client.del(`webhooks/${hook.id}/`);
        await show();
        toast('The webhook is deleted.');
      },
      'button-danger',
    ),
  ];
}

/** @param {string} picture @param {string} words @param {() => Promise<void>} work @param {string} [look] */
function button(picture, words, work, look = '') {
  const made = h('button', { type: 'button', class: `button button-small ${look}` }, icon(picture), words);
  made.addEventListener('click', async () => {
    made.disabled = true;
    await work().catch(toastError);
    made.disabled = false;
  });
  return made;
}

async function show() {
  const { results } = await client.get(path);
  list.replaceChildren(...results.map(card));
  find('[data-none]', HTMLElement).hidden = results.length > 0;
}

const form = find('[data-add]', HTMLFormElement);
const boxes = [...form.querySelectorAll('[data-event]')].filter((box) => box instanceof HTMLInputElement);
onSubmit(form, async ({ url = '' }) => {
  const events = /** @type {WebhookWriteRequest['events']} */ (
    boxes.filter((box) => box.checked).map((box) => box.value)
  );
  const made = await client.post(path, { url: url.trim(), events });
  form.reset();
  showSecret(made.secret);
  await show();
});
show().catch(toastError);
