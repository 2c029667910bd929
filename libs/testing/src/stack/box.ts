import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LabNamespace } from '../lab/lab-namespace.js';
import { Child } from '../processes/child.js';
import { Supervised } from '../processes/supervised.js';
import { waitUntil } from '../processes/wait-until.js';
import { builtProgram } from './repo.js';

export interface BoxOptions {
  readonly name: string;
  readonly home: string;
  readonly logFolder: string;
  readonly workers: number;
  /** For a box that has not enrolled yet. */
  readonly claim?: { readonly secret: string; readonly enrolmentUrl: string; readonly caFingerprint: string };
  readonly onTrouble: (message: string) => void;
  /** Added to the environment of both processes. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The host of a test network that it runs on; this machine itself unless given. */
  readonly host?: LabNamespace;
}

/**
 * One appliance on this machine: its agent and its engine, and on a host of a test network its guard, supervised processes that share the box's
 * home.
 */
export class Box {
  readonly agent: Supervised;
  readonly engine: Supervised;
  /** Null on this machine itself, whose network is not the box's to change. */
  readonly guard: Supervised | null;

  constructor(readonly options: BoxOptions) {
    const { name, home, logFolder, workers, claim, onTrouble } = options;
    mkdirSync(home, { recursive: true, mode: 0o700 });
    // A host of a test network is the box's own; this machine is not.
    const env = { ...process.env, PHALANX_NETWORK: options.host ? 'own' : 'foreign', ...options.environment };
    const commandLine = (args: readonly string[]) =>
      options.host ? options.host.commandLine(process.execPath, args) : { command: process.execPath, args };
    const node = (args: readonly string[], log: string, more: NodeJS.ProcessEnv = {}) =>
      new Child({
        ...commandLine(['--enable-source-maps', ...args]),
        env: { ...env, ...more },
        logFile: join(logFolder, `${log}.log`),
      });
    this.engine = new Supervised({
      name: `${name} engine`,
      onTrouble,
      launch: async () => {
        const child = node(
          [builtProgram('agents/engine/dist/main.js'), '--home', join(home, 'engine'), '--workers', String(workers)],
          `${name}-engine`,
        );
        await running(child, `${name} engine`);
        return child;
      },
    });
    const launchGuard = async () => {
      const child = node([builtProgram('agents/guard/dist/main.js'), '--home', home], `${name}-guard`);
      await child.line(/^ready/m);
      return child;
    };
    this.guard = options.host ? new Supervised({ name: `${name} guard`, onTrouble, launch: launchGuard }) : null;
    // In the environment, not among the arguments: those are everybody's to read.
    const enrol = claim
      ? { PHALANX_CLAIM: claim.secret, PHALANX_ENROL_URL: claim.enrolmentUrl, PHALANX_CA_FINGERPRINT: claim.caFingerprint }
      : {};
    this.agent = new Supervised({
      name: `${name} agent`,
      onTrouble,
      launch: async () => {
        const child = node([builtProgram('agents/appliance/dist/main.js'), '--home', home], `${name}-agent`, enrol);
        await running(child, `${name} agent`);
        return child;
      },
    });
  }

  async start(): Promise<void> {
    await this.engine.start();
    await this.guard?.start();
    await this.agent.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.agent.stop(), this.guard?.stop(), this.engine.stop()]);
  }
}

/** A program that ends within its first moments was not started. */
async function running(child: Child, name: string): Promise<void> {
  const startedAt = performance.now();
  await waitUntil(
    `${name} to run`,
    () => {
      if (!child.running) throw new Error(`it ended: ${child.output().slice(-500)}`);
      return performance.now() - startedAt > 150;
    },
    { timeoutMs: 5_000 },
  );
}
