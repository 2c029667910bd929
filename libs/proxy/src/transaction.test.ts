import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ProxyBench, type BenchSettings } from './fixtures/bench.js';
import { HttpOrigin } from './fixtures/origin.js';
import { RawClient } from './fixtures/raw-client.js';
import { keeper, until } from './fixtures/patience.js';
import { PASS, type Block, type Gate, type Judgement } from './gate.js';

const BLOCK: Block = { kind: 'block', status: 403, reason: 'test' };
const keep = keeper();

async function start(
  settings: BenchSettings,
  origin = keep(new HttpOrigin()),
): Promise<{ proxy: ProxyBench; origin: HttpOrigin; client: RawClient }> {
  const proxy = keep(await ProxyBench.start(await origin.open(), settings));
  return { proxy, origin, client: keep(await RawClient.open(proxy.port)) };
}

const late = (judgement: Judgement): Promise<Awaited<Judgement>> => new Promise((resolve) => setTimeout(() => resolve(judgement), 20));

/** A gate that wants everything, writes down what it is asked, and answers at once or later. */
function tracing(calls: string[], isLate: boolean, blockAt?: string): Partial<Gate> {
  const answer = (stage: string): Judgement => {
    calls.push(stage);
    const verdict = stage.startsWith(blockAt ?? '-') ? BLOCK : PASS;
    return isLate ? late(verdict) : verdict;
  };
  return {
    onRequestHead: () => answer('request-head'),
    wantsRequestBody: () => true,
    onRequestBody: (_exchange, body, truncated) => answer(`request-body ${body.toString()}${truncated ? '…' : ''}`),
    onResponseHead: (_exchange, head) => answer(`response-head ${head.status}`),
    wantsResponseBody: () => true,
    onResponseBody: (_exchange, body, truncated) => answer(`response-body ${body.toString()}${truncated ? '…' : ''}`),
    onEnd: (_exchange, outcome) => calls.push(`end ${outcome.kind}`),
  };
}

const POST = 'POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc';

describe.each([
  ['at once', false],
  ['later', true],
])('an exchange whose gate answers %s', (_name, isLate) => {
  it('asks the stages in their order and passes the answer whole', async () => {
    const calls: string[] = [];
    const { client } = await start({ gate: tracing(calls, isLate) });
    client.send(POST + POST);
    expect((await client.answer()).body).toBe('POST /p 3');
    expect((await client.answer()).body).toBe('POST /p 3');
    const once = ['request-head', 'request-body abc', 'response-head 200', 'response-body POST /p 3', 'end answered'];
    expect(calls).toEqual([...once, ...once]);
  });

  it('asks for the body verdict of a request without body too', async () => {
    const calls: string[] = [];
    const { client } = await start({ gate: tracing(calls, isLate) });
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.answer();
    expect(calls[1]).toBe('request-body ');
  });

  it.each(['request-head', 'request-body', 'response-head', 'response-body'])('blocks at %s, after the end was recorded', async (stage) => {
    const calls: string[] = [];
    const { client, origin, proxy } = await start({ gate: tracing(calls, isLate, stage) });
    client.send(POST);
    const answer = await client.answer();
    const [ending] = proxy.endings;
    expect(answer.status).toBe(403);
    expect(answer.body).toContain(ending?.exchange.requestId ?? 'none');
    expect(ending?.outcome).toEqual({ kind: 'blocked', status: 403, stage, reason: 'test' });
    expect(calls.filter((call) => call.startsWith('end'))).toEqual(['end blocked']);
    if (stage.startsWith('request')) expect(origin.connections).toBe(0);
  });

  it('ends once when the client leaves before the verdict', async () => {
    const calls: string[] = [];
    const { client, proxy } = await start({ gate: tracing(calls, isLate) });
    client.send('POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab');
    await until(() => calls.length === 1);
    client.close();
    await until(() => proxy.endings.length > 0);
    expect(proxy.endings[0]?.outcome).toMatchObject({ kind: 'aborted', by: 'client' });
    expect(calls.filter((call) => call.startsWith('end'))).toHaveLength(1);
  });
});

