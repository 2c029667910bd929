import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { digestOf } from '@phalanx/kit';
import type { AttackEvent } from '@phalanx/contracts';
import { freePort, loopbackApplication, loopbackPolicy } from '@phalanx/testing';
import {
  EngineProcess,
  ensureBuilt,
  eventually,
  get,
  settingsWith,
  SQLI_PATH,
  SQLI_RULES,
  startOrigin,
  TestHome,
} from '../testing/engine-process.js';

// Each test starts processes; on a busy machine that takes its time.
jest.setTimeout(160_000);

let origin: Awaited<ReturnType<typeof startOrigin>>;
let home: TestHome;
let engine: EngineProcess | null = null;
const prevention = settingsWith({ level: 'prevention' });

beforeAll(async () => {
  ensureBuilt();
  origin = await startOrigin();
}, 180_000);
afterAll(() => origin.stop());
beforeEach(() => {
  home = new TestHome(mkdtempSync(join(tmpdir(), 'phalanx-engine-')));
});
afterEach(async () => {
  await engine?.stop();
  engine = null;
  rmSync(home.root, { recursive: true, force: true });
});

async function start(workers: number): Promise<EngineProcess> {
  engine = new EngineProcess(['--home', home.root, '--workers', String(workers)]);
  await engine.printed(/ready home=/);
  return engine;
}

async function serving(workers: number): Promise<void> {
  await eventually(async () => {
    const status = await home.status();
    return status.expected !== null && status.workers.filter((w) => w.state === 'serving' && w.policyDigest !== null).length === workers;
  });
}

function attacks(): AttackEvent[] {
  return home.events().events.filter((event) => event.kind === 'attack');
}

