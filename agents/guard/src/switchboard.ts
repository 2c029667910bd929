import type { GuardPlan } from '@phalanx/contracts';
import { AppError, messageOf, type Logger } from '@phalanx/kit';
import type { Forwarding } from './forwarding.js';
import type { Responder } from './responder.js';
import type { RunTool } from './run-tool.js';
import { counterOf, type GuardedPort, keyOf, renderRemoval, renderSwitch, renderTable, type Switch, TABLE } from './ruleset.js';

export interface SwitchboardParts {
  readonly run: RunTool;
  readonly responder: Responder;
  readonly forwarding: Forwarding;
  readonly logger: Logger;
}

/** The guard's own nftables table: the whole of it follows the plan, prepared for every stand; a switch is a transaction of a few elements. */
export class Switchboard {
  private plan: GuardPlan | null = null;
  private ports: readonly GuardedPort[] = [];
  private stands: readonly Switch[] = [];
  private canSeeSockets = true;
  /** Connections that went past the engine, by listener: in tables before the present one, and in all. */
  private countedBefore: ReadonlyMap<string, number> = new Map();
  private counted: ReadonlyMap<string, number> = new Map();

  constructor(private readonly parts: SwitchboardParts) {}

  get applied(): readonly Switch[] {
    return this.stands;
  }

  /** Whether the kernel itself acts while no socket listens. */
  get isInstant(): boolean {
    return this.canSeeSockets;
  }

  /** Replaces the table by one for this plan, its listeners standing as given; null takes away all that the guard made. Throws `unavailable` with nft's reason. */
  async load(plan: GuardPlan | null, stands: readonly Switch[]): Promise<void> {
    await this.count();
    this.countedBefore = this.counted;
    const { responder, run, forwarding } = this.parts;
    if (!plan || plan.listeners.length === 0) {
      await run('nft', ['-f', '-'], { input: renderRemoval() });
      forwarding.turnOff(null);
      Object.assign(this, { plan: null, ports: [], stands: [] });
      return;
    }
    const ports: GuardedPort[] = [];
    for (const listener of plan.listeners) ports.push({ listener, responderPort: await responder.portFor(listener) });
    // The table that bounds what is forwarded stands before anything can be.
    const guardsForwarding = !plan.hasPacketEngine && (forwarding.isOurs || forwarding.wouldTurnOn(plan));
    const render = () => renderTable({ ports, stands, guardsForwarding, canSeeSockets: this.canSeeSockets });
    try {
      await run('nft', ['-f', '-'], { input: render() });
    } catch (error) {
      if (!this.canSeeSockets) throw error;
      this.canSeeSockets = false;
      await run('nft', ['-f', '-'], { input: render() });
      this.parts.logger.warn('this kernel can’t tell whether a socket listens: switches wait for the guard', { reason: messageOf(error) });
    }
    Object.assign(this, { plan, ports, stands });
    forwarding.turnOff(plan);
    forwarding.turnOn(plan);
  }

  /** Changes how the listeners stand. Where the elements are not what they should be (somebody else's hand), the whole table is set anew. */
  async switchTo(stands: readonly Switch[]): Promise<void> {
    const change = renderSwitch(this.ports, this.stands, stands);
    if (change === '') return;
    try {
      await this.parts.run('nft', ['-f', '-'], { input: change });
      this.stands = stands;
    } catch (error) {
      this.parts.logger.warn('the table was not as it should be and is set anew', { reason: messageOf(error) });
      await this.load(this.plan, stands);
    }
  }

  /** Connections that went past the engine since the guard started, by listener. */
  async count(): Promise<ReadonlyMap<string, number>> {
    if (this.plan === null) return this.counted;
    try {
      const { stdout } = await this.parts.run('nft', ['-j', 'list', 'counters', 'table', ...TABLE.split(' ')]);
      const { nftables } = JSON.parse(stdout) as { nftables: { counter?: { name: string; packets: number } }[] };
      const counted = new Map(this.countedBefore);
      this.ports.forEach(({ listener }, index) => {
        const found = nftables.find(({ counter }) => counter?.name === counterOf(index))?.counter?.packets ?? 0;
        counted.set(keyOf(listener), (this.countedBefore.get(keyOf(listener)) ?? 0) + found);
      });
      this.counted = counted;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // The table is gone: the next switch sets it anew.
      this.parts.logger.debug('the bypassed connections could not be counted', { reason: error.message });
    }
    return this.counted;
  }
}
