import type { Child } from '../processes/child.js';
import { builtProgram } from '../stack/repo.js';
import type { LabNamespace } from './lab-namespace.js';
import type { SteadyOptions, SteadyOutcome } from './steady-options.js';

/** The kernel's monotonic clock in milliseconds: one count for all processes of the machine. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A client in a host of the lab that sends requests at a steady rate, whatever becomes of them. */
export class SteadyClient {
  readonly outcomes: SteadyOutcome[] = [];

  private constructor(private readonly child: Child) {
    child.onLine((line) => {
      if (line.startsWith('{')) this.outcomes.push(JSON.parse(line) as SteadyOutcome);
    });
  }

  static async start(host: LabNamespace, options: SteadyOptions): Promise<SteadyClient> {
    const client = new SteadyClient(host.node(builtProgram('libs/testing/dist/lab/programs/steady-client.js'), [JSON.stringify(options)]));
    await client.child.line(/^client sending/m);
    return client;
  }

  /** Sends no more, waits for what is under way, and answers how it went. */
  async stop(): Promise<SteadyReport> {
    await this.child.stop('SIGTERM', 20_000);
    await this.child.drained;
    return steadyReport(this.outcomes);
  }
}

export interface SteadyReport {
  readonly sent: number;
  /** By number; what had another status than 2xx. */
  readonly failed: readonly SteadyOutcome[];
  /** Longest time without a good answer between two good ones, in milliseconds, and when it began; 0 with fewer than two. */
  readonly longestGapMs: number;
  readonly gapFromMs: number;
}

/** Sums up outcomes, for example those of a part of a test. */
export function steadyReport(outcomes: readonly SteadyOutcome[]): SteadyReport {
  const isGood = ({ status }: SteadyOutcome) => status >= 200 && status < 300;
  const good = outcomes
    .filter(isGood)
    .map(({ endedMs }) => endedMs)
    .sort((a, b) => a - b);
  let longestGapMs = 0;
  let gapFromMs = 0;
  for (let i = 1; i < good.length; i++) {
    const gap = good[i]! - good[i - 1]!;
    if (gap <= longestGapMs) continue;
    longestGapMs = gap;
    gapFromMs = good[i - 1]!;
  }
  const failed = outcomes.filter((outcome) => !isGood(outcome)).sort((a, b) => a.n - b.n);
  return { sent: outcomes.length, failed, longestGapMs, gapFromMs };
}
