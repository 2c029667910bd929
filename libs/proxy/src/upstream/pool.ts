import type { UpstreamConfig } from '../config.js';
import type { Deadlines, Expiring } from '../deadlines.js';
import type { UpstreamConnection } from './connection.js';
import { chooseTarget, type Balance } from './balancer.js';
import { Target, type TargetSettings } from './target.js';

/** Why no connection could be had. */
export type NoUpstream = 'connect-refused' | 'connect-timeout' | 'no-free-connection';

/** Who waits for a connection: exactly one of the two is called, at once or later, unless the ticket was cancelled. */
export interface UpstreamWaiter {
  onUpstreamConnection(connection: UpstreamConnection, target: Target): void;
  onUpstreamUnavailable(why: NoUpstream, detail: string): void;
}

/** A place in the queue. */
export class Ticket implements Expiring {
  isCancelled = false;
  deadline = 0;
  /** Targets that were tried in vain. */
  readonly tried: Target[] = [];
  readonly waiter: UpstreamWaiter;
  readonly #pool: UpstreamPool;

  constructor(waiter: UpstreamWaiter, pool: UpstreamPool) {
    this.waiter = waiter;
    this.#pool = pool;
  }

  cancel(): void {
    this.isCancelled = true;
    this.#pool.forget(this);
  }

  onDeadline(): void {
    this.#pool.forget(this);
    if (!this.isCancelled) this.waiter.onUpstreamUnavailable('no-free-connection', '');
  }
}

/** Limits of response heads, which an origin's connections need. */
export interface ResponseHeadLimits {
  readonly headerBytes: number;
  readonly headerCount: number;
}

/** The origin of one application: targets, balancing, kept connections, waiting. */
export class UpstreamPool {
  readonly targets: readonly Target[];
  readonly #balance: Balance;
  readonly #acquireTimeoutMs: number;
  readonly #deadlines: Deadlines;
  readonly #queue = new Set<Ticket>();

  constructor(config: UpstreamConfig, limits: ResponseHeadLimits, deadlines: Deadlines) {
    const settings: TargetSettings = {
      maxConnections: config.maxConnections ?? 512,
      maxIdle: config.maxIdle ?? 64,
      keepAliveMs: config.keepAliveMs ?? 30_000,
      connectTimeoutMs: config.connectTimeoutMs ?? 5_000,
      responseTimeoutMs: config.responseTimeoutMs ?? 60_000,
      maxFails: config.maxFails ?? 3,
      failTimeoutMs: config.failTimeoutMs ?? 10_000,
      headerBytes: limits.headerBytes,
      headerCount: limits.headerCount,
    };
    const onFree = (): void => this.#serveQueue();
    this.targets = config.targets.map((target) => new Target(target, config.tls, settings, deadlines, onFree));
    this.#balance = config.balance ?? 'round-robin';
    this.#acquireTimeoutMs = config.acquireTimeoutMs ?? 5_000;
    this.#deadlines = deadlines;
  }

  /** Asks for a connection. `fresh` takes no kept one. Null when it was served at once. */
  acquire(waiter: UpstreamWaiter, fresh: boolean): Ticket | null {
    const target = chooseTarget(this.targets, this.#balance, null);
    const connection = fresh ? null : (target?.takeIdle() ?? null);
    if (target !== null && connection !== null) {
      waiter.onUpstreamConnection(connection, target);
      return null;
    }
    const ticket = new Ticket(waiter, this);
    if (target === null) this.#enqueue(ticket);
    else this.#connect(ticket, target);
    return ticket;
  }

  forget(ticket: Ticket): void {
    if (this.#queue.delete(ticket)) this.#deadlines.delete(ticket);
  }

  retire(): void {
    for (const target of this.targets) target.retire();
  }

  #enqueue(ticket: Ticket): void {
    ticket.deadline = performance.now() + this.#acquireTimeoutMs;
    this.#queue.add(ticket);
    this.#deadlines.add(ticket);
  }

  #connect(ticket: Ticket, target: Target): void {
    ticket.tried.push(target);
    target.connect((connection, failure, detail) => {
      if (connection === null) {
        if (!ticket.isCancelled) this.#tryNext(ticket, failure, detail);
      } else if (ticket.isCancelled) {
        target.onConnectionIdle(connection);
      } else {
        ticket.waiter.onUpstreamConnection(connection, target);
      }
    });
  }

  /** Nothing was sent yet, so any other target may serve the request. */
  #tryNext(ticket: Ticket, failure: 'refused' | 'timeout', detail: string): void {
    const next = chooseTarget(this.targets, this.#balance, ticket.tried);
    if (next === null) {
      ticket.waiter.onUpstreamUnavailable(failure === 'timeout' ? 'connect-timeout' : 'connect-refused', detail);
      return;
    }
    const idle = next.takeIdle();
    if (idle === null) this.#connect(ticket, next);
    else ticket.waiter.onUpstreamConnection(idle, next);
  }

  #serveQueue(): void {
    if (this.#queue.size === 0) return;
    for (const ticket of this.#queue) {
      const target = chooseTarget(this.targets, this.#balance, null);
      if (target === null) return;
      this.forget(ticket);
      const connection = target.takeIdle();
      if (connection === null) this.#connect(ticket, target);
      else ticket.waiter.onUpstreamConnection(connection, target);
    }
  }
}
