/** What can go wrong between the page and the server. */
/** @import { Annotation, ApiErrorBody } from '../types.js' */

/** An answer that is no success, or no answer at all (status 0). The message can be shown as it is. */
export class ApiError extends Error {
  /** @param {number} status @param {ApiErrorBody} body @param {number} [retryAfter] seconds the server asks to wait */
  constructor(status, body, retryAfter) {
    super(body.message);
    this.status = status;
    this.code = body.code;
    this.fields = body.fields ?? {};
    /** @type {Annotation | null} the stored row, with a conflict */
    this.current = body.current ?? null;
    this.retryAfter = retryAfter ?? null;
  }

  /** No answer: the network or the server is away. */
  get offline() {
    return this.status === 0;
  }

  /** The server no longer knows who asks. A 403 alone may also mean a missing right. */
  get signedOut() {
    return this.status === 401 || this.code === 'not_authenticated';
  }

  /** Worth the same request again, later. */
  get temporary() {
    return this.offline || this.status === 429 || this.status >= 500;
  }
}

export const offlineError = () =>
  new ApiError(0, { code: 'offline', message: 'The server does not answer. Check the network; nothing is lost.' });

/** @param {Response} response @returns {Promise<ApiError>} */
export async function errorOf(response) {
  /** @type {unknown} */
  const body = await response.json().catch(() => null);
  const wait = Number(response.headers.get('retry-after')) || undefined;
  return new ApiError(response.status, isEnvelope(body) ? body : plainBody(response.status), wait);
}

/** @param {unknown} body @returns {body is ApiErrorBody} */
function isEnvelope(body) {
  return (
    typeof body === 'object' && body !== null && 'code' in body && 'message' in body && typeof body.message === 'string'
  );
}

/** For answers that some proxy made. @param {number} status @returns {ApiErrorBody} */
function plainBody(status) {
  if (status === 401)
    return { code: 'not_authenticated', message: 'You are signed out. Sign in again; nothing is lost.' };
  if (status === 413) return { code: 'too_large', message: 'This is larger than the server accepts.' };
  if (status >= 500)
    return {
      code: 'server_error',
      message: 'The server could not do this just now. Nothing was changed; it is tried again.',
    };
  return { code: 'refused', message: `The server refused this (${status}). Reload the page and try again.` };
}