describe('delayed binding', () => {
  it.each([
    ['by length', (body: string) => `Content-Length: ${body.length}\r\n\r\n${body}`],
    ['in chunks', (body: string) => `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
  ])('lets the origin see no byte of a request refused for the end of its body, sent %s', async (_name, frame) => {
    const onRequestBody = (_exchange: unknown, body: Buffer): Judgement => (body.toString().endsWith('EVIL') ? BLOCK : PASS);
    const { proxy, origin } = await start({ gate: { wantsRequestBody: () => true, onRequestBody } });
    for (let i = 0; i < 20; i += 1) {
      const client = keep(await RawClient.open(proxy.port));
      const text = `POST / HTTP/1.1\r\nHost: a\r\n${frame(`${'x'.repeat(i * 997)}EVIL`)}`;
      client.send(text.slice(0, text.length - 7));
      await new Promise((resolve) => setImmediate(resolve));
      client.send(text.slice(text.length - 7));
      expect((await client.answer()).status).toBe(403);
      client.close();
    }
    expect([origin.connections, origin.bytes]).toEqual([0, 0]);
  });

  it('refuses a longer body by length at once and in chunks when it gets there', async () => {
    const limits = { requestBodyLimitBytes: 10 };
    const { proxy, origin } = await start({ application: { limits }, gate: { wantsRequestBody: () => true } });
    for (const body of ['Content-Length: 11\r\n\r\n', 'Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n']) {
      const client = keep(await RawClient.open(proxy.port));
      client.send(`POST / HTTP/1.1\r\nHost: a\r\n${body}`);
      expect((await client.answer()).status).toBe(413);
      await client.ended();
    }
    expect(origin.connections).toBe(0);
    expect(proxy.endings.map(({ outcome }) => outcome)).toEqual(Array(2).fill({ kind: 'failed', status: 413, reason: 'body-over-limit' }));
  });

  it.each([false, true])('streams the rest of a longer body unexamined when the policy says so (late verdict: %s)', async (isLate) => {
    const calls: string[] = [];
    const { client, origin } = await start({
      application: { limits: { requestBodyLimitBytes: 4, requestOverLimit: 'pass-unexamined', bodyMemoryBytes: 2 } },
      gate: tracing(calls, isLate),
    });
    client.send('POST /l HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nabc');
    client.send('defgh');
    await until(() => calls.includes('request-body abcd…'));
    client.send('ijkl');
    expect((await client.answer()).status).toBe(200);
    client.send('POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n3\r\nfgh\r\n0\r\n\r\n');
    expect((await client.answer()).status).toBe(200);
    expect(calls.filter((call) => call.startsWith('request-body'))).toEqual(['request-body abcd…', 'request-body abcd…']);
    expect(origin.seen.map(({ body }) => body)).toEqual(['abcdefghijkl', 'abcdefgh']);
  });

  it('spills a large body to an unnamed file and sends it whole', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'spill-'));
    try {
      const body = Buffer.alloc(3_000_000, 'spill me ').toString();
      const { client, origin } = await start({
        application: { limits: { requestBodyLimitBytes: 4_000_000, bodyMemoryBytes: 100_000 } },
        gate: { wantsRequestBody: () => true },
        options: { spillFolder: folder },
      });
      client.send(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      expect((await client.answer()).status).toBe(200);
      expect(origin.seen[0]?.body === body).toBe(true);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('answers 503 when the body can not be spilled', async () => {
    const { client } = await start({
      application: { limits: { bodyMemoryBytes: 2 } },
      gate: { wantsRequestBody: () => true },
      options: { spillFolder: '/nonexistent' },
    });
    // A length-delimited body that comes with its head needs no store.
    client.send('POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n');
    expect((await client.answer()).status).toBe(503);
  });
});

describe('an answer', () => {
  const long = Buffer.alloc(200_000, 'answer ').toString();
  const origin = (): HttpOrigin =>
    keep(
      new HttpOrigin((request, response) => {
        if (request.url === '/chunked') response.write(long.slice(0, 5));
        response.end(request.url === '/chunked' ? long.slice(5) : long);
      }),
    );

  it('is judged by its beginning and passed whole when it is longer than the limit', async () => {
    const calls: string[] = [];
    const { client } = await start({ application: { limits: { responseBodyLimitBytes: 6 } }, gate: tracing(calls, true) }, origin());
    for (const path of ['/length', '/chunked']) {
      client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      expect((await client.answer()).body === long).toBe(true);
    }
    expect(calls.filter((call) => call.startsWith('response-body'))).toEqual(Array(2).fill('response-body answer…'));
  });

  it('is refused over the limit when the policy rejects', async () => {
    const limits = { responseBodyLimitBytes: 6, responseOverLimit: 'reject' as const };
    const { client } = await start({ application: { limits }, gate: { wantsResponseBody: () => true } }, origin());
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.answer()).status).toBe(502);
  });

  it('gets a length when it was held whole', async () => {
    const { client } = await start({ gate: { wantsResponseBody: () => true } }, origin());
    client.send('GET /chunked HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.answer()).headers['content-length']).toBe('200000');
  });
});

describe('a gate that fails', () => {
  it.each([false, true])('makes the exchange end with 500 and nothing forwarded (late: %s)', async (isLate) => {
    const fail = (): Judgement => {
      throw new Error('broken rule');
    };
    const { client, origin, proxy } = await start({ gate: { onRequestHead: () => (isLate ? Promise.resolve().then(fail) : fail()) } });
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.answer()).status).toBe(500);
    expect(proxy.endings[0]?.outcome).toEqual({ kind: 'failed', status: 500, reason: 'inspection-failed' });
    expect(origin.connections).toBe(0);
  });
});

describe('routing', () => {
  it('answers 404 for a host that no application takes, after the gate has seen it', async () => {
    const { client, proxy } = await start({ application: { isDefault: false, hosts: ['shop.example', '*.shop.example'] } });
    for (const [host, status] of [
      ['shop.example', 200],
      ['SHOP.example.:80', 200],
      ['a.b.shop.example', 200],
      ['evil.example', 404],
    ] as const) {
      client.send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect([host, (await client.answer()).status]).toEqual([host, status]);
    }
    expect(proxy.endings.map(({ exchange }) => exchange.application?.id)).toEqual(['shop', 'shop', 'shop', undefined]);
  });

  it('shows the configured page of a block', async () => {
    const { client } = await start({
      gate: { onRequestHead: () => BLOCK },
      config: { blockPage: (exchange, block) => ({ headers: [['X-Why', block.reason]], body: Buffer.from(`no ${exchange.requestId}`) }) },
    });
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\n');
    const answer = await client.answer();
    expect(answer).toMatchObject({ status: 403, headers: { 'x-why': 'test' } });
    expect(answer.body).toMatch(/^no [0-9a-f]{32}$/);
    expect(await client.answer(true)).toMatchObject({ status: 403, headers: { 'content-length': '35' } });
  });
});
