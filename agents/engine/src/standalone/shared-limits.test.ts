import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { activityOf } from '../process-identity.js';
import { EngineProcess, ensureBuilt, eventually, get, startOrigin } from '../testing/engine-process.js';
import { Flood, flood, limitRules } from '../testing/flood.js';

// Each test starts processes; on a busy machine that takes its time.
jest.setTimeout(120_000);

const WORKERS = 4;
let origin: Awaited<ReturnType<typeof startOrigin>>;
let folder = '';
let engine: EngineProcess;

beforeAll(async () => {
  ensureBuilt();
  origin = await startOrigin();
}, 180_000);
afterAll(() => origin.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phalanx-limits-'));
});
afterEach(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(rules: string, ...more: string[]): Promise<number> {
  const file = join(folder, 'a.conf');
  writeFileSync(file, rules);
  const place = ['--listen', '127.0.0.1:0', '--upstream', `http://127.0.0.1:${origin.port}`, '--mode', 'prevention'];
  const files = ['--rules', file, '--audit', join(folder, 'audit.ndjson')];
  engine = new EngineProcess([...place, ...files, '--workers', String(WORKERS), ...more]);
  return Number((await engine.printed(/^listening on 127\.0\.0\.1:(\d+)$/m))[1]);
}

function cpuOfWorkers(): number[] {
  return engine.workers().map((pid) => activityOf(pid)?.cpuMs ?? 0);
}

describe('a limit that rules count in a persistent collection', () => {
  it.each([100, 1_000])('of %d lets at most a tenth more pass through four workers', async (limit) => {
    const port = await run(limitRules(limit, 600));
    const before = cpuOfWorkers();
    const { statuses } = await flood(port, limit + 600);
    expect([...statuses.keys()].sort()).toEqual([200, 429]);
    expect(statuses.get(200)).toBeGreaterThanOrEqual(limit);
    expect(statuses.get(200)).toBeLessThanOrEqual(limit * 1.1);
    // All of them took part.
    expect(cpuOfWorkers().filter((ms, n) => ms > (before[n] ?? 0))).toHaveLength(WORKERS);
  });

  it('holds when workers are killed in the midst of it', async () => {
    const limit = 800;
    const port = await run(limitRules(limit, 600));
    const sent = new Flood(port, 1_800);
    for (let round = 1; round <= 2; round++) {
      await eventually(() => sent.answered >= round * 250);
      const [victim = 0] = engine.workers();
      process.kill(victim, 'SIGKILL');
      await eventually(() => engine.workers().length === WORKERS && !engine.workers().includes(victim));
    }
    await sent.ended;
    const broken = sent.count(0);
    expect(sent.count(429)).toBeGreaterThan(0);
    expect(sent.count(200)).toBeLessThanOrEqual(limit * 1.1);
    expect(sent.count(200) + broken).toBeGreaterThanOrEqual(limit);
    // Only what the dead workers had in hand was broken: nobody else's connection, and none that waited.
    expect(broken).toBeLessThanOrEqual(24);
  });

  it('is counted on after a restart of the engine on the same state', async () => {
    const state = join(folder, 'state');
    const first = await run(limitRules(50, 600), '--state', state);
    expect((await flood(first, 30)).count(200)).toBe(30);
    await engine.stop();
    const second = await run(limitRules(50, 600), '--state', state);
    expect((await flood(second, 100)).count(200)).toBe(20);
  });

  it('begins anew when the count has expired', async () => {
    const port = await run(limitRules(20, 4));
    expect((await flood(port, 60)).count(200)).toBe(20);
    await eventually(async () => (await get(port, '/')).status === 200, 20_000);
    expect((await flood(port, 60)).count(200)).toBe(19);
  });
});
