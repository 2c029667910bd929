import type { HaEvent } from '@phalanx/contracts';

/** One member's change of state, placed in the controller's time. */
export interface Transition {
  readonly eventId: string;
  readonly applianceId: string;
  readonly atMs: number;
  /** How far `atMs` may be off. */
  readonly uncertaintyMs: number;
  readonly event: HaEvent;
}

/** The order in which all transitions of a pair happened; of one boot of one member by its own monotonic clock. */
export function compareTransitions(a: Transition, b: Transition): number {
  if (a.applianceId === b.applianceId && a.event.bootId === b.event.bootId) return a.event.monotonicMs - b.event.monotonicMs;
  return a.atMs - b.atMs || (a.applianceId < b.applianceId ? -1 : 1);
}
