import { RawClient } from '../../peers/raw-client.js';
import type { Server } from '../../peers/servers.js';
import type { SeededRandom } from '../requests/seeded-random.js';
import { CpuMeter } from './cpu-meter.js';
import type { HostileCase } from './placements.js';

/** What a request of a case costs the engine: milliseconds of CPU, user and system, of all its threads. */
export interface CaseCost {
  readonly leastMs: number;
  readonly medianMs: number;
  readonly mostMs: number;
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  /** A limit on the request's size refused it before inspection. */
  readonly isRefused: boolean;
}

/** Answers of the engine's limits: entity, target or header too large, or a connection closed while too much was coming. */
const REFUSALS = new Set([0, 413, 414, 431]);
const WARM_UP = 2;
/** A case that is slow is not repeated for longer than this. */
const CASE_MS = 4_000;

/** Sends a case several times over one connection, and reads the CPU that each took. */
export async function costOf(
  engine: Server,
  hostile: HostileCase,
  bytes: number,
  random: SeededRandom,
  repeats: number,
): Promise<CaseCost> {
  const meter = new CpuMeter(engine.process.pid);
  const client = new RawClient(engine.port, 120_000);
  const costs: number[] = [];
  let status = 0;
  const startedMs = performance.now();
  for (let count = 0; count < WARM_UP + repeats; count++) {
    if (count > WARM_UP && performance.now() - startedMs > CASE_MS) break;
    const request = hostile.make(bytes, random, `${bytes}x${count}`);
    const before = await meter.settledMs();
    ({ status } = await client.send(request));
    const used = (await meter.settledMs()) - before;
    if (count >= WARM_UP) costs.push(used);
  }
  client.close();
  costs.sort((a, b) => a - b);
  return {
    leastMs: costs[0]!,
    medianMs: costs[costs.length >> 1]!,
    mostMs: costs.at(-1)!,
    status,
    isRefused: REFUSALS.has(status),
  };
}
