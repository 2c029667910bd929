import { connect as connectHttp2, constants, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import type { ApplicationConfig, ListenerConfig } from '../config.js';
import { ProxyBench, type BenchSettings } from '../fixtures/bench.js';
import { makeCertificate } from '../fixtures/certificate.js';
import { HttpOrigin, ScriptedOrigin } from '../fixtures/origin.js';
import { RawClient } from '../fixtures/raw-client.js';
import { keeper, until } from '../fixtures/patience.js';

const keep = keeper();

const SHOP = makeCertificate(['shop.test']);
const WILD = makeCertificate(['*.wild.test']);
const certificates = [
  { hosts: ['shop.test'], ...SHOP },
  { hosts: ['*.wild.test'], ...WILD },
];
const listener = (overrides: Partial<NonNullable<ListenerConfig['tls']>> = {}): Partial<ListenerConfig> => ({
  tls: { certificates, ...overrides },
});

async function secure(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  return socket;
}

async function start(
  settings: BenchSettings = {},
  origin = keep(new HttpOrigin()),
): Promise<{ proxy: ProxyBench; origin: HttpOrigin; originPort: number }> {
  const originPort = await origin.open();
  return { proxy: keep(await ProxyBench.start(originPort, { listener: listener(), ...settings })), origin, originPort };
}

const nameOf = (socket: TLSSocket): string => String(socket.getPeerCertificate().subject.CN);

describe('a TLS listener', () => {
  it('chooses the certificate by server name, and the first one otherwise', async () => {
    const { proxy } = await start();
    for (const [servername, name] of [
      ['shop.test', 'shop.test'],
      ['a.wild.test', '*.wild.test'],
      ['a.b.wild.test', 'shop.test'],
      ['', 'shop.test'],
    ] as const) {
      const socket = await secure(proxy.port, { servername });
      expect([servername, nameOf(socket)]).toEqual([servername, name]);
      socket.destroy();
    }
  });

  it('serves HTTP/1.1, tells the origin of https, and shows the gate the server name', async () => {
    const { proxy, origin } = await start();
    const client = keep(new RawClient(await secure(proxy.port, { servername: 'Shop.test', ALPNProtocols: ['http/1.1'] })));
    client.send('GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n');
    expect((await client.answer()).status).toBe(200);
    expect(origin.seen[0]?.headers['x-forwarded-proto']).toBe('https');
    expect(proxy.endings[0]?.exchange.listener).toMatchObject({ tls: true, sni: 'shop.test' });
  });

  it('keeps connections and resumes sessions over a change of certificates', async () => {
    const { proxy, originPort } = await start();
    const { port } = proxy;
    const before = await secure(port, { servername: 'shop.test', maxVersion: 'TLSv1.2' });
    const session = before.getSession();
    const client = keep(new RawClient(before));
    const renewed = makeCertificate(['shop.test']);
    await proxy.apply(originPort, { listener: { tls: { certificates: [{ hosts: ['shop.test'], ...renewed }] } } });
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.answer()).status).toBe(200);
    const after = await secure(port, { servername: 'shop.test' });
    expect(after.getPeerX509Certificate()?.toString()).toBe(renewed.certPem);
    after.destroy();
    const resumed = await secure(port, { servername: 'shop.test', maxVersion: 'TLSv1.2', ...(session ? { session } : {}) });
    expect(resumed.isSessionReused()).toBe(true);
    resumed.destroy();
  });

  it('refuses old protocol versions', async () => {
    const { proxy } = await start({ listener: listener({ minVersion: 'TLSv1.3' }) });
    await expect(secure(proxy.port, { maxVersion: 'TLSv1.2' })).rejects.toThrow();
  });

  it('refuses a configuration whose key does not fit, and stays as it was', async () => {
    const { proxy, originPort } = await start();
    const broken = [{ hosts: ['x'], certPem: SHOP.certPem, keyPem: WILD.keyPem }];
    await expect(proxy.apply(originPort, { listener: { tls: { certificates: broken } } })).rejects.toMatchObject({
      code: 'proxy.certificate',
    });
    const socket = await secure(proxy.port, { servername: 'shop.test' });
    expect(nameOf(socket)).toBe('shop.test');
    socket.destroy();
  });
});

