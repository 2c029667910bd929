import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SETTINGS, type GuardPlan, type GuardState, type HaStatus, type SystemEvent } from '@phalanx/contracts';
import {
  builtProgram,
  type Child,
  Lab,
  type LabHost,
  type LabLink,
  loopbackApplication,
  loopbackPolicy,
  RecordingOrigin,
  waitUntil,
} from '@phalanx/testing';
import { isRunning } from '../box-clock.js';

export const BOX = '10.1.0.1';
export const PORT = 80;
const ORIGIN = { address: '10.2.0.2', port: 8080 };

/** A box with a real engine and a guard between a client and an origin, without agent and controller. */
export class GuardedBox {
  engine: Child | null = null;
  guard: Child | null = null;

  private constructor(
    readonly lab: Lab,
    readonly client: LabHost,
    readonly box: LabHost,
    readonly origin: RecordingOrigin,
    readonly link: LabLink,
    readonly home: string,
  ) {}

  static async create(): Promise<GuardedBox> {
    const lab = await Lab.create();
    const [outside, inside] = [await lab.segment('outside'), await lab.segment('inside')];
    const [client, box, server] = [await lab.host('client'), await lab.host('box'), await lab.host('origin')];
    await client.join(outside, { addresses: ['10.1.0.2/24'] });
    const link = await box.join(outside, { addresses: [`${BOX}/24`] });
    await box.join(inside, { addresses: ['10.2.0.1/24'] });
    await server.join(inside, { addresses: [`${ORIGIN.address}/24`] });
    const origin = await RecordingOrigin.start(server, ORIGIN);
    const home = mkdtempSync(join(tmpdir(), 'phalanx-guard-'));
    const guarded = new GuardedBox(lab, client, box, origin, link, home);
    guarded.writePolicy();
    return guarded;
  }

  private writePolicy(): void {
    const application = loopbackApplication(PORT, ORIGIN.port, DEFAULT_SETTINGS);
    const upstream = { ...application.upstream, targets: [{ host: ORIGIN.address, port: ORIGIN.port, weight: 1 }] };
    const policy = { ...loopbackPolicy([{ ...application, upstream }]), listenAddresses: [BOX] };
    mkdirSync(join(this.home, 'engine', 'active'), { recursive: true });
    writeFileSync(join(this.home, 'engine', 'active', 'policy.json'), JSON.stringify(policy));
  }

  /** Resolves when the engine serves. */
  async startEngine(): Promise<Child> {
    const engine = this.box.node(builtProgram('agents/engine/dist/main.js'), ['--home', join(this.home, 'engine'), '--workers', '1']);
    this.engine = engine;
    await waitUntil('the engine to listen', async () => (await this.box.run('ss', ['-ltnH', 'sport', '=', `:${PORT}`])).includes(BOX), {
      timeoutMs: 40_000,
    });
    return engine;
  }

  async startGuard(): Promise<Child> {
    this.guard = this.box.node(builtProgram('agents/guard/dist/main.js'), ['--home', this.home]);
    await this.guard.line(/^ready/m);
    return this.guard;
  }

  /** Gives the guard a plan with one listener, and waits until its table stands. */
  async plan(action: 'fail-open' | 'fail-closed', more: Partial<GuardPlan> & { graceMs?: number } = {}): Promise<void> {
    const { graceMs = 500, ...rest } = more;
    const plan: GuardPlan = {
      version: 1,
      applianceId: randomUUID(),
      hasPeer: false,
      peerMs: 0,
      hasPacketEngine: false,
      listeners: [
        {
          address: BOX,
          port: PORT,
          tls: false,
          certificateId: null,
          applications: [randomUUID()],
          action: action === 'fail-open' ? { kind: 'fail-open', origins: [ORIGIN] } : { kind: 'fail-closed' },
          graceMs,
        },
      ],
      ...rest,
    };
    mkdirSync(join(this.home, 'guard'), { recursive: true });
    const path = join(this.home, 'guard', 'plan.json');
    writeFileSync(`${path}.tmp`, JSON.stringify(plan));
    renameSync(`${path}.tmp`, path);
    const chain = action === 'fail-open' ? 'dnat' : 'redirect';
    await waitUntil('the table to follow the plan', async () => (await this.table()).includes(chain));
    if (action === 'fail-open') await waitUntil('the box to forward', async () => (await this.forwarding()) === '1');
  }

  removePlan(): void {
    rmSync(join(this.home, 'guard', 'plan.json'));
  }

  /** What the pair's keeper would have written. */
  writeHaState(status: Pick<HaStatus, 'state' | 'held' | 'peerSeenAt'>): void {
    const whole: HaStatus = {
      clusterId: randomUUID(),
      cause: 'engine-failed',
      since: new Date().toISOString(),
      bootId: 'test',
      monotonicMs: 0,
      order: 'normal',
      commandId: null,
      engineHealthy: false,
      sync: 'off',
      ...status,
    };
    mkdirSync(join(this.home, 'ha'), { recursive: true });
    writeFileSync(join(this.home, 'ha', 'state.json'), JSON.stringify(whole));
  }

  /** The kernel's own word: `0` or `1`. */
  async forwarding(): Promise<string> {
    return (await this.box.run('sysctl', ['-n', 'net.ipv4.ip_forward'])).trim();
  }

  async table(): Promise<string> {
    return (await this.box.attempt('nft', ['list', 'table', 'inet', 'phalanx_guard'])).stdout;
  }

  state(): GuardState {
    return JSON.parse(readFileSync(join(this.home, 'guard', 'state.json'), 'utf8')) as GuardState;
  }

  events(): SystemEvent[] {
    const folder = join(this.home, 'spool');
    const lines = (existsSync(folder) ? readdirSync(folder) : []).flatMap((name) =>
      readFileSync(join(folder, name), 'utf8').trim().split('\n').slice(1),
    );
    return lines.map((line) => JSON.parse(line) as SystemEvent).sort((a, b) => a.monotonicMs - b.monotonicMs);
  }

  /** Kills every process of the engine at once, as a crash of the machine's memory would. */
  async killEngine(): Promise<void> {
    const { engine } = this;
    if (!engine) return;
    this.engine = null;
    const pids = await this.enginePids();
    for (const pid of pids) kill(pid);
    await engine.exited;
    // Killed isn't dead yet: until it is, its sockets take connections.
    await waitUntil('every process to be gone', () => !pids.some(isRunning), { intervalMs: 2 });
  }

  /** The engine's primary and workers. */
  async enginePids(): Promise<number[]> {
    const pids = (await this.box.ip('netns', 'pids', this.box.namespace)).trim().split('\n').map(Number);
    return pids.filter((pid) => commandOf(pid).includes('agents/engine/dist'));
  }

  async close(): Promise<void> {
    await this.lab.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Its primary's end took it along.
  }
}
