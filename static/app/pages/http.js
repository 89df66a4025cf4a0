/** The pages' door to the server: the shared client, and uploads, which fetch cannot report progress of. */
/** @import { Answer } from '../api/typed.d.ts' */
import { createClient } from '../api/client.js';
import { ApiError, offlineError } from '../api/errors.js';

const BASE = document.body.dataset.api ?? '/api/v1/';

const PERSON = document.body.dataset.person ?? '';

export const client = createClient({ base: BASE, person: PERSON });

/** Address of a path below the API's. @param {string} path */
export function api(path) {
  return BASE + path;
}

/** A list's next page is named by its whole address; the client wants the path. @param {string} address */
export function pathOf(address) {
  const { pathname, search } = new URL(address, location.href);
  return pathname.slice(new URL(BASE, location.href).pathname.length) + search;
}

/** @param {XMLHttpRequest} call */
function errorOfCall(call) {
  const body = call.response;
  if (body?.code && body?.message) return new ApiError(call.status, body);
  if (call.status === 413)
    return new ApiError(413, { code: 'too_large', message: 'The file is larger than this server accepts.' });
  return new ApiError(call.status, {
    code: 'server_error',
    message: 'The server could not take the file just now. Try again.',
  });
}

/**
 * Uploads one file.
 * @template {string} P
 * @param {P} path @param {File} file @param {string} name
 * @param {(fraction: number) => void} onProgress
 * @param {Record<string, string>} [fields] sent beside the file
 * @returns {Promise<Answer<'post', P>>} what the server made of it
 * @throws {ApiError}
 */
export function upload(path, file, name, onProgress, fields = {}) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    const form = new FormData();
    form.append('file', file, name);
    for (const [key, value] of Object.entries(fields)) form.append(key, value);
    call.open('POST', api(path));
    call.responseType = 'json';
    call.setRequestHeader('accept', 'application/json');
    call.setRequestHeader('x-csrftoken', /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? '');
    if (PERSON) call.setRequestHeader('x-person', PERSON);
    call.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    call.onerror = () => reject(offlineError());
    call.onload = () => {
      if (call.status >= 200 && call.status < 300) return resolve(call.response);
      const error = errorOfCall(call);
      // The client finds out in its own words, and tells the page.
      if (error.signedOut) client.get('me/').catch(() => undefined);
      return reject(error);
    };
    call.send(form);
  });
}
