import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_SETTINGS, type SignaturePack, type TlsSecret } from '@phalanx/contracts';
import { builtProgram, type Child, loopbackApplication, loopbackPolicy } from '@phalanx/testing';
import { startedEngine } from './started-engine.js';
import type { Workbench } from '../peers/workbench.js';

/** A port of the engine under test: where it listens, and with which certificate. */
interface WirePort {
  readonly port: number;
  readonly certificate: TlsSecret | null;
}

export interface WireHomeOptions {
  readonly ports: readonly WirePort[];
  readonly originPort: number;
  readonly pack: SignaturePack;
}

/** Starts an appliance's engine with one worker that serves these ports in prevention. Rejects with its words when it doesn't come up. */
export async function startWireHome(bench: Workbench, name: string, options: WireHomeOptions): Promise<Child> {
  const folder = join(bench.folder, name);
  for (const part of ['active', 'staged', 'secrets', 'spool']) mkdirSync(join(folder, part), { recursive: true });
  const applications = options.ports.map(({ port, certificate }) => {
    const certificateId = certificate === null ? null : randomUUID();
    if (certificateId !== null) writeFileSync(join(folder, 'secrets', `${certificateId}.json`), JSON.stringify(certificate));
    const tls = { ...DEFAULT_SETTINGS.tls, certificateId };
    return loopbackApplication(port, options.originPort, { ...DEFAULT_SETTINGS, level: 'prevention', tls });
  });
  const policy = loopbackPolicy(applications, { foldAbovePerSecond: 10_000, spoolLimitBytes: 67_108_864 });
  writeFileSync(join(folder, 'active', 'policy.json'), JSON.stringify(policy));
  writeFileSync(join(folder, 'active', 'signatures.json'), JSON.stringify(options.pack));
  const child = bench.start({
    command: process.execPath,
    args: [builtProgram('agents/engine/dist/main.js'), '--home', folder, '--workers', '1'],
  });
  await startedEngine(
    child,
    options.ports.map(({ port }) => port),
  );
  return child;
}
