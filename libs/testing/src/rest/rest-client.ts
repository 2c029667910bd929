import { AppError } from '@phalanx/kit';
import type { Page, Problem } from '@phalanx/contracts';

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  json<T>(): T;
}

/** A signed-in caller of the REST API, for tests and the demo. */
export class RestClient {
  private cookie = '';
  private csrf = '';

  constructor(
    readonly url: string,
    private readonly bearer?: string,
  ) {}

  static async signIn(url: string, username: string, password: string): Promise<RestClient> {
    const client = new RestClient(url);
    const answer = await client.send('POST', '/api/v1/session', { username, password });
    if (answer.status >= 300) throw new AppError('unauthenticated', 'testing.sign-in', `sign-in gave ${answer.status}: ${answer.text}`);
    client.cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    client.csrf = answer.json<{ csrfToken: string }>().csrfToken;
    return client;
  }

  /** The raw answer, whatever its status. */
  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<RestAnswer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.bearer ? { authorization: `Bearer ${this.bearer}` } : {}),
        ...(this.cookie ? { cookie: this.cookie, 'x-csrf-token': this.csrf } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: <T>() => JSON.parse(text) as T };
  }

  async get<T>(path: string): Promise<T> {
    return this.ok<T>('GET', path);
  }

  async post<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<T> {
    return this.ok<T>('POST', path, body, headers);
  }

  /** A change of a versioned resource: reads its revision first. */
  async change<T>(method: 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, of = path): Promise<T> {
    const current = await this.send('GET', of);
    const etag = current.headers.get('etag');
    return this.ok<T>(method, path, body, etag ? { 'if-match': etag } : {});
  }

  /** All items of a list, page by page. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const separator = path.includes('?') ? '&' : '?';
      const page: Page<T> = await this.get<Page<T>>(`${path}${separator}limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  async ok<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    const answer = await this.send(method, path, body, headers);
    if (answer.status >= 300) {
      const problem = answer.headers.get('content-type')?.includes('json') ? answer.json<Problem>() : null;
      throw new AppError(
        'unavailable',
        'testing.rest',
        `${method} ${path} gave ${answer.status}: ${problem?.detail ?? answer.text.slice(0, 300)}`,
        {
          details: { status: answer.status, code: problem?.code },
        },
      );
    }
    return answer.text === '' ? (undefined as T) : answer.json<T>();
  }
}
