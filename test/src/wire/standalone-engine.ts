import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtProgram, type Child } from '@phalanx/testing';
import type { Workbench } from '../peers/workbench.js';

const START_MS = 90_000;

/** A running engine, started through its stand-alone door. */
export interface StandaloneEngine {
  readonly child: Child;
  readonly port: number;
}

/** Starts the engine with these rules, in prevention, one worker. Rejects with its words when it doesn't come up. */
export async function startStandalone(bench: Workbench, name: string, originPort: number, rules: string): Promise<StandaloneEngine> {
  const file = join(bench.folder, `${name}.conf`);
  writeFileSync(file, rules);
  const child = bench.start({
    command: process.execPath,
    args: [
      builtProgram('agents/engine/dist/main.js'),
      ...['--listen', '127.0.0.1:0', '--upstream', `http://127.0.0.1:${originPort}`, '--rules', file],
      ...['--mode', 'prevention', '--audit', join(bench.folder, `${name}.ndjson`), '--workers', '1'],
    ],
  });
  const [, port] = await child.line(/^listening on 127\.0\.0\.1:(\d+)$/m, START_MS);
  return { child, port: Number(port) };
}
