import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EngineProcess, ensureBuilt, eventually, get, SQLI_PATH, SQLI_RULES, startOrigin } from '../testing/engine-process.js';

// Each test starts processes; on a busy machine that takes its time.
jest.setTimeout(120_000);

let origin: Awaited<ReturnType<typeof startOrigin>>;
let folder = '';
let engine: EngineProcess | null = null;

beforeAll(async () => {
  ensureBuilt();
  origin = await startOrigin();
}, 180_000);
afterAll(() => origin.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phalanx-standalone-'));
});
afterEach(async () => {
  await engine?.stop();
  engine = null;
  rmSync(folder, { recursive: true, force: true });
});

function run(rules: string, mode: string, ...more: string[]): EngineProcess {
  writeFileSync(join(folder, 'a.conf'), rules);
  const upstream = `http://127.0.0.1:${origin.port}`;
  const audit = join(folder, 'audit.ndjson');
  engine = new EngineProcess([
    '--listen',
    '127.0.0.1:0',
    '--upstream',
    upstream,
    '--rules',
    join(folder, 'a.conf'),
    '--mode',
    mode,
    '--audit',
    audit,
    ...more,
  ]);
  return engine;
}

async function portOf(running: EngineProcess): Promise<number> {
  return Number((await running.printed(/^listening on 127\.0\.0\.1:(\d+)$/m))[1]);
}

function audit(): Record<string, unknown>[] {
  return readFileSync(join(folder, 'audit.ndjson'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the stand-alone door', () => {
  it('refuses an attack, and has its audit line when the answer comes', async () => {
    const port = await portOf(run(SQLI_RULES, 'prevention', '--audit-header', 'X-Marker', '--audit-header', 'Authorization'));
    expect((await get(port, '/?id=1')).body).toBe('hello from the origin');
    const refused = await get(port, `${SQLI_PATH}&password=hunter2`, { 'X-Marker': 'm-1', Authorization: 'Basic abc' });
    expect(refused.status).toBe(403);
    expect(audit()).toHaveLength(1);
    expect(audit()[0]).toMatchObject({
      requestId: refused.requestId,
      client: '127.0.0.1',
      method: 'GET',
      uri: '/search?id=1%27%20or%201=1--&password=***',
      status: 403,
      action: 'block',
      mode: 'prevention',
      rules: [{ id: 942100, msg: 'SQL injection', severity: 'CRITICAL', tags: ['attack-sqli'] }],
      headers: { 'X-Marker': 'm-1', Authorization: '***' },
      score: { inbound: 0, outbound: 0 },
    });
  });

  it('only records in detection, also before the answer', async () => {
    const port = await portOf(run(SQLI_RULES, 'detection'));
    for (let i = 1; i <= 20; i++) {
      expect((await get(port, SQLI_PATH)).status).toBe(200);
      expect(audit()).toHaveLength(i);
    }
    expect(audit()[0]).toMatchObject({ status: 200, action: 'pass', mode: 'detection' });
  });

  it('judges form bodies, and follows Include', async () => {
    writeFileSync(join(folder, 'included.conf'), SQLI_RULES);
    const port = await portOf(run('Include included.conf\n', 'prevention'));
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await get(port, '/', form, "id=1' or 1=1--")).status).toBe(403);
    expect((await get(port, '/', form, 'id=1')).status).toBe(200);
  });

  it('serves with several workers behind one port', async () => {
    const running = run(SQLI_RULES, 'prevention', '--workers', '2');
    const port = await portOf(running);
    const answers = await Promise.all(Array.from({ length: 40 }, () => get(port, SQLI_PATH)));
    expect(answers.every(({ status }) => status === 403)).toBe(true);
    await eventually(() => audit().length === 40);
    expect(new Set(audit().map(({ requestId }) => requestId)).size).toBe(40);
  });

  it('ends with file:line and the reason on a bad rule', async () => {
    const running = run(`${SQLI_RULES}\nSecRule ARGS "@nosuch x" "id:1,phase:2"\n`, 'prevention');
    expect(await running.ended()).toBe(1);
    expect(running.complaints).toMatch(/a\.conf:2: /);
    expect(running.output).toBe('');
  });

  it('ends with 2 and the usage on a bad command line', async () => {
    const running = run(SQLI_RULES, 'sometimes');
    expect(await running.ended()).toBe(2);
    expect(running.complaints).toMatch(/--mode must be detection or prevention, not sometimes\nUsage:/);
  });
});
