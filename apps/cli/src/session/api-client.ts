import type { Page, Problem } from '@phalanx/contracts';
import { AppError, messageOf } from '@phalanx/kit';

export interface ApiAnswer<T> {
  readonly body: T;
  readonly etag: string | null;
  readonly headers: Headers;
}

export interface ApiClientOptions {
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token?: string;
  /** Further headers of every request (a session's cookie and CSRF token during login). */
  readonly headers?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 30_000;

/** Calls the REST API. Problem answers become `AppError`s with the server's code and words. */
export class ApiClient {
  constructor(private readonly options: ApiClientOptions) {}

  async get<T>(path: string): Promise<ApiAnswer<T>> {
    return this.send<T>('GET', path);
  }

  async send<T>(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer<T>> {
    const response = await this.fetch(method, path, { body, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    return { body: (text === '' ? undefined : JSON.parse(text)) as T, etag: response.headers.get('etag'), headers: response.headers };
  }

  /** All items of a list, up to a bound. */
  async list<T>(path: string, most: number): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ limit: String(Math.min(200, most - items.length)), ...(cursor ? { cursor } : {}) });
      const page: Page<T> = (await this.get<Page<T>>(`${path}${path.includes('?') ? '&' : '?'}${query}`)).body;
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor && items.length < most);
    return items;
  }

  /** An answer that streams; its body is the caller's to read. */
  async stream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await this.fetch('GET', path, { headers: { accept: 'text/event-stream' }, signal });
    if (!response.body) throw new AppError('unavailable', 'cli.no-stream', 'the controller sent no stream');
    return response.body;
  }

  private async fetch(
    method: string,
    path: string,
    { body, headers, signal }: { body?: unknown; headers: Readonly<Record<string, string>>; signal: AbortSignal },
  ): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(new URL(path, this.options.url), {
        method,
        signal,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(this.options.token ? { authorization: `Bearer ${this.options.token}` } : {}),
          ...this.options.headers,
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      if (signal.aborted && signal.reason instanceof AppError) throw signal.reason;
      const reason = cause instanceof Error && cause.cause ? messageOf(cause.cause) : messageOf(cause);
      throw new AppError('unavailable', 'cli.unreachable', `${this.options.url} can’t be reached: ${reason}`, { cause });
    }
    if (response.ok) return response;
    throw await refusal(response);
  }
}

const KINDS: Readonly<Record<number, AppError['kind']>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  412: 'conflict',
  429: 'limit',
};

async function refusal(response: Response): Promise<AppError> {
  const text = await response.text();
  const kind = KINDS[response.status] ?? (response.status >= 500 ? 'unavailable' : 'invalid');
  if (!response.headers.get('content-type')?.includes('json'))
    return new AppError(kind, 'cli.http', `the controller answered ${response.status}`);
  const problem = JSON.parse(text) as Problem;
  const places = (problem.issues ?? []).map((issue) => `\n  ${issue.path}: ${issue.message}`).join('');
  return new AppError(kind, problem.code, `${problem.detail}${places} (request ${problem.requestId})`);
}