describe('a connection that was made for one application', () => {
  const route = (id: string, host: string, port: number): ApplicationConfig => ({
    id,
    hosts: [host],
    upstream: { targets: [{ host: '127.0.0.1', port }] },
  });

  async function statusOf(port: number, servername: string, host: string): Promise<number> {
    const client = keep(new RawClient(await secure(port, { servername, ALPNProtocols: ['http/1.1'] })));
    client.send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    return (await client.answer()).status;
  }

  it('answers 421 for another application, unless both have the same certificate', async () => {
    const origin = keep(new HttpOrigin());
    const port = await origin.open();
    const applications = [route('shop', 'shop.test', port), route('one', 'one.wild.test', port), route('two', 'two.wild.test', port)];
    const proxy = keep(await ProxyBench.start(port, { listener: listener(), config: { applications } }));
    expect(await statusOf(proxy.port, 'shop.test', 'shop.test')).toBe(200);
    expect(await statusOf(proxy.port, 'shop.test', 'one.wild.test')).toBe(421);
    expect(await statusOf(proxy.port, 'two.wild.test', 'shop.test:443')).toBe(421);
    // RFC 9113 9.1.1: browsers share a connection among the names of its certificate.
    expect(await statusOf(proxy.port, 'one.wild.test', 'two.wild.test')).toBe(200);
    // Neither names an application.
    expect(await statusOf(proxy.port, '', 'one.wild.test')).toBe(200);
    expect(await statusOf(proxy.port, 'unknown.test', 'shop.test')).toBe(200);
    expect(await statusOf(proxy.port, 'shop.test', 'unknown.test')).toBe(404);
    expect(proxy.endings.filter(({ outcome }) => outcome.kind === 'failed').map(({ outcome }) => outcome)).toEqual([
      { kind: 'failed', status: 421, reason: 'misdirected' },
      { kind: 'failed', status: 421, reason: 'misdirected' },
      { kind: 'failed', status: 404, reason: 'no-application' },
    ]);
    expect(origin.seen.map(({ headers }) => headers.host)).toEqual(['shop.test', 'two.wild.test', 'one.wild.test', 'shop.test']);
  });
});

interface Http2Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function session(port: number): Promise<ClientHttp2Session> {
  const client = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, servername: 'shop.test' });
  client.on('error', () => undefined);
  keep({ close: () => client.destroy() });
  await new Promise<void>((resolve) => client.once('connect', () => resolve()));
  return client;
}

function ask(client: ClientHttp2Session, headers: Record<string, string | string[]>, body?: string | Buffer): Promise<Http2Answer> {
  return new Promise((resolve, reject) => {
    const stream = client.request({ ':authority': 'shop.test', ...headers }, { endStream: body === undefined });
    let text = '';
    let answer: IncomingHttpHeaders = {};
    stream.on('response', (received) => (answer = received));
    stream.on('data', (piece: Buffer) => (text += piece.toString('latin1')));
    stream.on('error', reject);
    stream.on('end', () => resolve({ headers: answer, body: text }));
    if (body !== undefined) stream.end(body);
  });
}

