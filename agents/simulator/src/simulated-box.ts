import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ClaimOptions, MemoryDriver, MemoryEngine, type RunningAgent, startAgent } from '@phalanx/appliance';
import { type Logger, nodeDisk, silentLogger } from '@phalanx/kit';

export interface SimulatedBoxOptions {
  /** Folder of the box's state; made when missing. */
  readonly home: string;
  /** For a box that has not enrolled yet. */
  readonly claim: ClaimOptions | null;
  /** Workers that its engine shows; 2 unless given. */
  readonly workers?: number;
  readonly logger?: Logger;
}

/** One box: the agent's real core over a real connection, with an engine and a network in memory. */
export interface SimulatedBox {
  readonly agent: RunningAgent;
  readonly engine: MemoryEngine;
  readonly drivers: readonly MemoryDriver[];
  stop(): Promise<void>;
}

/** Enrols a box if it has not, and runs it in this process. Many can run side by side. */
export async function startSimulatedBox({ home, claim, workers = 2, logger = silentLogger }: SimulatedBoxOptions): Promise<SimulatedBox> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const engine = new MemoryEngine({ home: join(home, 'engine'), disk: nodeDisk, workers });
  const drivers = (['network', 'ha', 'patterns'] as const).map((facet) => new MemoryDriver(facet));
  const ending = new AbortController();
  // What the drivers made ended with the process: each start is a restart of the box.
  const agent = await startAgent({ home, claim, logger, signal: ending.signal, engine, drivers, boxRun: randomUUID() });
  return {
    agent,
    engine,
    drivers,
    stop: async () => {
      ending.abort(new Error('the box is stopped'));
      await agent.stop();
    },
  };
}
