/** Puts an outbox with the browser's own storage on the page; the server is `window.server`, a table of rows. */
async ({ online }) => {
  const { createBrowserOutbox } = await import('/static/app/sync/browser_outbox.js');
  const { ApiError } = await import('/static/app/api/errors.js');
  window.online = online;
  window.sent = [];
  const send = async (image, operations) => {
    if (!window.online) throw new ApiError(0, { code: 'offline', message: 'No answer.' });
    window.sent.push(...operations.map(({ op, id, revision }) => ({ image, op, id, revision })));
    return {
      results: operations.map(({ key, op, id, revision }) => ({
        key,
        status: 200,
        annotation: { id, revision: op === 'create' ? 1 : revision + 1 },
      })),
    };
  };
  const { outbox, storage } = await createBrowserOutbox({ user: 'me', send });
  window.outbox = outbox;
  window.operation = (op, id, data) => ({ key: crypto.randomUUID(), op, id, revision: 0, data });
  window.storage = storage;
  return storage.trouble === null;
};
