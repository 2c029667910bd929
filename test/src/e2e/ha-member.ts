import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  type AppliancePolicy,
  type ApplianceEvent,
  type ApplianceHa,
  DEFAULT_SETTINGS,
  type HaEvent,
  type HaStatus,
  SEGMENT_CLOSED_SUFFIX,
  SEGMENT_OPEN_SUFFIX,
} from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { builtProgram, type Child, type LabHost, loopbackApplication, loopbackPolicy, waitUntil } from '@phalanx/testing';

interface Observation {
  readonly digest: string | null;
  readonly diff: string | null;
}

/** One box of a pair in the lab, without a controller: the agent's part for pairs, its keeper and daemons, and a real engine before an origin. */
export class HaMember {
  readonly home: string;
  private agent: Child | null = null;
  private socket: Socket | null = null;
  private engine: Child | null = null;
  private readonly answers = new Map<number, (answer: { value?: unknown; error?: string }) => void>();
  private asked = 0;

  constructor(
    readonly host: LabHost,
    /** The document that it was last given. */
    public ha: ApplianceHa,
    private readonly environment: NodeJS.ProcessEnv = {},
  ) {
    this.home = join(host.folder, 'home');
    for (const name of ['engine/active', 'spool']) mkdirSync(join(this.home, name), { recursive: true, mode: 0o700 });
  }

  async startAgent(): Promise<void> {
    const args = ['--home', this.home, '--appliance', this.ha.applianceId, '--tenant', this.ha.tenantId];
    this.agent = this.host.node(builtProgram('test/dist/ha-member/main.js'), args, { env: { ...process.env, ...this.environment } });
    await this.agent.line(/^member ready/m);
    this.socket = connect(join(this.home, 'member.sock'));
    createInterface({ input: this.socket }).on('line', (line) => {
      const answer = JSON.parse(line) as { id: number; value?: unknown; error?: string };
      this.answers.get(answer.id)?.(answer);
      this.answers.delete(answer.id);
    });
    await once(this.socket, 'connect');
  }

  async killAgent(): Promise<void> {
    this.socket?.destroy();
    await this.agent?.stop('SIGKILL');
  }

  /** The engine with one application on all addresses, whose origin is where it says. */
  async startEngine(listenPort: number, origin: { readonly host: string; readonly port: number }): Promise<void> {
    const application = loopbackApplication(listenPort, origin.port, { ...DEFAULT_SETTINGS, level: 'prevention' });
    const upstream = { ...application.upstream, targets: [{ ...origin, weight: 1 }] };
    const policy: AppliancePolicy = { ...loopbackPolicy([{ ...application, upstream }]), listenAddresses: ['0.0.0.0', '::'] };
    writeFileSync(join(this.home, 'engine/active/policy.json'), JSON.stringify(policy));
    await this.restartEngine();
  }

  async restartEngine(): Promise<void> {
    this.engine = this.host.node(builtProgram('agents/engine/dist/main.js'), ['--home', join(this.home, 'engine'), '--workers', '1'], {
      logFile: join(this.host.folder, 'engine.log'),
    });
    const { engine } = this;
    await waitUntil('the engine to listen', async () => {
      if (!engine.running) throw new Error(engine.output().slice(-500));
      return (await this.host.attempt('ss', ['-Hltn', 'sport = :80'])).stdout !== '';
    });
  }

  /** All of its processes at once, as a fault of the engine would. */
  killEngine(): void {
    if (this.engine) process.kill(-this.engine.pid, 'SIGKILL');
  }

  signalEngine(signal: NodeJS.Signals): void {
    if (this.engine) process.kill(-this.engine.pid, signal);
  }

  /** Makes it be as the document says, and waits until that is so. */
  async apply(change: Partial<ApplianceHa> = {}): Promise<string> {
    this.ha = { ...this.ha, ...change };
    await this.ask('check');
    const { expectedDigest } = (await this.ask('apply')) as { expectedDigest: string };
    await this.ask('verify');
    return expectedDigest;
  }

  async observe(): Promise<Observation> {
    return (await this.ask('observe')) as Observation;
  }

  /** Runs one of the driver's methods with the present document. Rejects with the agent's reason. */
  async ask(op: string, ha: unknown = this.ha): Promise<unknown> {
    const { socket } = this;
    if (!socket) throw new AppError('bug', 'test.no-agent', 'the agent was not started');
    const id = ++this.asked;
    const answer = new Promise<{ value?: unknown; error?: string }>((resolve) => this.answers.set(id, resolve));
    socket.write(`${JSON.stringify({ id, op, ha })}\n`);
    const { value, error } = await answer;
    if (error !== undefined) throw new AppError('invalid', 'test.refused', error);
    return value;
  }

  status(): HaStatus {
    return JSON.parse(this.file('state.json')) as HaStatus;
  }

  /** Virtual addresses that the kernel has now, on any interface. */
  async held(): Promise<string[]> {
    const links = JSON.parse(await this.host.ip('-j', 'address', 'show')) as { addr_info: { local?: string }[] }[];
    const wanted = this.ha.settings.virtualAddresses.map(({ address }) => address.slice(0, address.indexOf('/')));
    return links.flatMap((link) => link.addr_info.map(({ local }) => local ?? '')).filter((local) => wanted.includes(local));
  }

  /** Pids of the VRRP daemon's parent and child, and of the keeper. */
  pids(): { readonly parent: number; readonly child: number; readonly keeper: number } {
    const { pid } = JSON.parse(this.file('keeper.json')) as { pid: number };
    return { parent: Number(this.file('keepalived.pid')), child: Number(this.file('vrrp.pid')), keeper: pid };
  }

  /** Events of the box's spool, oldest first by the kernel's clock. */
  events(): ApplianceEvent[] {
    const folder = join(this.home, 'spool');
    const lines = readdirSync(folder)
      .filter((name) => name.endsWith(SEGMENT_OPEN_SUFFIX) || name.endsWith(SEGMENT_CLOSED_SUFFIX))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n').slice(1));
    const events = lines.map((line) => JSON.parse(line) as ApplianceEvent);
    return events.sort((a, b) => a.monotonicMs - b.monotonicMs);
  }

  transitions(sinceMs = 0): HaEvent[] {
    return this.events().filter((event): event is HaEvent => event.kind === 'ha' && event.monotonicMs >= sinceMs);
  }

  file(name: string): string {
    return readFileSync(join(this.home, 'ha', name), 'utf8');
  }
}
