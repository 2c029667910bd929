import type { Server } from '../../peers/servers.js';
import { cpuSecondsOf } from '../cpu-time.js';
import type { Wrk, WrkRun } from '../wrk/wrk.js';
import type { WrkResult } from '../wrk/wrk-result.js';

/** One run against one server. */
export interface Measurement extends WrkResult {
  readonly requestsPerSecond: number;
  /** CPU time of the server's processes, user and system, per request. */
  readonly cpuMicros: number;
}

/** Loads one server, and reads the CPU time that it took. */
export async function measure(wrk: Wrk, server: Server, run: Omit<WrkRun, 'port'>): Promise<Measurement> {
  const before = cpuSecondsOf(server.process.pid);
  const result = await wrk.run({ ...run, port: server.port });
  const used = cpuSecondsOf(server.process.pid) - before;
  return { ...result, requestsPerSecond: result.requests / result.seconds, cpuMicros: (used / Math.max(1, result.requests)) * 1e6 };
}

/** The middle one, by what is read from each; of an even number the lower. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? Number.NaN;
}