describe('the appliance door', () => {
  it('serves what active/ holds without being asked, refuses an attack, and has its event before the answer', async () => {
    const port = await freePort();
    const policy = loopbackPolicy([loopbackApplication(port, origin.port, prevention)]);
    home.put('active', policy, SQLI_RULES);
    await start(2);
    await serving(2);
    expect((await get(port, '/index.html?id=1')).body).toBe('hello from the origin');
    const refused = await get(port, SQLI_PATH, { 'User-Agent': 'tester', Cookie: 'sid=abc' });
    expect(refused.status).toBe(403);
    const [event] = attacks();
    expect(event).toMatchObject({
      requestId: refused.requestId,
      applicationId: policy.applications[0]?.id,
      source: '127.0.0.1',
      path: '/search',
      action: 'blocked',
      status: 403,
      level: 'prevention',
      stage: 'signatures',
      userAgent: 'tester',
    });
    expect(event?.rules[0]).toMatchObject({ id: 942100, variable: 'ARGS:id', severity: 'CRITICAL' });
    const status = await home.status();
    expect(status.expected?.policyDigest).toBe(digestOf(policy));
    expect(status.workers.map(({ policyDigest, rulesetDigest }) => ({ policyDigest, rulesetDigest }))).toEqual([
      status.expected,
      status.expected,
    ]);
    expect(status.listeners).toEqual([{ address: '127.0.0.1', port, tls: false }]);
    expect(statSync(join(home.root, 'control.sock')).mode & 0o777).toBe(0o600);
  });

  it('answers a refused API client in JSON, and names no product to anybody', async () => {
    const port = await freePort();
    home.put('active', loopbackPolicy([loopbackApplication(port, origin.port, prevention)]), SQLI_RULES);
    await start(1);
    await serving(1);
    const refused = await get(port, SQLI_PATH, { Accept: 'application/json' });
    expect(JSON.parse(refused.body)).toEqual({ title: 'Access denied', status: 403, requestId: refused.requestId });
    const html = await get(port, SQLI_PATH);
    expect(JSON.stringify([refused, html])).not.toMatch(/phalanx|node/i);
  });

  it('lets pass and records in detection and learning', async () => {
    const [a, b] = [await freePort(), await freePort()];
    home.put(
      'active',
      loopbackPolicy([
        loopbackApplication(a, origin.port, settingsWith({ level: 'detection' })),
        loopbackApplication(b, origin.port, settingsWith({ level: 'learning' })),
      ]),
      SQLI_RULES,
    );
    await start(1);
    await serving(1);
    expect((await get(a, SQLI_PATH)).status).toBe(200);
    expect((await get(b, SQLI_PATH)).status).toBe(200);
    expect(attacks().map(({ action, level, status }) => ({ action, level, status }))).toEqual([
      { action: 'detected', level: 'detection', status: 200 },
      { action: 'passed', level: 'learning', status: 200 },
    ]);
  });

  it('switches under load without losing a request, and every worker shows the new digests', async () => {
    const port = await freePort();
    const policy = loopbackPolicy([loopbackApplication(port, origin.port, prevention)]);
    home.put('active', policy, SQLI_RULES);
    await start(2);
    await serving(2);
    const seen: number[] = [];
    let isRunning = true;
    const clients = Array.from({ length: 8 }, async () => {
      while (isRunning) seen.push((await get(port, '/')).status);
    });
    const digests: string[] = [];
    for (let round = 0; round < 6; round++) {
      const rules = SQLI_RULES.replace('SQL injection', `SQL injection ${round}`);
      home.put('staged', { ...policy, events: { ...policy.events, foldAbovePerSecond: 100 + round } }, rules);
      const load = await home.load();
      digests.push(load.policyDigest);
      const { expected, workers } = await home.status();
      expect(expected).toEqual({ policyDigest: load.policyDigest, rulesetDigest: load.rulesetDigest });
      expect(workers.every((w) => w.policyDigest === load.policyDigest && w.rulesetDigest === load.rulesetDigest)).toBe(true);
    }
    isRunning = false;
    await Promise.all(clients);
    expect(new Set(digests).size).toBe(6);
    expect(seen.length).toBeGreaterThan(50);
    expect(seen.filter((status) => status !== 200)).toEqual([]);
    expect(readdirSync(join(home.root, 'compiled')).filter((name) => name.endsWith('.rules'))).toHaveLength(2);
  });

  it('shows another ruleset digest after a rule was edited and loaded, and the old one before', async () => {
    const port = await freePort();
    const policy = loopbackPolicy([loopbackApplication(port, origin.port, prevention)]);
    home.put('active', policy, SQLI_RULES);
    await start(1);
    await serving(1);
    const before = await home.status();
    home.put('staged', policy, SQLI_RULES.replace('1=1', '2=2'));
    const checked = await home.control({ op: 'check', folder: 'staged' });
    expect((await home.status()).expected).toEqual(before.expected);
    const load = await home.load();
    expect(checked).toMatchObject({ ok: true, load });
    expect(load.rulesetDigest).not.toBe(before.expected?.rulesetDigest);
    expect((await home.status()).workers[0]?.rulesetDigest).toBe(load.rulesetDigest);
    expect((await get(port, SQLI_PATH)).status).toBe(200);
  });

  it('loses no event of a refusal that was seen, and writes none twice, when workers are killed', async () => {
    const port = await freePort();
    home.put('active', loopbackPolicy([loopbackApplication(port, origin.port, prevention)], { foldAbovePerSecond: 100_000 }), SQLI_RULES);
    await start(2);
    await serving(2);
    const seen = new Set<string>();
    let broken = 0;
    let isRunning = true;
    const clients = Array.from({ length: 6 }, async () => {
      while (isRunning) {
        try {
          const { status, requestId } = await get(port, SQLI_PATH);
          expect(status).toBe(403);
          seen.add(requestId);
        } catch {
          broken++;
        }
      }
    });
    for (let round = 0; round < 3; round++) {
      const before = seen.size;
      await eventually(() => seen.size > before + 50);
      const { workers } = await home.status();
      process.kill(workers[round % 2]?.pid ?? 0, 'SIGKILL');
      await serving(2);
    }
    isRunning = false;
    await Promise.all(clients);
    const ids = attacks().map(({ requestId }) => requestId);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...seen].filter((id) => !ids.includes(id))).toEqual([]);
    // Events without a seen refusal belong to connections that broke.
    expect(ids.length - seen.size).toBeLessThanOrEqual(broken);
    const replaced = home.events().events.filter((event) => event.kind === 'system' && event.code === 'engine.worker-replaced');
    expect(replaced).toHaveLength(3);
  });

  it('switches no worker when one of four does not answer, names it, and shows it', async () => {
    const port = await freePort();
    const policy = loopbackPolicy([loopbackApplication(port, origin.port, prevention)]);
    home.put('active', policy, SQLI_RULES);
    await start(4);
    await serving(4);
    const before = await home.status();
    const stopped = before.workers[2]?.pid ?? 0;
    process.kill(stopped, 'SIGSTOP');
    try {
      home.put('staged', { ...policy, events: { ...policy.events, foldAbovePerSecond: 7 } }, SQLI_RULES);
      const refusal = expect(home.load()).rejects.toThrow(/worker 2 \(pid \d+\) (?:did not answer|ended by SIGKILL)/);
      await eventually(async () => (await home.status()).workers[2]?.state === 'unresponsive', 10_000);
      await refusal;
      const after = await home.status();
      expect(after.expected).toEqual(before.expected);
      expect(after.workers.filter(({ index }) => index !== 2).every((w) => w.policyDigest === before.expected?.policyDigest)).toBe(true);
      // The watchdog replaces it, and the successor runs what was last committed.
      await eventually(async () => (await home.status()).workers[2]?.pid !== stopped, 60_000);
      await serving(4);
      expect((await home.status()).workers[2]?.policyDigest).toBe(before.expected?.policyDigest);
    } finally {
      if (existsSync(`/proc/${stopped}`)) process.kill(stopped, 'SIGCONT');
    }
  });

  it('refuses a load by its reason and goes on with what it runs', async () => {
    const port = await freePort();
    const good = loopbackPolicy([loopbackApplication(port, origin.port, prevention)]);
    home.put('active', good, SQLI_RULES);
    await start(1);
    await serving(1);
    const { expected } = await home.status();
    const change = (settings: Parameters<typeof settingsWith>[0]): void =>
      home.put(
        'staged',
        loopbackPolicy([loopbackApplication(port, origin.port, settingsWith({ level: 'prevention', ...settings }))]),
        SQLI_RULES,
      );

    change({ signatures: { customRules: '# mine\nSecRuleEngine Off\n' } });
    await expect(home.load()).rejects.toThrow(`application port-${port}: custom-rules.conf:2: SecRuleEngine is not allowed`);
    change({ signatures: { customRules: '\nSecRule ARGS "@nosuch x" "id:1,phase:2,deny"' } });
    await expect(home.load()).rejects.toThrow(`application port-${port}: custom-rules.conf:2: `);
    change({ tls: { certificateId: '00000000-0000-4000-8000-000000000000' } });
    await expect(home.load()).rejects.toThrow(`engine.missing-secret: application port-${port} needs certificate 00000000`);
    writeFileSync(join(home.root, 'staged/policy.json'), '{"version":2}');
    await expect(home.load()).rejects.toThrow(/engine.bad-file: policy.json: /);
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const taken = (other.address() as { port: number }).port;
    home.put(
      'staged',
      loopbackPolicy([
        loopbackApplication(port, origin.port, prevention),
        { ...loopbackApplication(taken, origin.port, prevention), name: 'b' },
      ]),
      SQLI_RULES,
    );
    await expect(home.load()).rejects.toThrow(new RegExp(`engine.address-in-use: can't listen on 127.0.0.1 port ${taken}`));
    other.close();

    expect((await home.status()).expected).toEqual(expected);
    expect((await get(port, SQLI_PATH)).status).toBe(403);
    const refusals = home.events().events.filter((event) => event.kind === 'system' && event.code === 'engine.load-refused');
    expect(refusals).toHaveLength(5);
  });

  it('counts requests, refusals and latencies for each reader since its last call', async () => {
    const port = await freePort();
    home.put('active', loopbackPolicy([loopbackApplication(port, origin.port, prevention)]), SQLI_RULES);
    await start(2);
    await serving(2);
    for (let i = 0; i < 10; i++) await get(port, i % 2 === 0 ? '/' : SQLI_PATH);
    const first = await home.control({ op: 'metrics', reader: 'a' });
    expect(first).toMatchObject({
      ok: true,
      metrics: { requests: 10, blocked: 5, eventsLost: 0, statusClasses: { success: 5, clientError: 5 } },
    });
    expect(first).toHaveProperty('metrics.latencyMs.p50', expect.any(Number));
    await get(port, '/');
    expect(await home.control({ op: 'metrics', reader: 'a' })).toMatchObject({ metrics: { requests: 1, blocked: 0 } });
    expect(await home.control({ op: 'metrics', reader: 'b' })).toMatchObject({ metrics: { requests: 11, blocked: 5 } });
  });

  it('says what is wrong with a control request, and goes on', async () => {
    await start(1);
    expect(await home.control({ op: 'nonsense' })).toMatchObject({ id: 1, ok: false, code: 'engine.bad-request' });
    expect(await home.control({ op: 'load', folder: 'staged' })).toMatchObject({ ok: false, code: 'engine.no-policy' });
    expect((await home.status()).expected).toBeNull();
  });

  it('ends with what was in flight when it is drained', async () => {
    const port = await freePort();
    home.put('active', loopbackPolicy([loopbackApplication(port, origin.port, prevention)]), SQLI_RULES);
    const running = await start(2);
    await serving(2);
    await get(port, SQLI_PATH);
    expect(await home.control({ op: 'drain', deadlineMs: 2_000 })).toMatchObject({ ok: true });
    expect(await running.ended()).toBe(0);
    expect(readdirSync(join(home.root, 'spool')).every((name) => name.endsWith('.closed'))).toBe(true);
  });

  it('goes on serving when its primary is killed, until the next one has taken over', async () => {
    const port = await freePort();
    home.put('active', loopbackPolicy([loopbackApplication(port, origin.port, prevention)]), SQLI_RULES);
    const first = await start(2);
    await serving(2);
    const pids = (await home.status()).workers.map(({ pid }) => pid);
    let answered = 0;
    let broken = 0;
    let isRunning = true;
    const client = (async () => {
      while (isRunning) {
        try {
          if ((await get(port, '/')).status === 200) answered++;
        } catch {
          broken++;
        }
      }
    })();
    await eventually(() => answered > 10);
    first.child.kill('SIGKILL');
    // Not until its output is closed: its workers hold that too.
    await eventually(() => first.child.signalCode !== null);
    await start(2);
    await serving(2);
    await eventually(() => pids.every((pid) => !isAlive(pid)), 60_000);
    const before = answered;
    await eventually(() => answered > before + 10);
    isRunning = false;
    await client;
    await first.ended();
    expect((await home.status()).workers.some(({ pid }) => pids.includes(pid))).toBe(false);
    // Closing a listener resets the connections that nobody had accepted yet.
    expect(broken).toBeLessThanOrEqual(3);
  });
});

function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
}
