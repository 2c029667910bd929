import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { builtProgram, Child, waitUntil } from '@phalanx/testing';
import type { AuditLine } from './audit-trail.js';
import { exchange } from './exchange.js';

// Each test starts processes; on a busy machine that takes its time.
jest.setTimeout(120_000);

const BLOCKING = `SecRule ARGS "@contains attack" "id:7,phase:2,deny,status:403,log,msg:'attack'"\n`;

let folder = '';
let origin: Server;
/** Answers that the origin holds back, of requests to /held. */
let held: ServerResponse[] = [];
let child: Child | null = null;

beforeAll(async () => {
  origin = createServer((request, answer) => {
    if (request.url === '/held') held.push(answer);
    else answer.end('hello');
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  origin.closeAllConnections();
  await new Promise((resolve) => origin.close(resolve));
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phalanx-door-'));
  held = [];
});
afterEach(async () => {
  await child?.stop('SIGKILL');
  child = null;
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the engine alone with these rules. */
function start(rules: string, options: { readonly mode?: string; readonly audit?: string; readonly listen?: string } = {}): Child {
  writeFileSync(join(folder, 'a.conf'), rules);
  const upstream = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  const { mode = 'prevention', audit = join(folder, 'audit.ndjson'), listen = '127.0.0.1:0' } = options;
  const door = ['--listen', listen, '--upstream', upstream, '--mode', mode, '--audit', audit, '--audit-header', 'X-Mark'];
  child = new Child({
    command: process.execPath,
    args: [builtProgram('agents/engine/dist/main.js'), ...door, '--rules', join(folder, 'a.conf')],
  });
  return child;
}

async function portOf(engine: Child): Promise<number> {
  return Number((await engine.line(/^listening on 127\.0\.0\.1:(\d+)$/m, 60_000))[1]);
}

async function statusOf(port: number, path: string): Promise<number | string> {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  const { answer, error } = await exchange({ port, from: '127.0.0.1' }, request, false);
  return answer?.status ?? error ?? '';
}

function audit(): AuditLine[] {
  const lines = readFileSync(join(folder, 'audit.ndjson'), 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as AuditLine);
}

describe('a rule file that cannot be used', () => {
  it.each([
    ['an unknown operator', 3, 'SecRule ARGS "@nosuch x" "id:1,phase:2"'],
    ['an unknown variable', 3, 'SecRule NOSUCH "@rx x" "id:1,phase:2"'],
    ['an unknown transformation', 3, 'SecRule ARGS "@rx x" "id:1,phase:2,t:nosuch"'],
    ['an unknown action', 3, 'SecRule ARGS "@rx x" "id:1,phase:2,nosuch"'],
    ['an unknown directive', 3, 'SecNosuch On'],
    ['an unknown ctl', 3, 'SecAction "id:1,phase:1,ctl:nosuch=1"'],
    ['a phase that is none', 3, 'SecAction "id:1,phase:9"'],
    ['a rule without a number', 3, 'SecRule ARGS "@rx x" "phase:2,pass"'],
    ['a number that is taken', 5, 'SecAction "id:1,phase:1,pass"\n\nSecAction "id:1,phase:1,pass"'],
    ['a pattern that is none', 3, 'SecRule ARGS "@rx (" "id:1,phase:2"'],
    ['a quote without its end', 3, 'SecRule ARGS "@rx x'],
    ['a chain without its end', 3, 'SecRule ARGS "@rx x" "id:1,phase:2,chain"'],
    ['a list that is not there', 3, 'SecRule ARGS "@pmFromFile nosuch.data" "id:1,phase:2"'],
    ['a file that is not there', 3, 'Include nosuch.conf'],
    ['a continued line', 4, 'SecAction \\\n  "id:1,phase:1"\nSecNosuch \\\n  On'],
  ])('ends the engine with file, line and reason: %s', async (_what, line, rules) => {
    const engine = start(`# a comment\n\n${rules}\n`);
    const { code } = await engine.exited;
    expect(code).toBe(1);
    const at = rules.startsWith('SecAction \\') ? 5 : line;
    expect(engine.output()).toMatch(new RegExp(`^[^\\n]*a\\.conf:${at}: \\S[^\\n]+\\n$`));
  });

  it('ends it with the system’s reason where the file or the port is not to be had', async () => {
    const port = (origin.address() as AddressInfo).port;
    const taken = start(BLOCKING, { listen: `127.0.0.1:${port}` });
    expect((await taken.exited).code).toBe(1);
    expect(taken.output()).toMatch(/EADDRINUSE|in use/);
    const unreadable = start(BLOCKING, { audit: join(folder, 'no/such/folder') });
    expect((await unreadable.exited).code).toBe(1);
    expect(unreadable.output()).toMatch(/ENOENT/);
  });
});

describe('the engine alone', () => {
  it('finishes what is under way when it is asked to end, and takes nothing new', async () => {
    const engine = start(BLOCKING);
    const port = await portOf(engine);
    const answers = [statusOf(port, '/held'), statusOf(port, '/held')];
    await waitUntil('both requests are at the origin', () => held.length === 2);
    engine.kill('SIGTERM');
    await waitUntil('nothing new is taken', async () => /ECONNREFUSED|closed/.test(String(await statusOf(port, '/'))));
    expect(engine.running).toBe(true);
    for (const answer of held) answer.end('at last');
    expect(await Promise.all(answers)).toEqual([200, 200]);
    expect(await engine.exited).toEqual({ code: 0, signal: null });
  });

  it.each([
    ['prevention', 403],
    ['detection', 200],
  ])('has its audit line when the answer is there, whatever happens then (%s)', async (mode, status) => {
    for (let round = 1; round <= 4; round++) {
      const engine = start(BLOCKING, { mode });
      const port = await portOf(engine);
      const requests = 5 * round;
      await new Promise<void>((resolve, reject) => {
        let answered = '';
        const socket = connect(port, '127.0.0.1', () => {
          for (let i = 1; i <= requests; i++) socket.write(`GET /?a=attack HTTP/1.1\r\nHost: a\r\nX-Mark: ${round}-${i}\r\n\r\n`);
        });
        socket.on('data', (piece) => {
          answered += piece.toString('latin1');
          if (answered.split(`HTTP/1.1 ${status} `).length <= requests) return;
          // The moment the last answer is seen.
          engine.kill('SIGKILL');
          socket.destroy();
          resolve();
        });
        socket.on('error', reject);
        socket.setTimeout(30_000, () => socket.destroy(new Error(`no answer: ${answered}`)));
      });
      await engine.exited;
      const marks = audit().flatMap(({ headers }) => (headers['X-Mark']?.startsWith(`${round}-`) ? [headers['X-Mark']] : []));
      expect(marks).toEqual(Array.from({ length: requests }, (_none, i) => `${round}-${i + 1}`));
    }
  });

  it('has a line, too, for what is no request', async () => {
    const port = await portOf(start(BLOCKING, { mode: 'detection' }));
    const smuggled = 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
    const { answer } = await exchange({ port, from: '127.0.0.1' }, Buffer.from(smuggled), false);
    expect(answer?.status).toBe(400);
    expect(audit()).toMatchObject([
      { method: 'POST', uri: '/a', status: 400, action: 'block', rules: [{ data: 'content-length-and-transfer-encoding' }] },
    ]);
  });

  it('keeps its verdicts when the audit file cannot be written', async () => {
    const port = await portOf(start(BLOCKING, { audit: '/dev/full' }));
    expect(await statusOf(port, '/?a=attack')).toBe(403);
    expect(await statusOf(port, '/?a=b')).toBe(200);
    expect(child?.output()).toMatch(/the audit file cannot be written/);
  });
});
