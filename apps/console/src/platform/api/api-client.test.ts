import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient } from './api-client.js';
import { ApiError } from './api-error.js';
import { queryString } from './query-string.js';

const PROBLEM = {
  type: 'urn:phalanx:error:x.y',
  title: 'x',
  status: 412,
  detail: 'changed',
  code: 'http.precondition-failed',
  requestId: 'req-1',
};

describe('ApiClient', () => {
  let server: Server;
  let seen: IncomingMessage;
  let answer: { status: number; headers: Record<string, string>; text: string };
  const realFetch = globalThis.fetch;

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen = request;
      request.resume().on('end', () => response.writeHead(answer.status, answer.headers).end(answer.text));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    // A page's own address stands before a path; here is no page.
    globalThis.fetch = (path, init) => realFetch(`http://127.0.0.1:${port}${String(path)}`, init);
  });
  afterAll(async () => {
    globalThis.fetch = realFetch;
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => {
    answer = { status: 200, headers: { 'content-type': 'application/json' }, text: '{"ok":true}' };
  });

  it('sends the token of the session and the revision with a change, and neither with a read', async () => {
    const api = new ApiClient();
    api.csrfToken = 'token';
    await api.put('/applications/1/level', { level: 'prevention' }, 7);
    expect([seen.url, seen.headers['x-csrf-token'], seen.headers['if-match']]).toEqual(['/api/v1/applications/1/level', 'token', '"7"']);
    await api.get('/events', { q: 'a b', tenantId: undefined });
    expect([seen.url, seen.headers['x-csrf-token']]).toEqual(['/api/v1/events?q=a+b', undefined]);
  });

  it('makes every POST safe to repeat', async () => {
    await new ApiClient().post('/tokens', {});
    expect(seen.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('turns a problem into an error that carries its code, request id and wait', async () => {
    answer = { status: 429, headers: { 'retry-after': '75' }, text: JSON.stringify({ ...PROBLEM, status: 429 }) };
    const error = (await new ApiClient().get('/events').catch((thrown: unknown) => thrown)) as ApiError;
    expect(error).toBeInstanceOf(ApiError);
    expect([error.code, error.problem?.requestId, error.retryAfterSeconds, error.isPassing]).toEqual([
      'http.precondition-failed',
      'req-1',
      75,
      false,
    ]);
  });

  it('says when nobody is signed in any more, but not for signing in itself', async () => {
    const api = new ApiClient();
    let told = 0;
    api.onSignedOut = () => told++;
    answer = { status: 401, headers: {}, text: '' };
    await api.get('/events').catch(() => undefined);
    await api.post('/session', {}).catch(() => undefined);
    expect(told).toBe(1);
  });

  it('reads an answer that is no JSON as a broken connection', async () => {
    answer = { status: 200, headers: {}, text: '<html>' };
    await expect(new ApiClient().get('/events')).rejects.toMatchObject({ kind: 'unreachable' });
  });
});

describe('queryString', () => {
  it('gives one address to one query', () => {
    expect(queryString({ b: 2, a: 'x', none: null, empty: '' })).toBe('?a=x&b=2');
    expect(queryString({})).toBe('');
  });
});
