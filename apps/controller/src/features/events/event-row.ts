import type { ApplianceEvent } from '@phalanx/contracts';

/** One event, ready for the table `events`. Times are milliseconds of the epoch. */
export interface EventRow {
  readonly id: string;
  readonly position: number;
  readonly occurredAtMs: number;
  readonly boxTimeMs: number;
  readonly kind: ApplianceEvent['kind'];
  readonly action: 'blocked' | 'detected' | 'passed' | null;
  readonly applicationId: string | null;
  readonly source: string | null;
  readonly requestId: string | null;
  readonly ruleIds: readonly number[];
  count: number;
  readonly lost: number;
  readonly body: string;
}

/** Something of a batch that can't be stored as an event. */
export interface DeadLetter {
  readonly position: number | null;
  readonly reason: string;
  /** Refusals that it stands for. */
  readonly count: number;
  /** What came, shortened. */
  readonly payload: string;
}

const PAYLOAD_CHARACTERS = 4000;

/** A dead letter's payload: bounded, and of characters that PostgreSQL holds. */
export function shownPayload(text: string): string {
  return text.slice(0, PAYLOAD_CHARACTERS).replaceAll('\0', '\u{fffd}').toWellFormed();
}

/** The columns of an event. `body` is its JSON text, as the box wrote it. */
export function toRow(event: ApplianceEvent, id: string, position: number, occurredAtMs: number, body: string): EventRow {
  const isAttack = event.kind === 'attack';
  const isJudged = isAttack || event.kind === 'network';
  return {
    id,
    position,
    occurredAtMs,
    boxTimeMs: Date.parse(event.time),
    kind: event.kind,
    action: isJudged ? event.action : null,
    applicationId: isAttack ? event.applicationId : null,
    source: isJudged ? event.source : null,
    requestId: isAttack ? event.requestId : null,
    ruleIds: isAttack ? event.rules.map((rule) => rule.id) : [],
    count: isJudged ? event.count : 1,
    lost: event.kind === 'loss' ? event.lost : 0,
    body,
  };
}
