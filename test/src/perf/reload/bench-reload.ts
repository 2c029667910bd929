import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, sleep } from '@phalanx/kit';
import { builtProgram, freePort, waitUntil } from '@phalanx/testing';
import { originRole } from '../../peers/nginx-config.js';
import { RawClient } from '../../peers/raw-client.js';
import { NGINX, requirePackages, WRK } from '../../peers/required-packages.js';
import { startNginx } from '../../peers/servers.js';
import { type Workbench, withWorkbench } from '../../peers/workbench.js';
import { rawRequest } from '../requests/browser.js';
import { SeededRandom } from '../requests/seeded-random.js';
import { SHAPES } from '../requests/shapes.js';
import { bystanderTimes } from '../worst-case/bystanders.js';
import { Wrk, writeRecords } from '../wrk/wrk.js';
import { ApplianceHome, generationPath } from './appliance-home.js';
import { askEngine } from './control-client.js';

const START_MS = 120_000;
const CHECKS = 3;
const QUIET_SECONDS = 4;
const REQUESTS = 20_000;
const CONNECTIONS = 32;

/**
 * Reload of a full pack (CRS 4.25.1) in an appliance's engine: how long the compiler takes, what requests of other clients feel of it, and how
 * many requests of a full load fail while packs are switched. Each switch is proven by a rule that only the new pack has. `--reloads 5`, `--workers 1`.
 */
export async function benchReload(args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { reloads: text, workers: text } });
  const [reloads, workers] = [Number(values.reloads ?? 5), Number(values.workers ?? 1)];
  if (![reloads, workers].every((count) => Number.isInteger(count) && count > 0))
    throw new AppError('invalid', 'cli.usage', '--reloads and --workers must be whole numbers from 1 on');
  requirePackages(NGINX, WRK);
  await withWorkbench('bench-reload', async (bench) => {
    const origin = await startNginx(bench, 'origin', originRole('<p>A calm page.'));
    const port = await freePort();
    const home = new ApplianceHome(join(bench.folder, 'home'), port, origin.port);
    const engine = bench.start({
      command: process.execPath,
      args: [builtProgram('agents/engine/dist/main.js'), '--home', home.folder, '--workers', String(workers)],
    });
    await waitUntil('the engine to refuse what its first pack does', async () => (await statusOf(port, 0)) === 403, {
      timeoutMs: START_MS,
    }).catch((error: unknown) => {
      throw new AppError('unavailable', 'bench.engine-start', engine.output(), { cause: error });
    });
    await benchCompiler(home, port);
    await benchSwitches(bench, home, port, reloads);
  });
}

/** Compiles packs that nobody has seen, first in silence, then beside other clients. */
async function benchCompiler(home: ApplianceHome, port: number): Promise<void> {
  const check = async (generation: number): Promise<number> => {
    home.put('staged', generation);
    const startedMs = performance.now();
    await askEngine(home.controlSocket, { op: 'check', folder: 'staged' });
    return performance.now() - startedMs;
  };
  const times: number[] = [];
  for (let count = 0; count < CHECKS; count++) times.push(await check(1_000 + count));
  const quiet = await bystanderTimes(port, QUIET_SECONDS);
  let isOver = false;
  const compiling = async (): Promise<number> => {
    let count = 0;
    while (!isOver) await check(2_000 + count++);
    return count;
  };
  const beside = bystanderTimes(port, QUIET_SECONDS).finally(() => {
    isOver = true;
  });
  const [busy, compiled] = await Promise.all([beside, compiling()]);
  console.log(`compile_first_ms=${times[0]?.toFixed(0)}\ncompile_ms=${Math.min(...times).toFixed(0)}\ncompiled_meanwhile=${compiled}`);
  console.log(`quiet_p99_ms=${quantile(quiet, 0.99)}\nquiet_max_ms=${quantile(quiet, 1)}`);
  console.log(`compiling_p99_ms=${quantile(busy, 0.99)}\ncompiling_max_ms=${quantile(busy, 1)}`);
}

/** Switches packs while the load generator sends as fast as it gets answers. */
async function benchSwitches(bench: Workbench, home: ApplianceHome, port: number, reloads: number): Promise<void> {
  const random = new SeededRandom(1);
  const records = Array.from({ length: REQUESTS }, () => SHAPES[0]!.make(random));
  const deck = { requests: writeRecords(join(bench.folder, 'get.deck'), records) };
  const times: number[] = [];
  const switching = async (): Promise<void> => {
    await sleep(1_000);
    for (let generation = 1; generation <= reloads; generation++) {
      home.put('staged', generation);
      const startedMs = performance.now();
      await askEngine(home.controlSocket, { op: 'load', folder: 'staged' });
      times.push(performance.now() - startedMs);
      const [now, before] = [await statusOf(port, generation), await statusOf(port, generation - 1)];
      if (now !== 403 || before !== 200)
        throw new AppError('unavailable', 'bench.reload', `after load ${generation} its path is answered ${now}, the one before ${before}`);
    }
  };
  let isOver = false;
  // The load outlasts the switches: run after run until they are through.
  const loading = async (): Promise<{ requests: number; failed: number }> => {
    let [requests, failed] = [0, 0];
    while (!isOver) {
      const run = await new Wrk(bench, undefined).run({ port, deck, seconds: 3, connections: CONNECTIONS, start: requests });
      requests += run.requests;
      failed += run.refused + run.socketErrors;
    }
    return { requests, failed };
  };
  const switched = switching().finally(() => {
    isOver = true;
  });
  const [{ requests, failed }] = await Promise.all([loading(), switched]);
  times.sort((a, b) => a - b);
  console.log(`reloads=${times.length}\nreload_ms=${quantile(times, 0.5)}`);
  console.log(`requests=${requests}\nfailed_requests=${failed}`);
}

/** 0 while nobody listens. */
async function statusOf(port: number, generation: number): Promise<number> {
  const client = new RawClient(port);
  try {
    const request = rawRequest('GET', generationPath(generation), ['Host: shop.example', 'User-Agent: Mozilla/5.0', 'Accept: */*']);
    return (await client.send(Buffer.from(request, 'latin1'))).status;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return 0;
    throw error;
  } finally {
    client.close();
  }
}

function quantile(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(2);
}
