import { statSync } from 'node:fs';
import type { GuardedListener, GuardPlan } from '@phalanx/contracts';
import { type Disk, type Logger, messageOf } from '@phalanx/kit';
import { now } from './box-clock.js';
import { cutFlows } from './bypassed-flows.js';
import { EngineHealth, type Serving } from './engine-health.js';
import { EnginePresence } from './engine-presence.js';
import { EventSpool } from './event-spool.js';
import { Forwarding } from './forwarding.js';
import { GuardEvents, type Switched } from './guard-events.js';
import type { GuardHome } from './guard-home.js';
import { type Outage, Outages, type Outcome } from './outages.js';
import { holderOf, readHaState } from './peer-watch.js';
import { PlanFile } from './plan-file.js';
import { Responder } from './responder.js';
import { keyOf, originsOf, type Switch } from './ruleset.js';
import type { RunTool } from './run-tool.js';
import { StateFile } from './state-file.js';
import { Switchboard } from './switchboard.js';

/** How often a member that waits looks whether its peer serves. */
const TEND_MS = 250;
const COUNT_MS = 5_000;
/** After a tool refused. */
const RETRY_MS = 2_000;

export interface GuardParts {
  readonly home: GuardHome;
  readonly run: RunTool;
  readonly disk: Disk;
  readonly logger: Logger;
}

/**
 * Keeps traffic going, or refused cleanly, while the engine is dead.
 *
 * - It needs neither agent nor controller: the plan is a file, its deeds are a table of its own, its events are segments that the agent ships later.
 * - On a single box the kernel itself acts the moment no socket listens; the guard's own switch covers what only a process can see (an engine that hangs,
 *   workers that died under an open socket). In a pair nothing goes past the engine before the peer had its time and nobody has the addresses.
 * - When the engine serves again new connections are its own at once; those that went past it are cut when their grace is over.
 */
export class Guard {
  private readonly switchboard: Switchboard;
  private readonly responder: Responder;
  private readonly health: EngineHealth;
  private readonly presence: EnginePresence;
  private readonly events: GuardEvents;
  private readonly spool: EventSpool;
  private readonly planFile: PlanFile;
  private readonly stateFile: StateFile;
  private readonly outages = new Outages();
  private readonly timer: NodeJS.Timeout;
  private plan: GuardPlan | null = null;
  private wantsLoad = false;
  private working: Promise<void> | null = null;
  private isWanted = false;
  private counts: ReadonlyMap<string, number> = new Map();
  /** Of `counts`, by listener: what an event has told of. */
  private readonly told = new Map<string, number>();
  private countedAtMs = -Infinity;
  private problem = '';
  private secretsAtMs = 0;

  constructor(private readonly parts: GuardParts) {
    const { home, run, disk, logger } = parts;
    disk.makeFolder(home.folder);
    this.responder = new Responder(home.secrets, logger);
    this.switchboard = new Switchboard({ run, responder: this.responder, forwarding: new Forwarding(home.notes, disk), logger });
    this.spool = new EventSpool(home.spool, logger);
    this.events = new GuardEvents(this.spool);
    this.stateFile = new StateFile(home.state, logger);
    this.health = new EngineHealth({ hasLostWorkers: () => this.presence.hasLostWorkers, onChange: () => this.settle() });
    this.presence = new EnginePresence({
      controlSocket: home.controlSocket,
      onTrouble: (reason) => (reason === 'workers-ended' ? this.health.loseAll() : this.health.suspect()),
    });
    this.stateFile.write([], 0);
    this.secretsAtMs = changedAtMs(home.secrets);
    this.planFile = new PlanFile(home.plan, disk, logger);
    this.planFile.follow((plan) => this.take(plan));
    this.timer = setInterval(() => this.tend(), TEND_MS);
  }

  /** Ends the guard's watch. What it switched stays as it is, and the kernel goes on acting on its own: the next guard takes over. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.planFile.stop();
    this.health.stop();
    this.presence.stop();
    await this.working;
    this.spool.flush();
    this.responder.close();
  }

  private take(plan: GuardPlan | null): void {
    this.parts.logger.info('a plan is followed', { listeners: plan?.listeners.length ?? 0 });
    this.plan = plan;
    this.wantsLoad = true;
    this.health.watch(plan?.listeners ?? []);
    this.settle();
  }

  private tend(): void {
    this.spool.flush();
    this.stateFile.renew();
    // A certificate that came or was replaced makes another responder.
    const secrets = changedAtMs(this.parts.home.secrets);
    if (this.plan && secrets !== this.secretsAtMs) this.wantsLoad = true;
    this.secretsAtMs = secrets;
    const isPeerAwaited = this.plan?.hasPeer === true && this.outages.size > 0;
    if (this.wantsLoad || isPeerAwaited || performance.now() - this.countedAtMs >= COUNT_MS) this.settle();
  }

  /** Has everything be as it should; one turn after another, and again when something changed meanwhile. */
  private settle(): void {
    this.isWanted = true;
    this.working ??= this.work().finally(() => (this.working = null));
  }

  private async work(): Promise<void> {
    while (this.isWanted) {
      this.isWanted = false;
      try {
        await this.turn();
        this.problem = '';
      } catch (error) {
        const reason = messageOf(error);
        if (reason !== this.problem) this.events.unable(reason, now());
        this.problem = reason;
        this.wantsLoad = true;
        setTimeout(() => this.settle(), RETRY_MS).unref();
        return;
      }
    }
  }

