import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EngineProcess, ensureBuilt, eventually, get, SQLI_PATH, SQLI_RULES, startOrigin } from '../testing/engine-process.js';

// Each test starts processes; on a busy machine that takes its time.
jest.setTimeout(120_000);

let origin: Awaited<ReturnType<typeof startOrigin>>;
let folder = '';
let engine: EngineProcess;

beforeAll(async () => {
  ensureBuilt();
  origin = await startOrigin();
}, 180_000);
afterAll(() => origin.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phalanx-supervision-'));
});
afterEach(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(workers: number, environment: Readonly<Record<string, string>> = {}, listenPort = 0): Promise<number> {
  const rules = join(folder, 'a.conf');
  writeFileSync(rules, SQLI_RULES);
  const place = ['--listen', `127.0.0.1:${listenPort}`, '--upstream', `http://127.0.0.1:${origin.port}`, '--mode', 'prevention'];
  engine = new EngineProcess(
    [...place, '--rules', rules, '--audit', join(folder, 'audit.ndjson'), '--workers', String(workers)],
    environment,
  );
  return Number((await engine.printed(/^listening on 127\.0\.0\.1:(\d+)$/m))[1]);
}

/** Requests without end, each on a connection of its own, until told to stop: what was answered, and how long each took. */
function load(
  port: number,
  clients: number,
  path = '/',
): { readonly tookMs: number[]; readonly failures: string[]; stop(): Promise<unknown> } {
  const tookMs: number[] = [];
  const failures: string[] = [];
  let isRunning = true;
  const client = async (): Promise<void> => {
    while (isRunning) {
      const startedMs = performance.now();
      const outcome = await get(port, path).then(
        ({ status }) => (status === 200 ? '' : String(status)),
        (error: unknown) => String(error),
      );
      if (outcome === '') tookMs.push(performance.now() - startedMs);
      else failures.push(outcome);
    }
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  return {
    tookMs,
    failures,
    stop: () => {
      isRunning = false;
      return all;
    },
  };
}

describe('the stand-alone door’s watchdog', () => {
  it('goes on taking connections while one of several workers is stalled, and replaces it', async () => {
    const port = await run(3);
    const running = load(port, 4);
    await eventually(() => running.tookMs.length > 100);
    const [stalled = 0] = engine.workers();
    process.kill(stalled, 'SIGSTOP');
    const before = running.tookMs.length;
    await eventually(() => !engine.workers().includes(stalled), 30_000);
    await eventually(() => engine.workers().length === 3);
    await running.stop();
    // What the stalled worker had in hand ended with it; each client had one request there at most.
    expect(running.failures.length).toBeLessThanOrEqual(4);
    const during = running.tookMs.slice(before);
    expect(during.length).toBeGreaterThan(50);
    expect(Math.max(...during)).toBeLessThan(2_000);
    expect(engine.complaints).toMatch(/it had been silent for \d+ ms: it was stopped/);
  });

  it('replaces one that is busy without end', async () => {
    const port = await run(2, { NODE_OPTIONS: '--inspect-port=0' });
    const [busy = 0] = engine.workers();
    process.kill(busy, 'SIGUSR1');
    await eventually(() => /ws:\S+/.test(engine.complaints));
    const inspector = new WebSocket(/ws:\S+/.exec(engine.complaints)?.[0] ?? '');
    inspector.onopen = () => inspector.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: 'for (;;);' } }));
    await eventually(() => !engine.workers().includes(busy), 30_000);
    inspector.close();
    await eventually(() => /it had been silent for \d+ ms: it was busy, with \d+ ms of CPU/.test(engine.complaints));
    expect((await get(port, '/')).status).toBe(200);
  });

  it('lets new connections wait for the successor of an only worker, and resets none', async () => {
    const port = await run(1);
    const [stalled = 0] = engine.workers();
    process.kill(stalled, 'SIGSTOP');
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(port, '/')));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(engine.workers()).not.toContain(stalled);
    process.kill(engine.workers()[0] ?? 0, 'SIGKILL');
    expect((await get(port, SQLI_PATH)).status).toBe(403);
  });
});

describe('the primary process', () => {
  it('leaves its port and its state to the next when it is killed', async () => {
    const first = await run(2);
    engine.child.kill('SIGKILL');
    await engine.ended();
    const state = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`phalanx-engine-${killed}-`));
    const killed = engine.child.pid;
    expect(state()).toHaveLength(1);
    expect(await run(2, {}, first)).toBe(first);
    expect((await get(first, SQLI_PATH)).status).toBe(403);
    expect(state()).toEqual([]);
  });
});

describe('SIGHUP', () => {
  it('has the workers take new rules without a failed request, and keeps the old ones when a rule is bad', async () => {
    const port = await run(2);
    const running = load(port, 4);
    for (let round = 1; round <= 5; round++) {
      writeFileSync(join(folder, 'a.conf'), `${SQLI_RULES}\nSecRule ARGS:round "@streq ${round}" "id:${round},phase:2,deny,status:418"`);
      engine.child.kill('SIGHUP');
      await eventually(async () => (await get(port, `/?round=${round}`)).status === 418);
      expect((await get(port, `/?round=${round - 1}`)).status).toBe(200);
    }
    writeFileSync(join(folder, 'a.conf'), '\nSecRule ARGS "@nosuch x" "id:1,phase:2,deny"');
    engine.child.kill('SIGHUP');
    await eventually(() => /a\.conf:2: /.test(engine.complaints));
    expect((await get(port, SQLI_PATH)).status).toBe(403);
    await running.stop();
    expect(running.failures).toEqual([]);
    expect(running.tookMs.length).toBeGreaterThan(100);
  });
});
