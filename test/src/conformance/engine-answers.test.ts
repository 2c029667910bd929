import { gzipSync } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EngineUnderTest } from './engine-under-test.js';
import { exchange } from './exchange.js';
import { loggedIds } from './log-lines.js';

const LEAK = 'an error: ORA-01756 in the database';
/** What the origin answers, by path. */
const ANSWERS: Readonly<Record<string, (answer: ServerResponse) => void>> = {
  '/whole': (answer) => answer.setHeader('Content-Type', 'text/html').end(LEAK),
  '/chunks': (answer) => {
    answer.setHeader('Content-Type', 'text/html; charset=utf-8');
    for (const char of LEAK) answer.write(char);
    answer.end();
  },
  '/until-close': (answer) => {
    answer.socket?.end(`HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n${LEAK}`);
  },
  '/gzip': (answer) => answer.setHeader('Content-Type', 'text/html').setHeader('Content-Encoding', 'gzip').end(gzipSync(LEAK)),
  '/image': (answer) => answer.setHeader('Content-Type', 'image/png').end(LEAK),
  '/long': (answer) => answer.setHeader('Content-Type', 'text/html').end('x'.repeat(600_000) + LEAK),
  '/field': (answer) => answer.setHeader('X-Powered-By', 'ORA-01756').end(),
  '/status': (answer) => answer.writeHead(500).end(),
};
const RULES = `SecResponseBodyAccess On
SecResponseBodyMimeType text/html text/plain
SecRule RESPONSE_STATUS "@streq 500" "id:1,phase:3,pass,log,msg:'status'"
SecRule RESPONSE_HEADERS:X-Powered-By "@contains ORA-" "id:2,phase:3,pass,log,msg:'field'"
SecRule RESPONSE_BODY "@contains ORA-01756" "id:3,phase:4,pass,log,msg:'body'"
SecRule REQUEST_URI "@contains phase5" "id:4,phase:5,pass,log,msg:'last'"
`;

describe('the rules on answers, in a real engine process', () => {
  let folder = '';
  let origin: Server;
  let engine: EngineUnderTest;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'phalanx-answers-'));
    const setup = join(folder, 'setup.conf');
    writeFileSync(setup, RULES);
    origin = createServer((request, answer) => {
      request.resume();
      (ANSWERS[request.url?.split('?')[0] ?? ''] ?? ((other) => other.end()))(answer);
    });
    await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
    engine = await EngineUnderTest.start({ setup, before: [], rules: [], after: [] }, (origin.address() as AddressInfo).port);
  }, 120_000);
  afterAll(async () => {
    await engine.stop();
    origin.closeAllConnections();
    await new Promise((resolve) => origin.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  async function ask(path: string, method = 'GET'): Promise<{ readonly text: string; readonly logged: readonly number[] }> {
    const request = Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    const { answer, error } = await exchange({ port: engine.port, from: '127.0.2.1' }, request, false);
    return { text: answer?.text ?? `error: ${error}`, logged: loggedIds(engine.audit.take('127.0.2.1')) };
  }

  it.each(['/whole', '/chunks', '/until-close'])(
    'see the body of %s, however it is framed, before the client has its end',
    async (path) => {
      const { text, logged } = await ask(path);
      expect(text).toMatch(/^HTTP\/1\.1 200 /);
      expect(text).toContain(LEAK);
      expect(logged).toEqual([3]);
    },
  );

  it('see status and fields', async () => {
    expect((await ask('/status')).logged).toEqual([1]);
    expect((await ask('/field')).logged).toEqual([2]);
    expect((await ask('/?phase5')).logged).toEqual([4]);
  });

  it('do not see a body of another type, one that HEAD has not, or what is past the limit', async () => {
    expect((await ask('/image')).logged).toEqual([]);
    expect((await ask('/whole', 'HEAD')).logged).toEqual([]);
    const long = await ask('/long');
    expect(long.logged).toEqual([]);
    expect(long.text).toContain(LEAK);
  });

  it('see a compressed body as it is: nothing is unpacked, and nothing changed on the way', async () => {
    const { text, logged } = await ask('/gzip');
    expect(logged).toEqual([]);
    expect(text).toMatch(/Content-Encoding: gzip/i);
    expect(text).toContain(`Content-Length: ${gzipSync(LEAK).length}`);
  });
});