describe('HTTP/2 towards clients', () => {
  it('runs the same stages and reaches an HTTP/1.1 origin', async () => {
    const stages: string[] = [];
    const { proxy, origin } = await start({
      gate: {
        onRequestHead: ({ request }) => (stages.push(`${request.protocol} ${request.host} ${request.path}`), { kind: 'pass' }),
        wantsRequestBody: () => true,
        onRequestBody: (_exchange, body) => (stages.push(`body ${body.toString()}`), { kind: 'pass' }),
      },
    });
    const client = await session(proxy.port);
    const answers = await Promise.all([
      ask(client, { ':path': '/a?x=1', cookie: ['a=1', 'b=2'] }),
      ask(client, { ':path': '/b', ':method': 'POST' }, 'hello'),
      ask(client, { ':path': '/c', ':method': 'HEAD' }),
    ]);
    expect(answers.map(({ body }) => body)).toEqual(['GET /a?x=1 0', 'POST /b 5', '']);
    expect(answers[0]?.headers[':status']).toBe(200);
    expect(origin.seen.find(({ url }) => url === '/a?x=1')?.headers).toMatchObject({ host: 'shop.test', cookie: 'a=1; b=2' });
    expect(origin.seen.find(({ url }) => url === '/b')).toMatchObject({ body: 'hello', headers: { 'content-length': '5' } });
    expect(stages).toEqual(expect.arrayContaining(['HTTP/2 shop.test /a', 'body hello']));
    expect(proxy.endings.map(({ outcome }) => outcome.kind)).toEqual(['answered', 'answered', 'answered']);
  });

  it('blocks for the end of a body before the origin sees a byte', async () => {
    const { proxy, origin } = await start({
      gate: {
        wantsRequestBody: () => true,
        onRequestBody: (_exchange, body) => (body.includes('EVIL') ? { kind: 'block', status: 403, reason: 'test' } : { kind: 'pass' }),
      },
    });
    const client = await session(proxy.port);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => ask(client, { ':method': 'POST', ':path': '/' }, `${'x'.repeat(i * 5000)}EVIL`)),
    );
    expect(answers.every(({ headers }) => Number(headers[':status']) === 403)).toBe(true);
    expect([origin.connections, origin.bytes]).toEqual([0, 0]);
  });

  it.each([
    ['white space in the path', { ':path': '/ HTTP/1.1\r\nX: y' }],
    ['a space in the path', { ':path': '/a b' }],
    ['transfer-encoding', { ':path': '/', 'transfer-encoding': 'chunked' }],
    ['a Host that differs', { ':path': '/', host: 'other.test' }],
    ['an absolute path', { ':path': 'http://other.test/' }],
    ['an odd length', { ':path': '/', 'content-length': '+1' }],
    ['a length without body', { ':path': '/', 'content-length': '5' }],
    ['a path without slash', { ':path': 'a' }],
    ['a method with a space', { ':path': '/', ':method': 'GET /x' }],
    ['user information in the authority', { ':path': '/', ':authority': 'a@shop.test' }],
  ])('refuses %s', async (_name, headers) => {
    const { proxy, origin } = await start();
    const client = await session(proxy.port);
    const status = await ask(client, headers).then(
      (answer) => Number(answer.headers[':status'] ?? 0),
      () => 0,
    );
    // 0: the client's own library or nghttp2 has reset the stream before it became a request.
    expect([0, 400]).toContain(status);
    expect(origin.connections).toBe(0);
  });

  it('lets no line break of a value through', async () => {
    const { proxy, origin } = await start();
    await ask(await session(proxy.port), { ':path': '/', 'x-a': 'b\r\nX-Evil: 1' }).catch(() => undefined);
    expect(origin.seen.filter(({ headers }) => 'x-evil' in headers)).toEqual([]);
  });

  it('streams large bodies both ways', async () => {
    const size = 8_000_000;
    const { proxy } = await start({}, keep(new HttpOrigin((_request, response, message) => void message.pipe(response), true)));
    const client = await session(proxy.port);
    const answer = await ask(client, { ':method': 'POST', ':path': '/' }, Buffer.alloc(size, 'large '));
    expect(answer.body.length).toBe(size);
  });

  it('answers a refused upload and resets the stream, the connection stays', async () => {
    const { proxy } = await start({ application: { limits: { requestBodyLimitBytes: 10 } }, gate: { wantsRequestBody: () => true } });
    const client = await session(proxy.port);
    const stream = client.request({ ':method': 'POST', ':path': '/', ':authority': 'shop.test' });
    stream.on('error', () => undefined);
    const status = new Promise((resolve) => stream.on('response', (headers) => resolve(headers[':status'])));
    const closed = new Promise((resolve) => stream.on('close', () => resolve(stream.rstCode)));
    stream.resume().write('x'.repeat(20));
    expect([await status, await closed]).toEqual([413, constants.NGHTTP2_NO_ERROR]);
    expect((await ask(client, { ':path': '/' })).headers[':status']).toBe(200);
  });

  it('resets the stream when the origin stops in the middle', async () => {
    const origin = keep(
      new ScriptedOrigin((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc');
        setTimeout(() => socket.destroy(), 30);
      }),
    );
    const proxy = keep(await ProxyBench.start(await origin.open(), { listener: listener() }));
    const client = await session(proxy.port);
    await expect(ask(client, { ':path': '/' })).rejects.toThrow(/_ERROR/);
  });

  it('tells the exchange when the client gives up', async () => {
    const { proxy, origin } = await start({}, keep(new HttpOrigin(() => undefined)));
    const client = await session(proxy.port);
    const stream = client.request({ ':path': '/', ':authority': 'shop.test' });
    stream.on('error', () => undefined);
    await until(() => origin.seen.length > 0);
    stream.close(constants.NGHTTP2_CANCEL);
    await until(() => proxy.endings.length > 0);
    expect(proxy.endings[0]?.outcome).toMatchObject({ kind: 'aborted', by: 'client' });
  });
});
