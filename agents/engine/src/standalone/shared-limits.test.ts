import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { activityOf } from '../process-identity.js';
import { EngineProcess, ensureBuilt, eventually, get, startOrigin } from '../testing/engine-process.js';

// Each test starts processes; on a busy machine that takes its time.
jest.setTimeout(120_000);

const WORKERS = 4;
let origin: Awaited<ReturnType<typeof startOrigin>>;
let folder = '';
let answered = 0;
let engine: EngineProcess | null = null;

beforeAll(async () => {
  ensureBuilt();
  origin = await startOrigin();
}, 180_000);
afterAll(() => origin.stop());
beforeEach(() => {
  answered = 0;
  folder = mkdtempSync(join(tmpdir(), 'phalanx-limits-'));
});
afterEach(async () => {
  await engine?.stop();
  engine = null;
  rmSync(folder, { recursive: true, force: true });
});

/** At most `limit` requests of an address in `seconds`, as rules say it. */
function limitRules(limit: number, seconds: number): string {
  return `SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.count=+1"
SecRule IP:COUNT "@eq 1" "id:2,phase:1,pass,nolog,expirevar:ip.count=${seconds}"
SecRule IP:COUNT "@gt ${limit}" "id:3,phase:1,deny,status:429,nolog"`;
}

async function run(rules: string, ...more: string[]): Promise<number> {
  writeFileSync(join(folder, 'a.conf'), rules);
  const upstream = `http://127.0.0.1:${origin.port}`;
  const files = ['--rules', join(folder, 'a.conf'), '--audit', join(folder, 'audit.ndjson')];
  const place = ['--listen', '127.0.0.1:0', '--upstream', upstream, '--mode', 'prevention'];
  engine = new EngineProcess([...place, ...files, '--workers', String(WORKERS), ...more]);
  return Number((await engine.printed(/^listening on 127\.0\.0\.1:(\d+)$/m))[1]);
}

function workers(): number[] {
  return engine?.workers() ?? [];
}

/** Requests on a connection each, several at a time; counts the answers by status, 0 for a connection that broke. */
async function flood(port: number, requests: number): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  let left = requests;
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const status = await get(port, '/').then(
        (seen) => seen.status,
        () => 0,
      );
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      answered++;
    }
  };
  await Promise.all(Array.from({ length: 12 }, client));
  return statuses;
}

describe('a limit that rules count in a persistent collection', () => {
  it.each([100, 1_000])('of %d lets at most a tenth more pass through four workers', async (limit) => {
    const port = await run(limitRules(limit, 600));
    const before = workers().map((pid) => activityOf(pid)?.cpuMs ?? 0);
    const statuses = await flood(port, limit + 600);
    expect([...statuses.keys()].sort()).toEqual([200, 429]);
    expect(statuses.get(200)).toBeGreaterThanOrEqual(limit);
    expect(statuses.get(200)).toBeLessThanOrEqual(limit * 1.1);
    // All of them took part.
    const after = workers().map((pid) => activityOf(pid)?.cpuMs ?? 0);
    expect(after.filter((ms, n) => ms > (before[n] ?? 0))).toHaveLength(WORKERS);
  });

  it('holds when workers are killed in the midst of it', async () => {
    const limit = 800;
    const port = await run(limitRules(limit, 600));
    const flooding = flood(port, 1_800);
    for (let round = 1; round <= 2; round++) {
      await eventually(() => answered >= round * 250);
      const [victim = 0] = workers();
      process.kill(victim, 'SIGKILL');
      await eventually(() => workers().length === WORKERS && !workers().includes(victim));
    }
    const statuses = await flooding;
    const broken = statuses.get(0) ?? 0;
    expect(statuses.get(429)).toBeGreaterThan(0);
    expect(statuses.get(200)).toBeLessThanOrEqual(limit * 1.1);
    expect((statuses.get(200) ?? 0) + broken).toBeGreaterThanOrEqual(limit);
    // Only what the dead workers had in hand was broken: nobody else's connection, and none that waited.
    expect(broken).toBeLessThanOrEqual(24);
  });

  it('is counted on after a restart of the engine on the same state', async () => {
    const state = join(folder, 'state');
    const first = await run(limitRules(50, 600), '--state', state);
    expect((await flood(first, 30)).get(200)).toBe(30);
    await engine?.stop();
    const second = await run(limitRules(50, 600), '--state', state);
    expect((await flood(second, 100)).get(200)).toBe(20);
  });

  it('begins anew when the count has expired', async () => {
    const port = await run(limitRules(20, 4));
    expect((await flood(port, 60)).get(200)).toBe(20);
    await eventually(async () => (await get(port, '/')).status === 200, 10_000);
    expect((await flood(port, 60)).get(200)).toBe(19);
  });
});