  private async turn(): Promise<void> {
    const { plan, health, outages } = this;
    const listeners = plan?.listeners ?? [];
    outages.note(listeners, health.servings, (listener) => this.counts.get(keyOf(listener)) ?? 0);
    const stands = listeners.map((listener, index) => this.standOf(listener, health.servings[index]!));
    if (this.wantsLoad) {
      this.wantsLoad = false;
      await this.switchboard.load(plan, stands);
    } else await this.switchboard.switchTo(stands);
    this.tellOutcomes(listeners, stands);
    this.endOutages();
    this.writeState();
    if (performance.now() - this.countedAtMs >= COUNT_MS) await this.sweep(listeners);
  }

  private standOf(listener: GuardedListener, { isServed }: Serving): Switch {
    const { plan } = this;
    if (originsOf(listener).length === 0 || !plan?.hasPeer) return isServed ? 'armed' : 'away';
    const outage = this.outages.of(listener);
    if (isServed || !outage || now().monotonicMs - outage.lostAt.monotonicMs < plan.peerMs) return 'engine';
    const holder = holderOf(readHaState(this.parts.home.haState), Date.now());
    return holder === 'nobody' || holder === 'here' ? 'away' : 'engine';
  }

  /** Tells of outages whose outcome is new, those with the same one together. */
  private tellOutcomes(listeners: readonly GuardedListener[], stands: readonly Switch[]): void {
    const switchedAt = now();
    const news: Record<Outcome, Outage[]> = { bypassed: [], refused: [], waiting: [] };
    listeners.forEach((listener, index) => {
      const outage = this.outages.of(listener);
      if (!outage || outage.healthyAt !== null) return;
      const outcome = originsOf(listener).length === 0 ? 'refused' : stands[index] === 'away' ? 'bypassed' : 'waiting';
      if (outcome === outage.outcome) return;
      Object.assign(outage, { outcome, switchedAt });
      news[outcome].push(outage);
    });
    const hasPeer = this.plan?.hasPeer === true;
    if (news.bypassed.length > 0) this.events.bypassOpened(together(news.bypassed), this.switchboard.isInstant && !hasPeer);
    if (news.refused.length > 0) this.events.refusing(together(news.refused));
    if (news.waiting.length > 0) this.events.waitingForPeer(together(news.waiting), this.plan?.peerMs ?? 0);
  }

  /** Begins the grace of bypassed connections whose engine is back; other outages are over at once. */
  private endOutages(): void {
    const ended = this.outages.toEnd();
    const refused = ended.filter(({ outcome }) => outcome === 'refused');
    if (refused.length > 0) this.events.refusingEnded(together(refused), refused[0]!.healthyAt!);
    for (const outage of ended) {
      if (outage.outcome === 'bypassed') this.cutLater(outage);
      else this.outages.end(outage);
    }
  }

  private cutLater(outage: Outage): void {
    outage.isEnding = true;
    const { listener, healthyAt } = outage;
    if (!healthyAt) return;
    const leftMs = Math.max(0, listener.graceMs - (now().monotonicMs - healthyAt.monotonicMs));
    setTimeout(() => {
      // Lost again within the grace: its end comes later.
      if (outage.healthyAt !== healthyAt) return;
      this.outages.end(outage);
      this.cut(outage).catch((error: unknown) => this.events.unable(messageOf(error), now()));
    }, leftMs);
  }

  private async cut(outage: Outage): Promise<void> {
    const { listener, healthyAt } = outage;
    const cut = await cutFlows(listener, this.parts.run);
    const cutAt = now();
    const counted = (await this.count()).get(keyOf(listener)) ?? 0;
    this.told.set(keyOf(listener), counted);
    this.events.bypassEnded(together([outage]), healthyAt ?? cutAt, cutAt, counted - outage.countedBefore, cut);
    this.writeState();
  }

  /** Looks for connections that went past the engine in a moment that the guard did not see, and cuts them. */
  private async sweep(listeners: readonly GuardedListener[]): Promise<void> {
    const isFirst = this.countedAtMs === -Infinity;
    const counts = await this.count();
    for (const listener of listeners) {
      const key = keyOf(listener);
      if (this.outages.of(listener) || originsOf(listener).length === 0) continue;
      const connections = (counts.get(key) ?? 0) - (this.told.get(key) ?? 0);
      // What an earlier guard left behind has no count.
      if (connections <= 0 && !isFirst) continue;
      const cut = await cutFlows(listener, this.parts.run);
      this.told.set(key, counts.get(key) ?? 0);
      if (connections > 0 || cut > 0) this.events.bypassFound(listener, connections, cut, now());
    }
    this.writeState();
  }

  private async count(): Promise<ReadonlyMap<string, number>> {
    this.countedAtMs = performance.now();
    this.counts = await this.switchboard.count();
    return this.counts;
  }

  private writeState(): void {
    const total = [...this.counts.values()].reduce((sum, count) => sum + count, 0);
    this.stateFile.write(
      this.outages.present().map(({ outcome }) => outcome),
      total,
    );
  }
}

function changedAtMs(folder: string): number {
  return statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Outages that began and were switched together. */
function together(outages: readonly Outage[]): Switched {
  const { reason, lostAt, switchedAt } = outages[0]!;
  return { listeners: outages.map(({ listener }) => listener), reason, lostAt, switchedAt };
}
