import { ApiError, errorOfAnswer, toApiError } from './api-error.js';
import { queryString, type QueryParams } from './query-string.js';

/** Most time that a call may take before it counts as failed. */
const TIMEOUT_MS = 15_000;

interface Call {
  readonly query?: QueryParams;
  readonly body?: unknown;
  /** Revision that the change is made to. */
  readonly revision?: number;
  readonly signal?: AbortSignal;
}

/**
 * The controller's REST API as this console calls it: same origin, session by cookie, CSRF token on changes. Every failure is an `ApiError`;
 * a 401 outside of signing in is also told to `onSignedOut`.
 */
export class ApiClient {
  #csrfToken: string | null = null;
  onSignedOut: () => void = () => undefined;

  /** The token of the current session; null once signed out. */
  set csrfToken(token: string | null) {
    this.#csrfToken = token;
  }

  get<T>(path: string, query: QueryParams = {}, signal?: AbortSignal): Promise<T> {
    return this.send<T>('GET', path, { query, ...(signal ? { signal } : {}) });
  }

  post<T>(path: string, body?: unknown, revision?: number): Promise<T> {
    return this.send<T>('POST', path, { body, ...(revision === undefined ? {} : { revision }) });
  }

  put<T>(path: string, body: unknown, revision?: number, query: QueryParams = {}): Promise<T> {
    return this.send<T>('PUT', path, { body, query, ...(revision === undefined ? {} : { revision }) });
  }

  patch<T>(path: string, body: unknown, revision: number): Promise<T> {
    return this.send<T>('PATCH', path, { body, revision });
  }

  delete(path: string): Promise<void> {
    return this.send<void>('DELETE', path, {});
  }

  async send<T>(method: string, path: string, { query = {}, body, revision, signal }: Call): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (method !== 'GET' && this.#csrfToken !== null) headers['x-csrf-token'] = this.#csrfToken;
    if (method === 'POST') headers['idempotency-key'] = crypto.randomUUID();
    if (revision !== undefined) headers['if-match'] = `"${revision}"`;
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    let response: Response;
    let text: string;
    try {
      response = await fetch(`/api/v1${path}${queryString(query)}`, {
        method,
        headers,
        credentials: 'same-origin',
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (thrown) {
      if (signal?.aborted) throw thrown;
      throw toApiError(thrown);
    }
    if (!response.ok) {
      const error = errorOfAnswer(response.status, response.headers, text);
      if (response.status === 401 && path !== '/session') this.onSignedOut();
      throw error;
    }
    return (text === '' ? undefined : parse(text, response.status)) as T;
  }
}

function parse(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError('unreachable', null, status, null, { cause });
  }
}
