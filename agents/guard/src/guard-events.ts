import type { GuardedListener } from '@phalanx/contracts';
import type { Moment } from './box-clock.js';
import type { LossReason } from './engine-health.js';
import type { EventSpool } from './event-spool.js';

/** Some listeners that switched together. */
export interface Switched {
  readonly listeners: readonly GuardedListener[];
  readonly reason: LossReason;
  /** When the engine was found not to serve. */
  readonly lostAt: Moment;
  /** When the kernel had the switch. */
  readonly switchedAt: Moment;
}

const WHY: Readonly<Record<LossReason, string>> = { ended: 'the engine has ended', hung: 'the engine does not answer' };

function placesOf(listeners: readonly GuardedListener[]): string {
  const places = listeners.slice(0, 5).map(({ address, port }) => `${address} port ${port}`);
  return `${places.join(', ')}${listeners.length > 5 ? ` and ${listeners.length - 5} more` : ''}`;
}

function detailsOf({ listeners, reason, lostAt, switchedAt }: Switched) {
  return {
    listeners: listeners.slice(0, 50).map(({ address, port }) => `${address} ${port}`),
    applications: [...new Set(listeners.flatMap(({ applications }) => applications))].slice(0, 50),
    reason,
    lostAt: lostAt.time,
    lostAtMonotonicMs: lostAt.monotonicMs,
    switchedAt: switchedAt.time,
    tookMs: Math.round((switchedAt.monotonicMs - lostAt.monotonicMs) * 10) / 10,
  };
}

/** What the guard tells of what it did, in the words of the event log. */
export class GuardEvents {
  constructor(private readonly spool: EventSpool) {}

  bypassOpened(switched: Switched, isInstant: boolean): void {
    this.spool.record(
      {
        code: 'availability.bypass-opened',
        severity: 'ALERT',
        message: `Connections to ${placesOf(switched.listeners)} go to the origin uninspected: ${WHY[switched.reason]}`,
        details: { ...detailsOf(switched), isInstant },
      },
      switched.switchedAt,
    );
  }

  refusing(switched: Switched): void {
    this.spool.record(
      {
        code: 'availability.refusing',
        severity: 'ALERT',
        message: `Requests to ${placesOf(switched.listeners)} are answered with 503: ${WHY[switched.reason]}`,
        details: detailsOf(switched),
      },
      switched.switchedAt,
    );
  }

  waitingForPeer(switched: Switched, peerMs: number): void {
    this.spool.record(
      {
        code: 'availability.waiting-for-peer',
        severity: 'WARNING',
        message: `${placesOf(switched.listeners)}: the peer is to take over within ${peerMs} ms; nothing goes past the engine meanwhile`,
        details: { ...detailsOf(switched), peerMs },
      },
      switched.switchedAt,
    );
  }

  /** `connections` went past the engine; `cut` of them still lived when the grace was over. */
  bypassEnded(switched: Switched, healthyAt: Moment, cutAt: Moment, connections: number, cut: number): void {
    this.spool.record(
      {
        code: 'availability.bypass-ended',
        severity: 'NOTICE',
        message: `Connections to ${placesOf(switched.listeners)} are inspected again; ${cut} bypassed ones were cut`,
        details: {
          ...detailsOf(switched),
          healthyAt: healthyAt.time,
          healthyAtMonotonicMs: healthyAt.monotonicMs,
          cutAt: cutAt.time,
          lastedMs: Math.round(healthyAt.monotonicMs - switched.lostAt.monotonicMs),
          connections,
          cut,
        },
      },
      cutAt,
    );
  }

  refusingEnded(switched: Switched, healthyAt: Moment): void {
    this.spool.record(
      {
        code: 'availability.refusing-ended',
        severity: 'NOTICE',
        message: `${placesOf(switched.listeners)} is served again`,
        details: {
          ...detailsOf(switched),
          healthyAt: healthyAt.time,
          lastedMs: Math.round(healthyAt.monotonicMs - switched.lostAt.monotonicMs),
        },
      },
      healthyAt,
    );
  }

  /** Connections went past the engine in a moment that the guard didn't see: too short for it, or while it was down itself. */
  bypassFound(listener: GuardedListener, connections: number, cut: number, at: Moment): void {
    this.spool.record(
      {
        code: 'availability.bypass-found',
        severity: 'WARNING',
        message: `${Math.max(connections, cut)} connections to ${placesOf([listener])} had gone to the origin uninspected for a moment; ${cut} were cut`,
        details: {
          listeners: [`${listener.address} ${listener.port}`],
          applications: listener.applications.slice(0, 50),
          connections,
          cut,
        },
      },
      at,
    );
  }

  unable(reason: string, at: Moment): void {
    this.spool.record(
      {
        code: 'availability.unable',
        severity: 'ERROR',
        message: `The guard can't do what the policy says when the engine dies: ${reason}`.slice(0, 2000),
        details: { reason: reason.slice(0, 1000) },
      },
      at,
    );
  }
}
