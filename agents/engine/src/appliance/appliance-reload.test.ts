import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { AppliancePolicy, SignaturePack } from '@phalanx/contracts';
import { freePort, loopbackApplication, loopbackPolicy } from '@phalanx/testing';
import { crs4Pack } from '../testing/crs4-pack.js';
import { EngineProcess, ensureBuilt, eventually, get, settingsWith, startOrigin, TestHome } from '../testing/engine-process.js';
import { flood, limitRules } from '../testing/flood.js';
import { canMount, mount, resize, unmount } from '../testing/small-disk.js';

// Each test starts processes; on a busy machine that takes its time.
jest.setTimeout(180_000);

let origin: Awaited<ReturnType<typeof startOrigin>>;
let home: TestHome;
let engine: EngineProcess;

beforeAll(async () => {
  ensureBuilt();
  origin = await startOrigin();
}, 180_000);
afterAll(() => origin.stop());
beforeEach(() => {
  home = new TestHome(mkdtempSync(join(tmpdir(), 'phalanx-reload-')));
});
afterEach(async () => {
  await engine.stop();
  rmSync(home.root, { recursive: true, force: true });
});

async function serve(workers: number): Promise<void> {
  engine = new EngineProcess(['--home', home.root, '--workers', String(workers)]);
  await engine.printed(/ready home=/);
  await eventually(async () => {
    const status = await home.status();
    return status.workers.filter((w) => w.state === 'serving' && w.policyDigest !== null).length === workers;
  }, 60_000);
}

const crs = crs4Pack();
(crs ? describe : describe.skip)('reloads of the Core Rule Set under load', () => {
  const BROWSER = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)', Accept: 'text/html' };

  it.each([2, 4])('fail no request of %d workers, and hold for every worker when they are said to', async (workers) => {
    const port = await freePort();
    const base = loopbackApplication(port, origin.port, settingsWith({ level: 'prevention' }));
    // Each round refuses what no other does.
    const policyFor = (round: number): AppliancePolicy => {
      const customRules = `SecRule ARGS:round "@streq ${round}" "id:${900_000 + round},phase:2,deny,status:403,nolog"`;
      return loopbackPolicy([{ ...base, settings: settingsWith({ level: 'prevention', signatures: { customRules } }) }]);
    };
    home.put('active', policyFor(0), crs as SignaturePack);
    await serve(workers);
    const statuses: (number | string)[] = [];
    let isRunning = true;
    const clients = Array.from({ length: 6 }, async () => {
      while (isRunning) {
        statuses.push(
          await get(port, '/shop/item?id=17&color=blue', BROWSER).then(
            ({ status }) => status,
            (error: unknown) => String(error),
          ),
        );
      }
    });
    for (let round = 1; round <= 4; round++) {
      home.put('staged', policyFor(round), crs as SignaturePack);
      await home.load();
      const seen = await Promise.all(Array.from({ length: 8 }, () => get(port, `/?round=${round}`, BROWSER)));
      expect(seen.map(({ status }) => status)).toEqual(Array(8).fill(403));
      expect((await get(port, `/?round=${round - 1}`, BROWSER)).status).toBe(200);
    }
    isRunning = false;
    await Promise.all(clients);
    expect(statuses.length).toBeGreaterThan(100);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });
});

describe('what an appliance has counted', () => {
  (canMount() ? it : it.skip)(
    'is counted by each worker alone on a full disk, which is an event, and together again when there is room',
    async () => {
      const port = await freePort();
      const collections = join(home.root, 'collections');
      mkdirSync(collections);
      mount(collections, '64k');
      try {
        home.put(
          'active',
          loopbackPolicy([loopbackApplication(port, origin.port, settingsWith({ level: 'prevention' }))]),
          limitRules(100_000, 600),
        );
        await serve(2);
        const { statuses } = await flood(port, 1_500);
        expect([...statuses]).toEqual([[200, 1_500]]);
        const codes = (): string[] => home.events().events.flatMap((event) => (event.kind === 'system' ? [event.code] : []));
        expect(codes()).toContain('engine.collections-unshared');
        resize(collections, '8m');
        await eventually(async () => {
          await get(port, '/');
          return codes().includes('engine.collections-shared');
        }, 60_000);
      } finally {
        await engine.stop();
        unmount(collections);
      }
    },
  );

  it('outlives its engine, also one that is killed', async () => {
    const port = await freePort();
    home.put(
      'active',
      loopbackPolicy([loopbackApplication(port, origin.port, settingsWith({ level: 'prevention' }))]),
      limitRules(60, 600),
    );
    await serve(2);
    expect((await flood(port, 20)).count(200)).toBe(20);
    await engine.stop();
    await serve(2);
    expect((await flood(port, 20)).count(200)).toBe(20);
    const workers = engine.workers();
    for (const pid of [engine.child.pid ?? 0, ...workers]) process.kill(pid, 'SIGKILL');
    await engine.ended();
    await serve(2);
    expect((await flood(port, 60)).count(200)).toBe(20);
  });
});
