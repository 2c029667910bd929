import type { Transition } from './transition.js';

/** A time in which a member held the addresses. */
export interface Mastership {
  readonly applianceId: string;
  readonly start: Transition;
  /** What ended it; null while it lasts as far as events tell. */
  readonly end: Transition | null;
  /**
   * `said`: the member told that it let go; `lost`: it told something else later, so it let go at a moment that nobody knows; `open`: it has told nothing
   * since.
   */
  readonly ending: 'said' | 'lost' | 'open';
}

/** The masterships of all members, by their begin. Transitions come in order. */
export function mastershipsOf(transitions: readonly Transition[]): Mastership[] {
  const byMember = Map.groupBy(transitions, ({ applianceId }) => applianceId);
  const found: Mastership[] = [];
  for (const own of byMember.values())
    for (const [index, start] of own.entries()) {
      if (start.event.to !== 'master') continue;
      const end = own[index + 1] ?? null;
      const isSaid = end?.event.from === 'master' && end.event.bootId === start.event.bootId;
      found.push({ applianceId: start.applianceId, start, end, ending: end === null ? 'open' : isSaid ? 'said' : 'lost' });
    }
  return found.toSorted((a, b) => a.start.atMs - b.start.atMs);
}
