import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createClient } from '../../static/app/api/client.js';

function world(...answers) {
  return worldOf({}, ...answers);
}

/** @returns {{ client: any, calls: any[] }} */
function worldOf(options, ...answers) {
  const calls = [];
  const fetch = async (url, init) => {
    calls.push({ url, ...init });
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (next instanceof Error) throw next;
    return next();
  };
  const client = createClient({
    ...options,
    base: '/api/v1/',
    fetch,
    cookies: () => 'a=b; csrftoken=to%20ken',
    sleep: async () => {},
  });
  return { client, calls };
}
const json =
  (status, body, headers = {}) =>
  () =>
    new Response(JSON.stringify(body), { status, headers });

test('writing carries the CSRF token of this moment and JSON; reading does not', async () => {
  const { client, calls } = world(json(200, { fine: true }));
  assert.deepEqual(await client.post('things/', { a: 1 }), { fine: true });
  await client.get('things/');
  assert.equal(calls[0].headers['x-csrftoken'], 'to ken');
  assert.equal(calls[0].body, '{"a":1}');
  assert.equal(calls[0].url, '/api/v1/things/');
  assert.equal(calls[1].headers['x-csrftoken'], undefined);
});

test('an empty answer is null', async () => {
  const { client } = world(() => new Response(null, { status: 204 }));
  assert.equal(await client.del('things/1/'), null);
});

test('the envelope becomes a typed error', async () => {
  const { client } = world(json(409, { code: 'stale_revision', message: 'Changed.', current: { id: 'x' } }));
  await assert.rejects(client.patch('things/1/', {}), (/** @type {any} */ error) => {
    assert.deepEqual(
      [error.status, error.code, error.message, error.current.id],
      [409, 'stale_revision', 'Changed.', 'x'],
    );
    return !error.temporary && !error.signedOut;
  });
});

test("a proxy's page becomes a sentence", async () => {
  const { client } = world(
    () => new Response('<html>Bad gateway</html>', { status: 502, headers: { 'retry-after': '7' } }),
  );
  await assert.rejects(
    client.post('things/', {}),
    (/** @type {any} */ error) =>
      error.temporary && error.retryAfter === 7 && /could not do this just now/.test(error.message),
  );
});

test('reading is tried three times, writing once', async () => {
  const away = new TypeError('Failed to fetch');
  const reading = world(away, away, json(200, 1));
  assert.equal(await reading.client.get('x/'), 1);
  assert.equal(reading.calls.length, 3);
  const writing = world(away);
  await assert.rejects(writing.client.post('x/', {}), (/** @type {any} */ error) => error.offline && error.temporary);
  assert.equal(writing.calls.length, 1);
});

test('an answer cut off on the way counts as no answer', async () => {
  const { client } = world(() => new Response('{"results": [', { status: 200 }));
  await assert.rejects(client.post('x/', {}), (/** @type {any} */ error) => error.offline);
});

test('signed out is told apart from forbidden', async () => {
  const { client } = world(
    json(403, { code: 'permission_denied', message: 'No.' }),
    json(403, { code: 'not_authenticated', message: 'Sign in.' }),
  );
  let signals = 0;
  client.onSignedOut(() => {
    signals += 1;
  });
  await assert.rejects(client.get('x/'), (/** @type {any} */ error) => !error.signedOut);
  assert.equal(signals, 0);
  await assert.rejects(client.get('x/'), (/** @type {any} */ error) => error.signedOut);
  assert.equal(signals, 1);
});

test("each request names the person the page was made for, and another one's refusal counts as signed out", async () => {
  const { client, calls } = worldOf(
    { person: 'ann' },
    json(401, { code: 'other_person', message: 'Bob has signed in.' }),
  );
  const heard = [];
  client.onSignedOut(({ message }) => heard.push(message));
  await assert.rejects(client.get('x/'), (/** @type {any} */ error) => error.signedOut);
  await assert.rejects(client.post('x/', {}), (/** @type {any} */ error) => error.signedOut);
  assert.deepEqual(
    calls.map(({ headers }) => headers['x-person']),
    ['ann', 'ann'],
  );
  assert.deepEqual(heard, ['Bob has signed in.', 'Bob has signed in.']);
});

test('what is saved while the page closes is asked to outlive it', async () => {
  const { client, calls } = world(json(200, {}));
  await client.patch('me/', { a: 1 }, { keepalive: true });
  await client.patch('me/', { a: 1 });
  assert.deepEqual(
    calls.map(({ keepalive }) => keepalive ?? false),
    [true, false],
  );
});
